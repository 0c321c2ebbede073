"""What the lines under a statement say of the figures above them: of each location, and each kind of charge. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from partners.settlement.model import LineKind
from partners.settlement.statements.document import sums_json
from partners.settlement.statements.model import ALL_LOCATIONS, KINDS_OF_LINES, LineSums
from partners.visits.model import PAR_MICROS, MoveKind

_OF_CASH = {
    MoveKind.CASHBACK_ISSUED: (LineKind.CASHBACK_ISSUED, -PAR_MICROS),
    MoveKind.CASHBACK_REDEEMED: (LineKind.CASHBACK_REDEEMED, PAR_MICROS),
}


def is_of(block: Mapping[str, Any], record: Mapping[str, Any]) -> bool:
    """Whether a line was recorded where and on the UTC day that a block is of."""
    day = str(record["recorded_at"])[: len(block["day"])]
    return day == block["day"] and block["location"] in (ALL_LOCATIONS, record["location"])


class Tally:
    """What lines add up to so far, by location and by kind of charge, in millionths."""

    def __init__(self) -> None:
        self._locations: dict[str, LineSums] = {}
        self._micros = dict.fromkeys(KINDS_OF_LINES, 0)

    def add(self, record: Mapping[str, Any]) -> None:
        """Raises KeyError, TypeError or ValueError of a record that is none."""
        location, price = record["location"], record.get("price_micros", 0)
        self._locations[location] = self._locations.get(location, LineSums()).with_record(record)
        self._micros[LineKind.ISSUED] -= record.get("issued", 0) * price
        self._micros[LineKind.REDEEMED] += sum(one["points"] for one in record.get("honoured", ())) * price
        for one in record.get("cashback", ()):
            if one["kind"] in _OF_CASH:
                kind, micros = _OF_CASH[MoveKind(one["kind"])]
                self._micros[kind] += micros * one["cents"]

    def against(self, statement: Mapping[str, Any]) -> Iterator[str]:
        """What of a statement the lines do not add up to, in words."""
        stated = {one["location"]: {name: one[name] for name in statement["sums"]} for one in statement["locations"]}
        counted = {location: sums_json(sums, statement["format"]) for location, sums in self._locations.items()}
        for location in sorted({*stated, *counted}):
            if stated.get(location) != counted.get(location):
                yield f"The lines of {location} do not add up to what is stated of it."
        for kind, micros in self._micros.items():
            charged = sum(one["amount_micros"] for one in statement["charges"] if one["kind"] == kind)
            if charged != micros:
                yield f"The charges {kind} are {charged} millionths, and the lines add up to {micros}."
