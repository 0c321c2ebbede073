"""A settlement as it is kept: all of it, legs and their histories too, compressed together. Pure."""

import json
import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Any

from partners.contracts.payment import PaymentMethod
from partners.contracts.proposals import Decision, ProposalState
from partners.settlement.paid_out import MemberPayout
from partners.settlement.payments.agreed import Proposed
from partners.settlement.payments.legs import (
    UNNAMED,
    Booked,
    Direction,
    Leg,
    LegState,
    LegStep,
    Means,
    is_reference,
)
from partners.settlement.payments.model import Default, PaidSettlement, Stage, StageStep, Trouble
from partners.settlement.payments.old_debts import Old
from shared.kernel.canonical import canonical_json

_NAMES = ("given_up", "came_back", "late", "carried", "given_back", "had_back", "funded")
_COUNTED = re.compile(r"#([0-9]+)$")


def settlement_to_bytes(one: PaidSettlement) -> bytes:
    return zlib.compress(canonical_json(asdict(one)), level=9)


def settlement_from_bytes(packed: bytes) -> PaidSettlement:
    """What `settlement_to_bytes` was given, or that of an earlier version."""
    row: dict[str, Any] = json.loads(zlib.decompress(packed))
    return PaidSettlement(
        **{
            **row,
            "net_cents": tuple((party, cents) for party, cents in row["net_cents"]),
            "history": tuple(StageStep(**{**step, "stage": Stage(step["stage"])}) for step in row["history"]),
            "legs": tuple(_leg(leg) for leg in row["legs"]),
            "defaults": tuple(map(_default, row["defaults"])),
            "proposals": tuple(map(_proposal, row.get("proposals", ()))),
            "charged_micros": tuple((party, micros) for party, micros in row["charged_micros"]),
            "troubles": tuple(Trouble(**one) for one in row.get("troubles", ())),
            "postponed": tuple(MemberPayout(**one) for one in row.get("postponed", ())),
            "old": Old(**{name: tuple(map(tuple, of)) for name, of in row.get("old", {}).items()}),
            **{name: tuple(row.get(name, ())) for name in _NAMES},
        }
    )


def _default(row: dict[str, Any]) -> Default:
    return Default(**{**row, "confirmed_by": tuple(row.get("confirmed_by", ()))})


def _proposal(row: dict[str, Any]) -> Proposed[Default]:
    decision = None if row["decision"] is None else Decision(**row["decision"])
    read = {"value": _default(row["value"]), "state": ProposalState(row["state"]), "decision": decision}
    return Proposed(**{**row, **read})


def _booked(row: dict[str, Any]) -> Booked:
    """Rows of before may be called by what banks write for no reference, where now their day is the name."""
    named, number, times = row["name"].partition("#")
    name = row["name"] if is_reference(named) else f"{row['on'] or UNNAMED}{number}{times}"
    return Booked(**{**row, "name": name})


def _bookings(rows: Iterable[dict[str, Any]]) -> tuple[Booked, ...]:
    """Rows of before may count those of one reference over all days of a file, where now each day has its own count."""
    found = [_booked(row) for row in rows]
    days, times = defaultdict[tuple[bool, str], set[str]](set), Counter[tuple[bool, str, str]]()
    for one in found:
        days[one.arrived, _reference_of(one)].add(one.on)
    for place, one in sorted(enumerate(found), key=lambda placed: _number_of(placed[1])):
        reference = _reference_of(one)
        if one.on and len(days[one.arrived, reference] - {""}) > 1:
            times[one.arrived, reference, one.on] += 1
            number = times[one.arrived, reference, one.on]
            found[place] = replace(one, name=f"{reference}#{number}" if number > 1 else reference)
    return tuple(found)


def _reference_of(one: Booked) -> str:
    return _COUNTED.sub("", one.name)


def _number_of(one: Booked) -> int:
    counted = _COUNTED.search(one.name)
    return 1 if counted is None else int(counted[1])


def _leg(row: dict[str, Any]) -> Leg:
    history, contradicted = (
        tuple(LegStep(**{**step, "state": LegState(step["state"])}) for step in row.get(name, ()))
        for name in ("history", "contradicted")
    )
    means = row.get("means", {"method": PaymentMethod.BANK_FILE})
    means = Means(**{**means, "method": PaymentMethod(means["method"])})
    bookings = _bookings(row.get("bookings", ()))
    read = {"direction": Direction(row["direction"]), "history": history, "means": means, "bookings": bookings}
    put_back = row.get("put_back")
    said = {
        "put_back": None if put_back is None else LegStep(**{**put_back, "state": LegState(put_back["state"])}),
        "rests_on": tuple(map(tuple, row.get("rests_on", ()))),
        "confirmed_by": tuple(row.get("confirmed_by", ())),
        "contradicted": contradicted,
    }
    return Leg(**{**row, **read, **said})
