"""VROOM (pyvroom) as a peer of the bench: vroom.py IN OUT [--level L]

pip install pyvroom. One thread. VROOM stops by itself; --level (0 to 5) says how far it looks, and its time
varies a hundredfold with the instance, so compare at its CPU time (--budget-of), not at its level.
"""
import argparse
import json
import sys
import time

# This file bears the library's name: without its own folder on the path the import finds the library.
del sys.path[0]

import vroom  # noqa: E402

parser = argparse.ArgumentParser()
parser.add_argument("input")
parser.add_argument("output")
parser.add_argument("--level", type=int, default=3)
asked = parser.parse_args()

problem = vroom.Input.from_json(asked.input)
begun = time.process_time()
solution = problem.solve(exploration_level=asked.level, nb_threads=1)
took = time.process_time() - begun
answer = solution.to_dict()
answer.setdefault("summary", {})["computing_times"] = {"solving": 1000 * took}
with open(asked.output, "w", encoding="utf-8") as out:
    json.dump(answer, out, default=str)
