"""From a journal entry to its line, and from lines to totals. Pure."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from partners.contracts.model import PARTNER_ID
from partners.visits.cash import cash_moves
from partners.visits.model import PAR_MICROS, Chain, Delivered, Line, Move, MoveKind, Share, Totals
from shared.kernel.clock import last_day_of_month, utc_day
from shared.ledger.errors import MalformedEntryError
from shared.ledger.model import POINTS, Entry, Lot, Op, Place

MEMBERS_POINTS = frozenset({Place.ACTIVE, Place.PENDING})
PRICED = frozenset({Op.EARN, Op.RETURN, Op.REDEEM, Op.CAPTURE, Op.CANCEL})
AT_ISSUE_PRICE = frozenset({Op.EARN, Op.RETURN, Op.ADJUST})
SALES_SIGN = {Op.EARN: 1, Op.RETURN: -1}

_Quantities = Counter[tuple[MoveKind, str, str | None, int, str | None]]


def delivered(shard: str, sequence: str, entry: Entry) -> Delivered:
    """`entry` as `shard` delivered it. Its chain depends on entry and shard alone, so it never changes.

    Raises MalformedEntryError if the entry names an impossible partner or day, if the lots it moved do
    not account for its points, or if points moved that can't be valued.
    """
    for name in {entry.partner, *(move.lot.issuer for move in entry.moves)}:
        if not PARTNER_ID.fullmatch(name):
            raise MalformedEntryError(f"{entry.entry_id}: {name[:80]!r} is no partner id")
    try:
        day = utc_day(entry.recorded_at_ms)
    except (ValueError, OverflowError, OSError) as error:
        raise MalformedEntryError(f"{entry.entry_id}: recorded at no possible time") from error
    return Delivered(sequence, Chain(entry.partner, day, shard), line_of(entry))


def line_of(entry: Entry) -> Line:
    """The line of an entry. Raises MalformedEntryError if its points or cashback can't be accounted for or valued."""
    issued = _net(entry, Place.ISSUER, MEMBERS_POINTS | {Place.ADJUSTMENT})
    owed = _net(entry, Place.DEBT, {Place.ISSUER})
    honoured = _shares(_signed(entry, Place.ACCEPTOR))
    asked = sum(issued.values()) - sum(owed.values()) + sum(share.points for share in honoured)
    priced = entry.op in PRICED or (entry.op is Op.ADJUST and entry.rates is not None)
    if priced and abs(asked) != abs(entry.points):
        raise MalformedEntryError(f"{entry.entry_id}: its lots do not sum to {entry.points} points")
    if any(issuer != entry.partner for issuer in (*issued, *owed)):
        raise MalformedEntryError(f"{entry.entry_id}: grants points of another issuer")
    valued = any(issued.values()) or honoured
    if valued and (entry.currency is None or entry.rates is None or not priced):
        raise MalformedEntryError(f"{entry.entry_id}: moves points without a price")
    return Line(
        entry_id=entry.entry_id,
        op=entry.op,
        location=entry.location,
        receipt=entry.receipt,
        recorded_at_ms=entry.recorded_at_ms,
        occurred_at_ms=entry.occurred_at_ms,
        currency=entry.currency,
        amount_cents=entry.amount_cents,
        points=entry.points,
        value_cents=entry.value_cents,
        price_micros=_price_micros(entry),
        issued=sum(issued.values()),
        owed=sum(owed.values()),
        honoured=honoured,
        adjusted=_shares(_net(entry, Place.ADJUSTMENT, MEMBERS_POINTS | {Place.ISSUER})),
        expired=_expired(entry),
        written_off=_shares(_net(entry, Place.ADJUSTMENT, {Place.DEBT})),
        cashback_cents=entry.cashback_cents,
        cash=cash_moves(entry),
        visit=entry.visit,
        terms_day=_terms_day(entry) if honoured else None,
    )


