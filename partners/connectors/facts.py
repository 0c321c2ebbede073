"""A fact: one sale, refund or file of a foreign system, and how far it has become ours. Pure.

HEARD -> PLANNED -> RECORDED is the way of most. A plan is our command as it will be sent, frozen before it is sent
for the first time: whatever is lost afterwards, the same command is sent again under the same key, and the ledger
answers it as it did the first time.
"""

from dataclasses import dataclass, replace

from partners.connectors.foreign import FailedRefund, Refund, Sale, TillFile, Told
from partners.connectors.words import NO_CARD_CODE, REFUND_FAILED_CODE, State
from partners.till.model import PurchaseRequest, ReturnRequest
from shared.kernel.errors import TesseraError
from shared.kernel.ids import base32, digest

SALE = "SALE"
REFUND = "REFUND#"
FAILED = "FAILED#"
FILE = "FILE"

Plan = PurchaseRequest | ReturnRequest


OPEN = frozenset({State.HEARD, State.PLANNED})


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a fact could not be mapped: a stable code, and words for people."""

    code: str
    detail: str

    @classmethod
    def of(cls, error: TesseraError) -> "Reason":
        return cls(error.code, error.detail)


@dataclass(frozen=True, slots=True)
class Run:
    """A worker that is carrying out a plan, or has died over it."""

    name: str
    since_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """`group` is the foreign id of the sale that it belongs to, or the file's name; `part` tells it apart in there.

    `waiting` says that it stands in the queue, which it leaves when it is settled. `any_age` says that the
    operator has asked for a try, `insisted` that anyone has asked for one of this very item; both hold for that try,
    and not for what is told later. `received` names the kept event
    that told it, which `read_anew` says to read again. `told_since` is what was told anew when its command was frozen
    or it was dismissed. `runs` are at its plan. `version` counts its changes.
    """

    connection_id: str
    partner_id: str
    group: str
    part: str
    told: Told
    heard_at_ms: int
    state: State = State.HEARD
    plan: Plan | None = None
    runs: tuple[Run, ...] = ()
    entry_id: str | None = None
    returned_cents: int = 0
    reason: Reason | None = None
    waiting: bool = False
    any_age: bool = False
    insisted: bool = False
    received: str | None = None
    read_anew: bool = False
    told_since: Told | None = None
    version: int = 0

    @property
    def item_id(self) -> str:
        """Its name in the queue; these sort by when the facts were first heard."""
        return f"{self.heard_at_ms:013d}-{base32(digest(self.connection_id, self.group, self.part))[:16]}"

    @property
    def without_card(self) -> bool:
        """Whether it is a sale that was let go because no card was found in it."""
        return self.state is State.NOT_OURS and self.reason is not None and self.reason.code == NO_CARD_CODE

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


def place_of(told: Told) -> tuple[str, str]:
    """The group and part of what was told."""
    if isinstance(told, Sale):
        return told.sale_id, SALE
    if isinstance(told, Refund):
        return told.sale_id, REFUND + told.refund_id
    if isinstance(told, FailedRefund):
        return told.sale_id, FAILED + told.transaction_id
    return told.name, FILE


def heard(
    known: Fact | None, told: Told, connection_id: str, partner_id: str, now_ms: int, received: str | None = None
) -> Fact:
    """The fact after an event told it (again). What is planned, recorded or dismissed already stays as it is.

    If the event tells another amount of it, that waits in the queue once it is recorded, or at once if it was
    dismissed: people decide, for who dismissed it may have recorded it by hand. What is older than what was told
    already, for its event came late, says nothing. A file that was put again is a new one under the old name.
    """
    group, part = place_of(told)
    if known is None:
        return Fact(
            connection_id=connection_id,
            partner_id=partner_id,
            group=group,
            part=part,
            told=told,
            heard_at_ms=now_ms,
            received=received,
            version=1,
        )
    again = replace(known, version=known.version + 1)
    if isinstance(told, TillFile):
        return replace(_of_its_own(again), told=told, state=State.HEARD, reason=None)
    if isinstance(told, FailedRefund) or _is_older(told, known):
        return again
    if known.state is State.PLANNED:
        return replace(again, told_since=told, received=received)
    if known.state in (State.RECORDED, State.DISMISSED):
        if money_of(told) in (money_of(known.told), known.told_since and money_of(known.told_since)):
            return again
        since = replace(again, told_since=told, received=received)
        return _compared(since) if known.state is State.RECORDED else _told_after_dismissal(since, told)
    anew = _of_its_own(again)
    return replace(anew, told=told, state=State.HEARD, reason=None, received=received, read_anew=False)


def asked_again(known: Fact, *, any_age: bool, alone: bool) -> Fact:
    """The fact when someone has asked for another try, of this item `alone` or of many. It stays in the queue until
    that has an outcome.

    Its event is read again, for the settings may say by now where the card is; but a plan is frozen. What is recorded
    stays as it is; what was dismissed too, unless it is asked for alone.
    """
    if known.state is State.RECORDED or (known.state is State.DISMISSED and not alone):
        return replace(known, version=known.version + 1)
    return replace(
        known,
        state=known.state if known.is_open else State.HEARD,
        told=(known.told_since or known.told) if known.state is State.DISMISSED else known.told,
        told_since=None if known.state is State.DISMISSED else known.told_since,
        any_age=any_age or (known.is_open and known.any_age),
        insisted=alone or (known.is_open and known.insisted),
        read_anew=known.plan is None and known.received is not None,
        version=known.version + 1,
    )


def dismissed(known: Fact, why: str) -> Fact:
    """The fact when someone has decided that nothing more is to come of it. What is recorded stays recorded."""
    is_recorded = known.state is State.RECORDED
    return replace(
        known,
        state=State.RECORDED if is_recorded else State.DISMISSED,
        told=_without_card(known.told if is_recorded else known.told_since or known.told),
        told_since=known.told_since if is_recorded else None,
        reason=Reason("dismissed", why),
        insisted=False,
        waiting=False,
        version=known.version + 1,
    )


def begun(fact: Fact, plan: Plan, run: Run, *, gone_ms: int) -> Fact:
    """The fact when a run begins to carry out its plan. Those that began by `gone_ms` are gone for certain."""
    others = tuple(one for one in fact.runs if one.since_ms > gone_ms)
    return replace(fact, state=State.PLANNED, plan=plan, runs=(*others, run), version=fact.version + 1)


def left(fact: Fact, run: Run) -> Fact:
    """The fact when a run has ended without effect, and others are at it still."""
    return replace(fact, runs=tuple(one for one in fact.runs if one != run), version=fact.version + 1)


def recorded(fact: Fact, entry_id: str | None, returned_cents: int = 0) -> Fact:
    """The fact when it is in the ledger. It waits on if another amount of it was told meanwhile."""
    # Refunds of a sale that the operator had recorded may be as old as the sale.
    for_refunds = fact.any_age and isinstance(fact.told, Sale)
    return _compared(
        replace(
            _of_its_own(fact),
            any_age=for_refunds,
            state=State.RECORDED,
            told=_without_card(fact.told),
            plan=None,
            runs=(),
            entry_id=entry_id,
            returned_cents=returned_cents,
            reason=None,
            waiting=False,
            version=fact.version + 1,
        )
    )


def recorded_as(fact: Fact, twin: Fact) -> Fact:
    """The fact when the ledger has it already, for another connection to the same shop was told of it."""
    since = replace(fact, told=twin.told, told_since=fact.told)
    return recorded(since, twin.entry_id, twin.returned_cents)


def recorded_over(known: Fact, held: Fact, entry_id: str, returned_cents: int) -> Fact | None:
    """The fact, as it stands by now, when its command as it was `held` is in the ledger; None if that is noted."""
    if known.state is State.RECORDED:
        return None
    since = replace(known, told=held.told, told_since=known.told_since or known.told)
    return recorded(since, entry_id, returned_cents)


def failed_since(refund: Fact, failure: FailedRefund) -> Fact | None:
    """A refund that is recorded when its gateway failed to pay it, for people to see; None if that changes nothing."""
    newest = refund.told_since or refund.told
    if refund.state is not State.RECORDED or not isinstance(newest, Refund):
        return None
    since = newest.without({failure.transaction_id})
    if since == newest:
        return None
    detail = (
        f"The gateway has failed to pay what was told as pending: {_amount(refund.told)} was recorded as returned with "
        f"entry {refund.entry_id}, {_amount(since)} went back. Have the operator give the points back, then dismiss "
        "this."
    )
    reason = Reason(REFUND_FAILED_CODE, detail)
    return replace(refund, told_since=since, reason=reason, waiting=True, version=refund.version + 1)


def not_ours(fact: Fact, reason: Reason) -> Fact:
    return replace(
        _of_its_own(fact),
        state=State.NOT_OURS,
        told=_without_card(fact.told),
        reason=reason,
        waiting=False,
        version=fact.version + 1,
    )


def unmapped(fact: Fact, reason: Reason) -> Fact:
    return replace(
        _of_its_own(fact),
        state=State.UNMAPPED,
        told=fact.told_since or fact.told,
        told_since=None,
        plan=None,
        runs=(),
        reason=reason,
        waiting=True,
        version=fact.version + 1,
    )


def _of_its_own(fact: Fact) -> Fact:
    """The fact when nobody asks for it: what was asked for is over, or something else is told now."""
    return replace(fact, any_age=False, insisted=False)


def money_of(told: Told) -> tuple[int | None, str | None]:
    """Cents and currency of what was told; none of a file, or of a failure, which has its refund's."""
    return (told.amount_cents, told.currency) if isinstance(told, Sale | Refund) else (None, None)


