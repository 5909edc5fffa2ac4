"""OR-Tools' routing library as a peer of the bench: ortools.py IN OUT SECONDS

pip install ortools. One thread, parallel cheapest insertion, then guided local search for SECONDS of CPU time (its own
limit knows only wall time, so a monitor ends it).
"""
import json
import sys
import time

# This file bears the library's name: without its own folder on the path the import finds the library.
del sys.path[0]

from ortools.constraint_solver import pywrapcp, routing_enums_pb2  # noqa: E402

source, target, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
with open(source, encoding="utf-8") as file:
    problem = json.load(file)
jobs, vehicles = problem["jobs"], problem["vehicles"]
durations = problem["matrices"]["car"]["durations"]

# A node is a job, or a vehicle's start or end; `place` is its row in the matrix, None where a vehicle may end anywhere.
place = [job["location_index"] for job in jobs]
starts, ends = [], []
for vehicle in vehicles:
    starts.append(len(place))
    place.append(vehicle.get("start_index"))
    ends.append(len(place))
    place.append(vehicle.get("end_index"))
service = [job["service"] for job in jobs] + [0] * (2 * len(vehicles))


def leg(a, b):
    return 0 if place[a] is None or place[b] is None else durations[place[a]][place[b]]


begun = time.process_time()
manager = pywrapcp.RoutingIndexManager(len(place), len(vehicles), starts, ends)
routing = pywrapcp.RoutingModel(manager)
node = manager.IndexToNode
cost = routing.RegisterTransitCallback(lambda a, b: leg(node(a), node(b)))
routing.SetArcCostEvaluatorOfAllVehicles(cost)
clock = routing.RegisterTransitCallback(lambda a, b: service[node(a)] + leg(node(a), node(b)))
horizon = max(vehicle["time_window"][1] for vehicle in vehicles)
routing.AddDimension(clock, horizon, horizon, False, "time")
times = routing.GetDimensionOrDie("time")
for v, vehicle in enumerate(vehicles):
    earliest, latest = vehicle["time_window"]
    times.CumulVar(routing.Start(v)).SetRange(earliest, latest)
    times.CumulVar(routing.End(v)).SetRange(earliest, latest)
for kind in range(len(vehicles[0].get("capacity", []))):
    load = routing.RegisterUnaryTransitCallback(
        lambda a, kind=kind: jobs[node(a)].get("delivery", [0])[kind] if node(a) < len(jobs) else 0
    )
    routing.AddDimensionWithVehicleCapacity(load, 0, [v["capacity"][kind] for v in vehicles], True, f"load{kind}")
for j, job in enumerate(jobs):
    index = manager.NodeToIndex(j)
    windows = job.get("time_windows", [])
    if windows:
        variable = times.CumulVar(index)
        variable.SetRange(windows[0][0], windows[-1][1])
        for (_, shut), (opened, _) in zip(windows, windows[1:]):
            variable.RemoveInterval(shut + 1, opened - 1)
    needed = set(job.get("skills", []))
    if needed:
        able = [v for v, vehicle in enumerate(vehicles) if needed <= set(vehicle.get("skills", []))]
        routing.VehicleVar(index).SetValues([-1, *able])
    # Leaving a job out is allowed, at a price beyond every journey, so that there is always an answer.
    routing.AddDisjunction([index], 100 * horizon)

parameters = pywrapcp.DefaultRoutingSearchParameters()
parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
# A bound for a machine that gives us no CPU at all; the monitor below ends the search in the ordinary case.
parameters.time_limit.FromSeconds(int(10 * seconds + 60))
routing.CloseModelWithParameters(parameters)
routing.AddSearchMonitor(routing.solver().CustomLimit(lambda: time.process_time() - begun > seconds))
solution = routing.SolveWithParameters(parameters)
took = time.process_time() - begun

routes, served = [], set()
if solution is not None:
    for v, vehicle in enumerate(vehicles):
        steps, index = [], solution.Value(routing.NextVar(routing.Start(v)))
        while not routing.IsEnd(index):
            served.add(node(index))
            steps.append({"type": "job", "id": jobs[node(index)]["id"]})
            index = solution.Value(routing.NextVar(index))
        if steps:
            routes.append({"vehicle": vehicle["id"], "steps": steps})
answer = {
    "code": 0,
    "routes": routes,
    "unassigned": [{"id": job["id"]} for j, job in enumerate(jobs) if j not in served],
    "summary": {"computing_times": {"solving": 1000 * took}},
}
with open(target, "w", encoding="utf-8") as out:
    json.dump(answer, out)
