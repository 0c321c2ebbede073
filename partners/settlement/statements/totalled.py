"""Whether totals by kind, and what leads from lines to the net position, are what the charges say. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from partners.settlement.statements.model import KINDS_OF_LINES

LINES, NET = "lines", "net"


def untrue_totals(statement: Mapping[str, Any]) -> Iterator[str]:
    """What of them is not so, in words that name the kind. Raises KeyError or TypeError if a figure is missing."""
    quantities: Counter[str] = Counter()
    micros: Counter[str] = Counter()
    for charge in statement["charges"]:
        quantities[charge["kind"]] += charge["quantity"]
        micros[charge["kind"]] += charge["amount_micros"]
    stated = {one["kind"]: (one["quantity"], one["amount_micros"]) for one in statement["totals"]}
    for kind in sorted({*stated, *quantities}):
        charged = (quantities[kind], micros[kind]) if kind in quantities else None
        if stated.get(kind) != charged:
            yield f"The total of {kind} is {_told(stated.get(kind))}, and its charges come to {_told(charged)}."
    net_micros = statement["net_micros"]
    total = sum(one["amount_micros"] for one in statement["totals"])
    if total != net_micros:
        yield f"The totals by kind come to {total} millionths, and the net position is {net_micros}."
    besides = [(kind, amount) for kind, amount in micros.items() if kind not in KINDS_OF_LINES]
    expected = {LINES: statement["sums"]["position_micros"], **dict(besides), NET: net_micros}
    bridge = {one["item"]: one["amount_micros"] for one in statement["bridge"]}
    for item in sorted({*expected, *bridge}):
        if bridge.get(item) != expected.get(item):
            yield (
                f"From the lines to the net position, {item} is {bridge.get(item, 0)} millionths where it comes to "
                f"{expected.get(item, 0)}."
            )
    if sum(expected.values()) != 2 * net_micros:
        yield "The lines, and the charges that have none, do not add up to the net position."


def _told(total: tuple[int, int] | None) -> str:
    return "nothing" if total is None else f"{total[0]} in {total[1]} millionths"
