"""What a command does to two accounts whose time has been brought up to date. Pure, one function a command.

Every function returns the effects on both, or the error that refuses the command. What one account gives goes
to Place.TRANSFER, from where the other takes it: the same lots, so issuers and expiry stay.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from shared.kernel.clock import DAY_MS, month_number
from shared.kernel.errors import TesseraError
from shared.ledger import balances
from shared.ledger import lots as spending
from shared.ledger.balances import moved
from shared.ledger.commands import Join, Leave, Merge, PairCommand, Transfer, Unmerge
from shared.ledger.effects import Effect
from shared.ledger.errors import (
    AccountFullError,
    AccountLinkedError,
    DebtOutstandingError,
    HoldsOpenError,
    HouseholdFullError,
    InsufficientPointsError,
    MergedPointsUsedError,
    NotLinkedError,
    UnmergeTooLateError,
)
from shared.ledger.fingerprints import REMEMBER_DAYS
from shared.ledger.model import (
    NEVER,
    POINTS,
    Account,
    Debt,
    Entry,
    Follower,
    Former,
    Lot,
    Op,
    Place,
)

MOST_FOLLOWERS = 9
UNMERGE_DAYS = 30

Lots = tuple[Lot, ...]
PairOutcome = tuple[Effect, Effect] | TesseraError


@dataclass(frozen=True, slots=True)
class PairContext:
    """What an effect on two accounts may know besides them: when, the first member's last entry, and what is still
    owed of the debts that this one brought, as `debts_left` has it.
    """

    at_ms: int
    first_head: Entry
    debts_left: tuple[Debt, ...] = ()


def transfer(giver: Account, taker: Account, command: Transfer, _context: PairContext) -> PairOutcome:
    """Move active points in spending order. Who owes points gives none away."""
    if giver.points_owed:
        return DebtOutstandingError(giver.points_owed)
    if command.points > giver.points_active:
        return InsufficientPointsError(command.points, giver.points_active)
    giver, given = balances.take(giver, POINTS, command.points)
    return (
        Effect(
            op=Op.TRANSFER,
            account=giver,
            moves=moved(Place.ACTIVE, Place.TRANSFER, given),
            points=command.points,
        ),
        Effect(
            op=Op.TRANSFER,
            account=_granted(taker, given),
            moves=moved(Place.TRANSFER, Place.ACTIVE, given),
            points=command.points,
        ),
    )


def join(member: Account, household: Account, _command: Join, _context: PairContext) -> PairOutcome:
    """All that the member holds and owes goes to the household's account, which answers for both from now on."""
    return _absorbed(member, household, merged=False)


def merge(member: Account, other: Account, _command: Merge, _context: PairContext) -> PairOutcome:
    """As `join`, for good."""
    return _absorbed(member, other, merged=True)


def leave(member: Account, household: Account, command: Leave, context: PairContext) -> PairOutcome:
    """The member stands alone again, with the points agreed on and with what its own purchases have pending.

    Debts that it brought go back with it as far as they have not been repaid (see `debts_left`), and an account that
    owes points gives none along: a household is no place to leave debts behind.
    """
    if Follower(member.member, member.seq, merged=False) not in household.followers:
        return NotLinkedError("This member is not in the household of the other card.")
    if command.points and household.points_owed:
        return DebtOutstandingError(household.points_owed)
    if command.points > household.points_active:
        return InsufficientPointsError(command.points, household.points_active)
    household, given = balances.take(household, POINTS, command.points)
    return _parted(member, household, Op.LEAVE, given, command.points, context)


def unmerge(member: Account, other: Account, _command: Unmerge, context: PairContext) -> PairOutcome:
    """The member gets back what it brought, less what has expired.

    Only within UNMERGE_DAYS, and only while all of it is there: of equal lots, the other's own are taken to
    be spent first. A debt goes back as far as it has not been repaid.
    """
    if Follower(member.member, member.seq, merged=True) not in other.followers:
        return NotLinkedError("This member was not merged into the account of the other card.")
    merge_entry = context.first_head
    if context.at_ms > merge_entry.recorded_at_ms + UNMERGE_DAYS * DAY_MS:
        return UnmergeTooLateError(merge_entry.recorded_at_ms, UNMERGE_DAYS)
    undone = tuple(replace(one, owner=None) for one in other.undone if one.owner == member.member)
    if undone != member.undone:
        return MergedPointsUsedError()
    still_pending = tuple(one.lot for one in other.pending if one.owner == member.member)
    month = month_number(context.at_ms)
    brought = tuple(lot for lot in merge_entry.lots_to(Place.TRANSFER) if lot.expiry_month >= month)
    given = _still_active(brought, still_pending)
    try:
        other = balances.remove(other, given)
    except ValueError:
        return MergedPointsUsedError()
    points = spending.total(spending.of_unit(given, POINTS))
    return _parted(member, other, Op.UNMERGE, given, points, context)


def debts_left(linking: Entry, since: Iterable[Entry]) -> tuple[Debt, ...]:
    """The debts that entry `linking` brought to another account, as far as they have not been repaid there.

    `since` are that account's entries from the one written together with `linking` on. What repays an issuer repays the
    account's other debts to it first. So of a debt brought is left the least that the account has owed that issuer
    at any time since; what it came to owe later is its own.
    """
    brought = {(lot.issuer, lot.unit): lot.quantity for lot in linking.lots_from(Place.TRANSFER)}
    for entry in since:
        for (issuer, unit), quantity in brought.items():
            brought[issuer, unit] = min(quantity, balances.owed_to(entry.account, issuer, unit))
    return tuple(Debt(issuer, quantity, unit) for (issuer, unit), quantity in brought.items() if quantity)


