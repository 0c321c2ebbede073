"""Going on without a debtor that does not pay: one person proposes it, another agrees, as with collateral. Pure.

Nothing follows from what is only proposed: the debtor can be asked again, its money may come, and whoever proposed it
may take it back.
"""

from dataclasses import replace
from typing import Any

from partners.settlement.payments import agreed
from partners.settlement.payments.agreed import Agreed
from partners.settlement.payments.changes import advanced, expect
from partners.settlement.payments.debtors import came_to_nothing
from partners.settlement.payments.errors import CollateralTooLargeError, SettlementStateError, WriteOffTooLargeError
from partners.settlement.payments.model import Default, PaidSettlement, Stage

ASKED_AGAIN = "It is asked again"


def of_party(one: PaidSettlement, party: str) -> Agreed[Default]:
    """How a debtor's default stands: what holds, by nobody if nothing does, and the latest proposal."""
    held = next((other for other in one.defaults if other.party == party), Default(party, 0))
    latest = next((other for other in one.proposals if other.value.party == party), None)
    return Agreed(party, held, latest)


def proposed(one: PaidSettlement, wanted: Default, reason: str, at_ms: int) -> PaidSettlement:
    """With the default that somebody wants waiting for a second person, in place of any of this debtor's that waits.

    The same again changes nothing; of one that one person had decided before two had to, somebody else confirms it so.

    Raises InvalidReasonError, SettlementStateError, CollateralTooLargeError, WriteOffTooLargeError.
    """
    found = of_party(one, wanted.party)
    if wanted.party in one.defaulting and found.value == replace(found.value, **_amounts(wanted)):
        return replace(one, defaults=tuple(_confirmed(other, wanted.party, wanted.by) for other in one.defaults))
    _check(one, wanted)
    return _with(one, agreed.proposed(found, wanted, wanted.by, reason, at_ms))


def approved(one: PaidSettlement, party: str, number: int, by: str, reason: str, at_ms: int) -> PaidSettlement:
    """Without the debtor, as another operator has proposed: what is missing goes down the waterfall. Again changes
    nothing.

    Raises InvalidReasonError, UnknownProposalError, SecondPersonNeededError, ProposalDecidedError,
    SettlementStateError, CollateralTooLargeError, WriteOffTooLargeError.
    """
    found = of_party(one, party)
    after = agreed.approved(found, number, by, reason, at_ms)
    if after == found:
        return one
    default = replace(after.value, confirmed_by=(by,), at_ms=at_ms)
    _check(one, default)
    return advanced(replace(_with(one, after), defaults=(*one.defaults, default)), by, at_ms)


def declined(one: PaidSettlement, party: str, number: int, by: str, reason: str, at_ms: int) -> PaidSettlement:
    """One's own proposal is withdrawn, another's rejected. Again is a success.

    Raises InvalidReasonError, UnknownProposalError, ProposalDecidedError (approved).
    """
    found = of_party(one, party)
    after = agreed.declined(found, number, by, reason, at_ms)
    return one if after == found else _with(one, after)


def asked_again(one: PaidSettlement, party: str, by: str, at_ms: int) -> PaidSettlement:
    """With nothing waiting that would let a debtor default: it is to pay after all."""
    found = of_party(one, party)
    if found.proposal is None or not found.waits:
        return one
    return _with(one, agreed.declined(found, found.proposal.number, by, ASKED_AGAIN, at_ms))


def _check(one: PaidSettlement, default: Default) -> None:
    """Only of who did not pay; no more than it owes is taken of its collateral, and only what is old written off."""
    expect(one, Stage.COLLECTING)
    if not came_to_nothing(one, default.party):
        raise SettlementStateError(one.settlement_id, one.stage.value, "No collection from this party came to nothing.")
    without = replace(one, defaults=(*one.defaults, replace(default, collateral_cents=0, write_off_cents=0)))
    if not 0 <= default.collateral_cents <= without.owed_cents(default.party):
        raise CollateralTooLargeError(one.settlement_id, without.owed_cents(default.party), "No more is missing.")
    if not 0 <= default.write_off_cents <= without.old_missing_cents(default):
        raise WriteOffTooLargeError(one.settlement_id, without.old_missing_cents(default))


def _amounts(default: Default) -> dict[str, Any]:
    return {"collateral_cents": default.collateral_cents, "write_off_cents": default.write_off_cents}


def _with(one: PaidSettlement, changed: Agreed[Default]) -> PaidSettlement:
    latest = changed.proposal
    others = tuple(other for other in one.proposals if other.value.party != changed.subject)
    return one if latest is None else replace(one, proposals=(*others, latest))


def _confirmed(one: Default, party: str, by: str) -> Default:
    if one.party != party or one.of_two or by in (one.by, *one.confirmed_by):
        return one
    return replace(one, confirmed_by=(*one.confirmed_by, by))