def recount(partner: str, lines: Iterable[Line]) -> Totals:
    """The totals of `lines`, all of which are `partner`'s. Returned goods are subtracted from sales."""
    counts: Counter[str] = Counter()
    moved: _Quantities = Counter()
    for line in lines:
        counts["visits"] += line.visit
        counts[line.op] += 1
        counts["sales_cents"] += SALES_SIGN.get(line.op, 0) * (line.amount_cents or 0)
        price = line.price_micros or 0
        moved[MoveKind.ISSUED, partner, line.currency, price, None] += line.issued
        moved[MoveKind.OWED, partner, None, 0, None] += line.owed
        for share in line.honoured:
            moved[MoveKind.REDEEMED, share.issuer, line.currency, price, line.terms_day] += share.points
        for share in line.adjusted:
            moved[MoveKind.ADJUSTED, share.issuer, None, 0, None] += share.points
        for share in line.expired:
            moved[MoveKind.EXPIRED, share.issuer, None, 0, share.terms_day] += share.points
        for share in line.written_off:
            moved[MoveKind.WRITTEN_OFF, share.issuer, None, 0, None] += share.points
        for cash in line.cash:
            moved[cash.kind, cash.issuer, cash.currency, PAR_MICROS, cash.terms_day] += cash.cents
    return Totals(
        visits=counts["visits"],
        enrolments=counts[Op.ENROL],
        purchases=counts[Op.EARN],
        redemptions=counts[Op.REDEEM] + counts[Op.CAPTURE] + counts[Op.SPEND],
        sales_cents=counts["sales_cents"],
        moves=_moves(moved),
    )


def added(totals: Iterable[Totals]) -> Totals:
    """The sum of `totals`."""
    items = tuple(totals)
    moved: _Quantities = Counter()
    for move in (move for item in items for move in item.moves):
        moved[move.kind, move.issuer, move.currency, move.price_micros, move.terms_day] += move.quantity
    return Totals(
        visits=sum(item.visits for item in items),
        enrolments=sum(item.enrolments for item in items),
        purchases=sum(item.purchases for item in items),
        redemptions=sum(item.redemptions for item in items),
        sales_cents=sum(item.sales_cents for item in items),
        moves=_moves(moved),
    )


def _moves(moved: _Quantities) -> tuple[Move, ...]:
    rows = [
        Move(kind, issuer, currency, price_micros, quantity, terms_day)
        for (kind, issuer, currency, price_micros, terms_day), quantity in moved.items()
        if quantity
    ]
    return tuple(sorted(rows, key=_place))


def _place(move: Move) -> tuple[MoveKind, str, str, int, str]:
    return move.kind, move.issuer, move.currency or "", move.price_micros, move.terms_day or ""


def _terms_day(entry: Entry) -> str | None:
    """The day on which what `entry` gives back was taken, if that was another: it was settled by that day's terms."""
    day = None if entry.undone_at_ms is None else utc_day(entry.undone_at_ms)
    return None if day == utc_day(entry.recorded_at_ms) else day


def _expired(entry: Entry) -> tuple[Share, ...]:
    """Points by issuer and month that they ran out with. What is given up has its month to come, and none here."""
    if not entry.lapses_by_month:
        return _shares(_count(entry.lots_expired))
    by_month: defaultdict[str, list[Lot]] = defaultdict(list)
    for lot in entry.lots_expired:
        by_month[last_day_of_month(lot.expiry_month) if entry.had_run_out(lot) else ""].append(lot)
    shares = [
        replace(share, terms_day=day or None) for day, lots in by_month.items() for share in _shares(_count(lots))
    ]
    return tuple(sorted(shares, key=lambda share: (share.issuer, share.terms_day or "")))


def _price_micros(entry: Entry) -> int | None:
    if entry.rates is None or (entry.op is Op.CANCEL and entry.cashback_cents is not None):
        return None
    if entry.op in AT_ISSUE_PRICE:
        return entry.rates.issue_price_micros
    return entry.rates.redeem_price_micros if entry.op in PRICED else None


def _net(entry: Entry, source: Place, targets: Collection[Place]) -> Counter[str]:
    """Points by issuer that went from `source` to any of `targets`, less those that came back."""
    points: Counter[str] = Counter()
    for move in entry.moves:
        if move.lot.unit != POINTS:
            continue
        if move.source is source and move.target in targets:
            points[move.lot.issuer] += move.lot.quantity
        elif move.target is source and move.source in targets:
            points[move.lot.issuer] -= move.lot.quantity
    return points


def _signed(entry: Entry, place: Place) -> Counter[str]:
    """Points by issuer that came to `place`, less those that left it."""
    points = _count(entry.lots_to(place))
    points.subtract(_count(entry.lots_from(place)))
    return points


def _count(lots: Iterable[Lot]) -> Counter[str]:
    points: Counter[str] = Counter()
    for lot in lots:
        points[lot.issuer] += lot.quantity if lot.unit == POINTS else 0
    return points


def _shares(points: Mapping[str, int]) -> tuple[Share, ...]:
    return tuple(Share(issuer, moved) for issuer, moved in sorted(points.items()) if moved)
