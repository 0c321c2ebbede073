"""A sweep of the whole journal, what it came to, and when the next is due. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from shared.ledger.model import POINTS, Entry, Place

MOST_LEFT_NAMED = 100
"""A sweep names so many of the accounts it had to leave, the first by number, and counts them all."""


@dataclass(frozen=True, slots=True, order=True)
class Left:
    """An account that could not be swept, and why."""

    member: str
    why: str


@dataclass(frozen=True, slots=True)
class Swept:
    """What a part of a sweep read and recorded. Parts add up in any order.

    `entries` may be some that the sweep itself has written. `accounts` got an entry, by which points of
    timed-out holds were released, pending points matured and points expired. What was released or matured and
    had expired by then counts as both. Cashback is swept alike, but not counted here.
    """

    members: int = 0
    entries: int = 0
    accounts: int = 0
    points_released: int = 0
    points_matured: int = 0
    points_expired: int = 0
    left: tuple[Left, ...] = ()
    left_in_all: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """One sweep in `segments` segments of the journal. `outcome` is None until the end."""

    run_id: str
    begun_at_ms: int
    segments: int
    outcome: "Outcome | None" = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to."""

    ended_at_ms: int
    total: Swept = field(default_factory=Swept)


def added(parts: Iterable[Swept]) -> Swept:
    """The sum of `parts`."""
    whole = list(parts)
    return Swept(
        members=sum(part.members for part in whole),
        entries=sum(part.entries for part in whole),
        accounts=sum(part.accounts for part in whole),
        points_released=sum(part.points_released for part in whole),
        points_matured=sum(part.points_matured for part in whole),
        points_expired=sum(part.points_expired for part in whole),
        left=tuple(sorted(left for part in whole for left in part.left)[:MOST_LEFT_NAMED]),
        left_in_all=sum(part.left_in_all for part in whole),
    )


def swept_by(entry: Entry) -> Swept:
    """What an entry that records time alone adds to its sweep."""

    def points(source: Place, target: Place) -> int:
        moves = (move for move in entry.moves if (move.source, move.target, move.lot.unit) == (source, target, POINTS))
        return sum(move.lot.quantity for move in moves)

    return Swept(
        accounts=1,
        points_released=points(Place.HELD, Place.ACTIVE),
        points_matured=points(Place.PENDING, Place.ACTIVE),
        points_expired=points(Place.ACTIVE, Place.BREAKAGE),
    )


def is_due(newest: date, today: date, every_days: int) -> bool:
    """Whether a sweep is due `today` after the `newest`: in a new month, when points expire, or by its age."""
    return (today.year, today.month) > (newest.year, newest.month) or (today - newest).days >= every_days


def in_words(total: Swept) -> str:
    """One line: what was read and what time had done."""
    accounts = "1 account" if total.left_in_all == 1 else f"{total.left_in_all:,} accounts"
    left = f" {accounts} could not be swept." if total.left_in_all else ""
    return (
        f"{total.accounts:,} of {total.members:,} members had something due: {total.points_released:,} points released "
        f"from holds, {total.points_matured:,} matured, {total.points_expired:,} expired. "
        f"{total.entries:,} entries read.{left}"
    )