def _is_older(told: Sale | Refund, known: Fact) -> bool:
    newest = known.told_since or known.told
    if not isinstance(newest, Sale | Refund) or newest.as_of_ms is None or told.as_of_ms is None:
        return False
    return told.as_of_ms < newest.as_of_ms


def _compared(fact: Fact) -> Fact:
    """A recorded fact beside what was told since: it waits if that is another amount."""
    since = fact.told_since
    if since is None or money_of(since) == money_of(fact.told):
        return replace(fact, told_since=None)
    what = _what(since)
    detail = f"The {what} was recorded with {_amount(fact.told)}; now {_amount(since)} is told of it. Record the rest"
    reason = Reason(f"{what}_changed", f"{detail} or take it back yourself, then dismiss this.")
    return replace(fact, told_since=_without_card(since), reason=reason, waiting=True)


def _told_after_dismissal(fact: Fact, since: Told) -> Fact:
    what = _what(since)
    detail = f"The {what} was dismissed with {_amount(fact.told)}; now {_amount(since)} is told of it. Dismiss it again"
    reason = Reason(f"{what}_changed", f"{detail}, or have this one retried to record it whole.")
    return replace(fact, reason=reason, waiting=True)


def _what(told: Told) -> str:
    return "sale" if isinstance(told, Sale) else "refund"


def _amount(told: Told) -> str:
    cents, currency = money_of(told)
    if cents is None or currency is None:
        return "an amount that can't be read"
    return f"{cents // 100}.{cents % 100:02d} {currency}"


def _without_card(told: Told) -> Told:
    """What was told when it is settled: the card's number is not needed any more."""
    return replace(told, card=None) if isinstance(told, Sale) else told
