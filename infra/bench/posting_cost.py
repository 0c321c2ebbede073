"""What posting costs a visit: the pages that batches of the stream become, weighed."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from infra.bench.accounts import ISSUERS, ORDINARY, head_entry
from infra.capacity import item_bytes, read_units, write_units
from partners.visits.lines import delivered
from partners.visits.model import START, Delivered
from partners.visits.paging import by_chain, next_pages
from partners.visits.store import page_to_item
from shared.ledger.model import Entry

BATCHES = ((6, 6), (6, 100), (6, 500), (1, 100), (1, 500))
"""(partners, records a batch)."""


@dataclass(frozen=True, slots=True)
class PostingCost:
    """Per visit, when batches of `records` records bring purchases at `partners` partners."""

    partners: int
    records: int
    page_bytes: int
    write_units: Fraction
    read_units: Fraction


def posting_costs(now_ms: int) -> Iterator[PostingCost]:
    """Each batch continues every chain by a page; before it, one strong read finds where the chain ends."""
    for partners, records in BATCHES:
        batch = [_delivered(number, partners, now_ms) for number in range(1, records + 1)]
        pages = [page_to_item(page) for chain, own in by_chain(batch).items() for page in next_pages(chain, START, own)]
        sizes = [item_bytes(page) for page in pages]
        written = sum(write_units(size) for size in sizes)
        read = sum(read_units(size, consistent=True) for size in sizes)
        yield PostingCost(
            partners, records, sum(sizes) // len(sizes), Fraction(written, records), Fraction(read) / records
        )


def _delivered(number: int, partners: int, now_ms: int) -> Delivered:
    return delivered("shardId-00000001763720000000-abcdef01", f"{number * 977:040d}", _visit(number, partners, now_ms))


def _visit(number: int, partners: int, now_ms: int) -> Entry:
    """A purchase like any other: its member, store, receipt, time and amount differ from the next."""
    base = head_entry(ORDINARY, f"{number * 7_654_321 % 10**10:010d}", now_ms + 21 * number)
    partner = ISSUERS[number % partners]
    points = 20 + number * 7919 % 900
    return replace(
        base,
        partner=partner,
        location=str(300 + number * 31 % 140),
        receipt=str(41_480_000_000 + number * 104_729 % 10**7),
        occurred_at_ms=now_ms + 21 * number - number * 6_101 % 900_000,
        amount_cents=points * 20 + number % 19,
        points=points,
        moves=(replace(base.moves[0], lot=replace(base.moves[0].lot, issuer=partner, quantity=points)),),
    )