def _absorbed(member: Account, leader: Account, *, merged: bool) -> PairOutcome:
    if member.follows is not None:
        return AccountLinkedError("This member's card already uses another account. Leave or unmerge that first.")
    if member.followers:
        return AccountLinkedError("Other cards use this member's account, so it can't use another one itself.")
    if leader.follows is not None:
        return AccountLinkedError("The other card itself uses another account. Give that account's own card.")
    if len(leader.followers) >= MOST_FOLLOWERS:
        return HouseholdFullError(MOST_FOLLOWERS)
    if member.holds:
        return HoldsOpenError(member.member)
    if balances.is_full(replace(leader, pending=leader.pending + member.pending, undone=leader.undone + member.undone)):
        return AccountFullError()
    op = Op.MERGE if merged else Op.JOIN
    active, waiting = member.lots + member.cash, tuple(one.lot for one in member.pending)
    owed = _as_lots(member.debts)
    left = replace(member, lots=(), cash=(), pending=(), debts=(), follows=leader.member)
    pending = tuple(replace(one, owner=member.member) for one in member.pending)
    undone = tuple(replace(one, owner=member.member) for one in member.undone)
    joined = replace(
        _granted(leader, active),
        pending=(*leader.pending, *pending),
        undone=(*leader.undone, *undone),
        followers=(*leader.followers, Follower(member.member, member.seq + 1, merged)),
    )
    for debt in member.debts:
        joined = balances.owe(joined, debt.issuer, debt.unit, debt.quantity)
    points = member.points_active
    return (
        Effect(
            op=op,
            account=left,
            moves=(
                *moved(Place.ACTIVE, Place.TRANSFER, active),
                *moved(Place.PENDING, Place.TRANSFER, waiting),
                *moved(Place.TRANSFER, Place.DEBT, owed),
            ),
            points=points,
        ),
        Effect(
            op=op,
            account=joined,
            moves=(
                *moved(Place.TRANSFER, Place.ACTIVE, active),
                *moved(Place.TRANSFER, Place.PENDING, waiting),
                *moved(Place.DEBT, Place.TRANSFER, owed),
            ),
            points=points,
        ),
    )


def _parted(
    member: Account,
    leader: Account,
    op: Op,
    given: Lots,
    points: int,
    context: PairContext,
) -> PairOutcome:
    debts = context.debts_left
    own_pending = tuple(one for one in leader.pending if one.owner == member.member)
    own_undone = tuple(one for one in leader.undone if one.owner == member.member)
    waiting, owed = tuple(one.lot for one in own_pending), _as_lots(debts)
    former = tuple(one for one in member.former if one.until_ms > context.at_ms and one.leader != leader.member)
    until_ms = context.at_ms + (REMEMBER_DAYS + 1) * DAY_MS
    parted = replace(
        _granted(member, given),
        pending=tuple(replace(one, owner=None) for one in own_pending),
        undone=tuple(replace(one, owner=None) for one in own_undone),
        debts=debts,
        follows=None,
        former=(*former, Former(leader.member, until_ms)),
    )
    leader = replace(
        leader,
        pending=tuple(one for one in leader.pending if one not in own_pending),
        undone=tuple(one for one in leader.undone if one not in own_undone),
        followers=tuple(one for one in leader.followers if one.member != member.member),
    )
    for debt in debts:
        leader = balances.owe(leader, debt.issuer, debt.unit, -debt.quantity)
    refers_to = context.first_head.entry_id if op is Op.UNMERGE else None
    return (
        Effect(
            op=op,
            account=parted,
            moves=(
                *moved(Place.TRANSFER, Place.ACTIVE, given),
                *moved(Place.TRANSFER, Place.PENDING, waiting),
                *moved(Place.DEBT, Place.TRANSFER, owed),
            ),
            points=points,
            refers_to=refers_to,
        ),
        Effect(
            op=op,
            account=leader,
            moves=(
                *moved(Place.ACTIVE, Place.TRANSFER, given),
                *moved(Place.PENDING, Place.TRANSFER, waiting),
                *moved(Place.TRANSFER, Place.DEBT, owed),
            ),
            points=points,
            refers_to=refers_to,
        ),
    )


def _still_active(brought: Lots, still_pending: Lots) -> Lots:
    waiting: Counter[tuple[str, str, int]] = Counter()
    for lot in still_pending:
        waiting[spending.lot_key(lot)] += lot.quantity
    active = []
    for lot in reversed(brought):
        minus = min(waiting[spending.lot_key(lot)], lot.quantity)
        waiting[spending.lot_key(lot)] -= minus
        if lot.quantity > minus:
            active.append(replace(lot, quantity=lot.quantity - minus))
    return tuple(reversed(active))


def _granted(account: Account, lots: Lots) -> Account:
    for lot in lots:
        account = balances.grant(account, lot)
    return account


def _as_lots(debts: tuple[Debt, ...]) -> Lots:
    return tuple(Lot(debt.issuer, NEVER, debt.quantity, debt.unit) for debt in debts)


PAIR_RULES: Mapping[type[PairCommand], Callable[..., PairOutcome]] = {
    Transfer: transfer,
    Join: join,
    Leave: leave,
    Merge: merge,
    Unmerge: unmerge,
}
