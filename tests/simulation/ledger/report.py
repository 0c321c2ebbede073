"""What the harness covered, in words."""

from collections import defaultdict

from tests.simulation.ledger.crashes import Covered


def report(covered: Covered) -> str:
    """Every operation with its calls and how many kinds of fault each suffered, and the sums."""
    by_operation: defaultdict[str, list[str]] = defaultdict(list)
    for point, faults in sorted(covered.faults.items()):
        by_operation[point.operation].append(f"  {len(faults)} faults  {point.call} {point.table}  {point.place}")
    lines = [line for operation, calls in by_operation.items() for line in (operation, *calls)]
    pairs = sum(len(faults) for faults in covered.faults.values())
    return "\n".join(
        [
            *lines,
            f"{len(by_operation)} operations, {len(covered.faults)} calls, {pairs} pairs of call and fault;",
            f"{covered.requests} requests lived through {covered.injected} faults.",
        ]
    )
