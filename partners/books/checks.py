"""What books are held against: the accounts' own word, the month before, and the pages that partners read. Pure."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator

from partners.books.amounts import MOVEMENTS, Closed, Row, bridged, summed_rows, totals, unit_prices
from partners.books.breakage import Development, estimated
from partners.books.document import closed_with, prices_told, valuation_told
from partners.books.model import Count, cohort_in_words
from partners.books.rolling import Roll, held_by_states, roll_forward, summed
from partners.books.trial import trial_balance
from partners.contracts.model import NETWORK
from partners.settlement.positions import cashback_flows, flows
from partners.visits.model import DayTotals, MoveKind
from shared.ledger.model import POINTS, Place


def contradictions(count: Count, before: Iterable[Roll], pages: Iterable[DayTotals]) -> list[str]:
    """What does not agree, in words; empty if the books hold.

    `before` are the rolls of the month before, none for the first; `pages` what all parties' pages of the month add
    up to.
    """
    pages = list(pages)
    return [
        *sorted(count.faults),
        *_with_accounts(count),
        *_with_themselves(count),
        *_with_month_before(count, before),
        *_with_pages(count, pages),
    ]


def breakage_contradictions(version: int, told: Iterable[Development], rolls: Iterable[Roll]) -> list[str]:
    """What of a month's triangle does not agree, in words: with what it says itself by that version of the estimate,
    and with the closing of each cohort in the `rolls` of the month.
    """
    told = list(told)
    found = []
    for one, again in zip(told, estimated(told, version), strict=True):
        if one.estimated_breakage != again.estimated_breakage:
            says, follows = one.estimated_breakage, again.estimated_breakage
            found.append(f"{_of(one)}: {says} is said to run out, {follows} follows from its ages")
    closing = {(one.issuer, one.unit, one.expiry_month): one.closing for one in rolls if one.expiry_month}
    developed = {(one.issuer, one.unit, one.expiry_month): one for one in told}
    for cohort in sorted({*closing} - {*developed}):
        found.append(f"{_named(*cohort)}: it is not in the triangle")
    for cohort, one in sorted(developed.items()):
        now = one.ages[-1]
        left = now.granted - now.redeemed - now.expired
        # Of what ran out before this month, some may wait in idle accounts to be recorded, at no age any more.
        if len(one.ages) <= one.expiry_month + 1 - one.first_month and left != closing.get(cohort, 0):
            was = closing.get(cohort, 0)
            found.append(f"{_named(*cohort)}: {left:,} are left by the triangle, the books close with {was:,}")
    return found


def amounts_contradictions(document: bytes, before: bytes | None) -> list[str]:
    """What of a month's amounts does not agree, in words: with each other, with the prices that follow from the
    partners in the document, and with the document of the month `before`. Books of the first format have none.
    """
    read = json.loads(document)
    if "valuation" not in read:
        return []
    valued = valuation_told(read)
    price = unit_prices(valued)
    cohorts, issuers = read["cohorts"], read["issuers"]
    found = [
        f"points in {worth.currency} are valued without the price of {', '.join(worth.unknown)}: no terms have a rate"
        for worth in valued.worths()
        if worth.unknown
    ]
    strangers = {row["issuer"] for row in issuers} - {*valued.currencies, NETWORK}
    found += [f"{one}: there is no such partner, its points are valued as the network's" for one in sorted(strangers)]
    if read["valuation"]["prices"] != prices_told(valued):
        found.append("the prices of points are not what follows from the partners beside them")
    for row in (*cohorts, *issuers, *read["totals"]):
        if bridged(row):
            found.append(
                f"{_of_row(row)}: opening, movements and new prices miss the closing by {bridged(row):,} micros"
            )
    for row in cohorts:
        each = price(row["issuer"], row["unit"])
        wrong = [name for name in (*MOVEMENTS, "closing") if row[f"{name}_micros"] != row[name] * each]
        found += [f"{_of_row(row)}: {name} is not valued at {each:,} micros each" for name in wrong]
    for told, summed_up in (
        (issuers, summed_rows(cohorts, "issuer", "unit", "currency")),
        (read["totals"], totals(cohorts)),
    ):
        if told != summed_up:
            found.append(f"the sums of the books over {len(told):,} rows are not what the rows come to")
    return [*found, *_with_closing_before(cohorts, {} if before is None else closed_with(before))]


def _with_closing_before(cohorts: Iterable[Row], closed: Closed) -> Iterator[str]:
    opened = {(row["issuer"], row["unit"], row["expiry_month"]): row["opening_micros"] for row in cohorts}
    for cohort in sorted({*closed, *opened}):
        (_, was), is_ = closed.get(cohort, (0, 0)), opened.get(cohort, 0)
        if was != is_:
            yield f"{_named(*cohort)}: the month before closed with {was:,} micros, this one opens with {is_:,}"


def _of_row(row: Row) -> str:
    if "issuer" not in row:
        return f"all of {row['currency']}, {row['unit']}"
    if "expiry_month" not in row:
        return f"{row['issuer']}, {row['unit']}, all"
    return _named(row["issuer"], row["unit"], row["expiry_month"])


def _of(one: Development) -> str:
    return _named(one.issuer, one.unit, one.expiry_month)


def _with_accounts(count: Count) -> Iterator[str]:
    held = held_by_states(count)
    rolled = Counter({(one.issuer, one.unit, one.expiry_month): one.closing for one in roll_forward(count)})
    for cohort in sorted({*held, *rolled}):
        if held.get(cohort, 0) != rolled[cohort]:
            yield f"{_named(*cohort)}: accounts hold {held.get(cohort, 0):,}, the books close with {rolled[cohort]:,}"


def _with_themselves(count: Count) -> Iterator[str]:
    sums: Counter[str] = Counter()
    for balance in trial_balance(count):
        sums[f"{balance.unit} at the beginning"] += balance.opening
        sums[f"{balance.unit} at the end"] += balance.closing
    yield from (f"the trial balance of {what} is {off:,}, not 0" for what, off in sorted(sums.items()) if off)
    for row in summed(roll_forward(count)):
        if row.moved:
            yield f"{row.issuer}, {row.unit}: {row.moved:,} came out of transfers between accounts"


def _with_month_before(count: Count, before: Iterable[Roll]) -> Iterator[str]:
    closed = {(one.issuer, one.unit, one.expiry_month): one.closing for one in before}
    opened = {(one.issuer, one.unit, one.expiry_month): one.opening for one in roll_forward(count)}
    for cohort in sorted({*closed, *opened}):
        if closed.get(cohort, 0) != opened.get(cohort, 0):
            was, is_ = closed.get(cohort, 0), opened.get(cohort, 0)
            yield f"{_named(*cohort)}: the month before closed with {was:,}, this one opens with {is_:,}"


def _with_pages(count: Count, pages: list[DayTotals]) -> Iterator[str]:
    told: Counter[tuple[str, str, str]] = Counter()
    for flow in flows(pages):
        told[flow.issuer, POINTS, "granted"] += flow.issued
        told[flow.issuer, POINTS, "honoured"] += flow.redeemed
        told[flow.issuer, POINTS, "expired"] += flow.expired
    for cash in cashback_flows(pages):
        told[cash.issuer, cash.currency, "granted"] += cash.issued
        told[cash.issuer, cash.currency, "honoured"] += cash.redeemed + cash.paid_out
        told[cash.issuer, cash.currency, "expired"] += cash.forfeited + cash.expired
    counted = _counted(count)
    for issuer, unit, what in sorted({*told, *counted}):
        ours, theirs = counted[issuer, unit, what], told[issuer, unit, what]
        if ours != theirs:
            yield f"{issuer}, {unit}: {ours:,} {what} by the journal, {theirs:,} by the pages"
    # At each price: what was paid for them agrees, too.
    off: Counter[tuple[str, str, str, int]] = Counter()
    for day in pages:
        for move in day.totals.moves:
            if move.kind is MoveKind.REDEEMED:
                off[move.issuer, day.partner_id, move.currency or "", move.price_micros] += move.quantity
    for (issuer, unit, acceptor, currency, price), quantity in count.paid.items():
        if unit == POINTS:
            off[issuer, acceptor, currency, price] -= quantity
    for issuer, acceptor in sorted({(issuer, acceptor) for (issuer, acceptor, _, _), by in off.items() if by}):
        yield f"points of {issuer} honoured by {acceptor}: the journal and the pages do not agree"


def _counted(count: Count) -> Counter[tuple[str, str, str]]:
    """What the journal granted, net of returns, and honoured, net of cancellations, and what ran out."""
    counted: Counter[tuple[str, str, str]] = Counter()
    for (issuer, unit, _, source, target), quantity in count.within.items():
        for place, sign in ((source, -1), (target, 1)):
            if place is Place.ACCEPTOR:
                counted[issuer, unit, "honoured"] += sign * quantity
            elif place is Place.BREAKAGE:
                counted[issuer, unit, "expired"] += sign * quantity
        # A debt repaid is not granted again, and one owed was not taken back.
        if Place.DEBT not in (source, target):
            if source is Place.ISSUER:
                counted[issuer, unit, "granted"] += quantity
            if target is Place.ISSUER:
                counted[issuer, unit, "granted"] -= quantity
    return counted


def _named(issuer: str, unit: str, expiry_month: int) -> str:
    return f"{issuer}, {unit}, {cohort_in_words(expiry_month)}"
