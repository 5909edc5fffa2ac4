"""Hybrid genetic search, as PyVRP did it up to 0.11, as a peer of the bench: pyvrp_hgs.py IN OUT SECONDS [SEED]

pip install pyvrp==0.11.0, in an environment of its own. Later versions search by iterated local search (pyvrp.py); this is the
nearest to HGS-VRPTW that is installed by a package manager. One thread, SECONDS of CPU time. Only for alike vehicles of one depot.
"""
import json
import sys
import time

del sys.path[0]

import numpy  # noqa: E402
from pyvrp import Client, Depot, ProblemData, VehicleType, solve  # noqa: E402

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
# The depot comes first in this version's matrices, then the clients in their order.
rows = [first["start_index"], *(job["location_index"] for job in jobs)]
durations = numpy.array(problem["matrices"]["car"]["durations"], dtype=numpy.int64)[numpy.ix_(rows, rows)]
earliest, latest = first["time_window"]
data = ProblemData(
    clients=[
        Client(
            0,
            0,
            delivery=job.get("delivery", []),
            service_duration=job["service"],
            tw_early=job.get("time_windows", [[0, latest]])[0][0],
            tw_late=job.get("time_windows", [[0, latest]])[0][1],
        )
        for job in jobs
    ],
    depots=[Depot(0, 0)],
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
    steps = [{"type": "job", "id": jobs[visit - 1]["id"]} for visit in route.visits()]
    routes.append({"vehicle": vehicles[number]["id"], "steps": steps})
answer = {
    "code": 0 if result.is_feasible() else 3,
    "routes": routes,
    "unassigned": [],
    "summary": {"computing_times": {"solving": 1000 * took}},
}
with open(target, "w", encoding="utf-8") as out:
    json.dump(answer, out)
