"""Prints what the harness covers; with `list`, the lines of points.txt; with `orders`, tries every order of races."""

import sys

from tests.simulation.ledger.crashes import all_explored
from tests.simulation.ledger.linked_races import run_all_orders
from tests.simulation.ledger.report import report

if __name__ == "__main__":
    if "orders" in sys.argv[1:]:
        print(f"{run_all_orders()} orders of calls, each as one request after the other.")
        sys.exit()
    everything = all_explored()
    print("\n".join(sorted(map(str, everything.faults))) if "list" in sys.argv[1:] else report(everything))
