"""What a settlement changes in how far partners are within their funding. Pure; each by a reference of its own."""

from collections.abc import Iterable
from dataclasses import dataclass

from partners.settlement.model import Net
from partners.settlement.payments.legs import CAME_BACK, Direction, Leg, LegStep
from shared.kernel.money import MICROS_PER_CENT


@dataclass(frozen=True, slots=True, kw_only=True)
class FundingChange:
    """What a partner paid (positive) or is charged or was paid (negative), in millionths of `currency`.

    `tops_up`: a prepaid partner may use what it is ahead after this one.
    """

    reference: str
    partner_id: str
    currency: str
    amount_micros: int
    reason: str
    by: str
    tops_up: bool = False


def charged_micros(nets: Iterable[Net], parties: frozenset[str]) -> tuple[tuple[str, int], ...]:
    """By partner, what is in its position in cents but not in its exposure: commission, breakage share, rounding.

    What is carried is in its exposure since it was granted or honoured. `parties` are those that are no partners.
    """
    found = ((one.party, _charged(one)) for one in nets if one.party not in parties)
    return tuple((party, micros) for party, micros in found if micros)


def charge(settlement: str, party: str, micros: int, by: str) -> FundingChange:
    return FundingChange(
        reference=f"{settlement}:{party}:charged",
        partner_id=party,
        currency=_currency(settlement),
        amount_micros=micros,
        reason=f"Settlement {settlement}: commission, breakage share, rounding",
        by=by,
    )


def written_off(settlement: str, party: str, name: str, cents: int, by: str) -> FundingChange:
    """Of a debt what is not asked for any more; negative of a creditor, what is not owed it any more."""
    return FundingChange(
        reference=f"{settlement}:{party}:{name}",
        partner_id=party,
        currency=_currency(settlement),
        amount_micros=cents * MICROS_PER_CENT,
        reason=f"Settlement {settlement}: an old default is written off",
        by=by,
    )


def moved(leg: Leg) -> list[FundingChange]:
    """What a payment and its coming back change. What is taken from a deposit changes nothing: it counts since it was
    paid in, and what it pays for since it was granted.
    """
    if leg.direction is Direction.DEPOSIT:
        return []
    sign = 1 if leg.direction is Direction.IN else -1
    return [
        _moved(leg, step, f"{leg.key}:{step.state}", -sign, tops_up=False)
        if step.state in CAME_BACK
        else _moved(leg, step, leg.key, sign, tops_up=leg.direction is Direction.IN)
        for step in leg.moves
    ]


def _charged(one: Net) -> int:
    return one.fees_micros + one.net_cents * MICROS_PER_CENT - one.net_micros


def _moved(leg: Leg, step: LegStep, reference: str, sign: int, *, tops_up: bool) -> FundingChange:
    return FundingChange(
        reference=reference,
        partner_id=leg.party,
        currency=_currency(leg.settlement),
        amount_micros=sign * leg.amount_cents * MICROS_PER_CENT,
        reason=f"Settlement {leg.settlement}: payment {leg.key} {step.state}",
        by=step.by,
        tops_up=tops_up,
    )


def _currency(settlement: str) -> str:
    return settlement.partition("-")[2]
