"""Accounts of any size, made without the history that would lead there."""

from dataclasses import dataclass

from infra.demo.retailers import CURRENCY, RETAILERS
from shared.kernel.clock import DAY_MS, month_number
from shared.kernel.ids import digest
from shared.ledger.codec import seal
from shared.ledger.decide import GENESIS
from shared.ledger.fingerprints import FINGERPRINT_BYTES, REMEMBER_DAYS
from shared.ledger.model import (
    NEVER,
    Account,
    Entry,
    Fingerprint,
    Follower,
    Lot,
    Move,
    Op,
    Pending,
    Place,
    Rates,
    Undone,
)

ISSUERS = (*(retailer.partner_id for retailer in RETAILERS), "old-mill", "sunny-side", "four-corners", "hilltop")
RATES = Rates(terms_version=1, earn_points=5, earn_per_cents=100, issue_price_micros=6250, redeem_price_micros=5000)
_HASH_BYTES = 16


@dataclass(frozen=True, slots=True)
class Shape:
    """How much an account remembers: a lot for each of `months` x `issuers`, and `visits` of the last 30 days.

    Beyond that, how many purchases wait to mature and how many were returned in part, cards that share the
    account, and issuers whose cashback it holds.
    """

    months: int
    issuers: int
    visits: int
    pending: int = 0
    returns: int = 0
    followers: int = 0
    cashback: int = 0


ORDINARY = Shape(months=24, issuers=3, visits=30)
FRESH = Shape(months=0, issuers=0, visits=0)


def account_of(shape: Shape, member: str, now_ms: int) -> Account:
    """The state of a member's account; `seq` counts the enrolment and the visits that are remembered."""
    month, today = month_number(now_ms), now_ms // DAY_MS
    lots = tuple(
        Lot(issuer, month + ahead, 90 + 37 * ahead + 11 * place)
        for ahead in range(1, shape.months + 1)
        for place, issuer in enumerate(ISSUERS[: shape.issuers])
    )
    recent = tuple(
        Fingerprint(
            day=today - (REMEMBER_DAYS - 1) * (shape.visits - visit) // max(1, shape.visits),
            key=digest("key", member, str(visit))[:FINGERPRINT_BYTES],
            receipt=digest("receipt", member, str(visit))[:FINGERPRINT_BYTES],
        )
        for visit in range(shape.visits)
    )
    seq = 1 + shape.visits
    return Account(
        member=member,
        seq=seq,
        at_ms=now_ms,
        card_issue=1,
        lots=lots,
        recent=recent,
        chain=GENESIS,
        pending=tuple(
            Pending(seq - ago, now_ms + (14 - ago) * DAY_MS, Lot(ISSUERS[0], month + 24, 210))
            for ago in range(shape.pending, 0, -1)
        ),
        undone=tuple(Undone(seq - ago, 2_105) for ago in range(shape.returns, 0, -1)),
        followers=tuple(Follower(f"{4_300_000_000 + one:010d}", 5, merged=False) for one in range(shape.followers)),
        cash=tuple(Lot(issuer, NEVER, 1_234, CURRENCY) for issuer in ISSUERS[: shape.cashback]),
    )


def head_entry(shape: Shape, member: str, now_ms: int) -> Entry:
    """The newest entry of such an account: a purchase of 42.10 just recorded, or the enrolment if it is fresh."""
    account = account_of(shape, member, now_ms)
    purchase = shape.visits > 0
    granted = account.lots[-1:] if purchase else ()
    entry = Entry(
        member=member,
        seq=account.seq,
        op=Op.EARN if purchase else Op.ENROL,
        partner=ISSUERS[0],
        location="318",
        receipt="41480762519",
        occurred_at_ms=now_ms - 60_000,
        recorded_at_ms=now_ms,
        currency=CURRENCY if purchase else None,
        amount_cents=4_210 if purchase else None,
        points=sum(lot.quantity for lot in granted),
        value_cents=None,
        moves=tuple(Move(Place.ISSUER, Place.ACTIVE, lot) for lot in granted),
        rates=RATES if purchase else None,
        visit=True,
        key_hash=digest("key", member)[:_HASH_BYTES],
        body_hash=digest("body", member)[:_HASH_BYTES],
        account=account,
    )
    return seal(entry, GENESIS)
