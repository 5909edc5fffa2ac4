"""PyVRP as a peer of the bench: pyvrp.py IN OUT SECONDS [SEED]

pip install pyvrp. One thread, iterated local search for SECONDS of CPU time. For vehicles that are alike, start and end at
one depot and need no skills; anything else ends with an error rather than an easier question.
"""
import json
import sys
import time

# This file bears the library's name: without its own folder on the path the import finds the library.
del sys.path[0]

import numpy  # noqa: E402
from pyvrp import Client, Depot, Location, ProblemData, VehicleType, solve  # noqa: E402

source, target, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
seed = int(sys.argv[4]) if len(sys.argv) > 4 else 1
with open(source, encoding="utf-8") as file:
    problem = json.load(file)
jobs, vehicles = problem["jobs"], problem["vehicles"]
first = vehicles[0]
alike = ("start_index", "end_index", "time_window", "capacity")
if any(vehicle.get(field) != first.get(field) for vehicle in vehicles for field in alike):
    sys.exit("the vehicles differ")
if any(job.get("skills") for job in jobs):
    sys.exit("jobs need skills")
if first.get("start_index") is None or first["start_index"] != first.get("end_index"):
    sys.exit("vehicles do not start and end at one depot")
if any(len(job.get("time_windows", [])) > 1 for job in jobs):
    sys.exit("jobs have several time windows")

begun = time.process_time()
durations = numpy.array(problem["matrices"]["car"]["durations"], dtype=numpy.int64)
earliest, latest = first["time_window"]
data = ProblemData(
    locations=[Location(0, 0) for _ in range(len(durations))],
    clients=[
        Client(
            location=job["location_index"],
            delivery=job.get("delivery", []),
            service_duration=job["service"],
            tw_early=job.get("time_windows", [[0, latest]])[0][0],
            tw_late=job.get("time_windows", [[0, latest]])[0][1],
        )
        for job in jobs
    ],
    depots=[Depot(location=first["start_index"])],
    vehicle_types=[
        VehicleType(len(vehicles), capacity=first.get("capacity", []), tw_early=earliest, tw_late=latest)
    ],
    distance_matrices=[durations],
    duration_matrices=[durations],
)
result = solve(data, stop=lambda best: time.process_time() - begun > seconds, seed=seed, collect_stats=False)
took = time.process_time() - begun

routes = []
for number, route in enumerate(result.best.routes()):
    steps = [{"type": "job", "id": jobs[visit.idx]["id"]} for visit in route if visit.is_client()]
    routes.append({"vehicle": vehicles[number]["id"], "steps": steps})
answer = {
    "code": 0 if result.is_feasible() else 3,
    "routes": routes,
    "unassigned": [],
    "summary": {"computing_times": {"solving": 1000 * took}},
}
with open(target, "w", encoding="utf-8") as out:
    json.dump(answer, out)
