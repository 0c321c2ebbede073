"""Prints what the harness covers; with `list`, the lines of points.txt."""

import sys

from tests.simulation.ledger.crashes import all_explored
from tests.simulation.ledger.report import report

if __name__ == "__main__":
    everything = all_explored()
    print("\n".join(sorted(map(str, everything.faults))) if "list" in sys.argv[1:] else report(everything))
