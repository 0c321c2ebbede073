"""A bill's lines as items of an invoice at Stripe, which takes no more than 250 of them. Pure.

The bill itself keeps every line; the items are those lines, or sums of them that come to the same cents.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from partners.billing.model import Bill, BillLine
from partners.billing.price import cents_text

MOST_ITEMS = 250
"""Stripe refuses one more on an invoice."""
MOST_LINES = 100
"""So many of a bill's own: people still read such an invoice, and each is a call."""
KEPT_FREE = 50
"""For amounts that become known while the invoice is a draft."""
LONGEST_DESCRIPTION = 500


@dataclass(frozen=True, slots=True)
class Item:
    """An amount on an invoice; `key` is its name for ever, whoever makes it."""

    key: str
    amount_cents: int
    description: str


def items_of(bill: Bill, present: Collection[str]) -> list[Item]:
    """What the draft is to have for a bill, given the keys of all items that it has ("" for one without).

    An item a line, else a location, else a kind of line, else one for all: the finest that leaves room; none of no
    cents. What was begun in one way is never gone on with in another, which would bill it twice: then there are none,
    and whoever asks adds what is missing as one amount.
    """
    ours = f":{bill.partner_id}:{bill.month}:"
    begun = {key for key in present if key.startswith((f"v1:bill{ours}", f"v1:line{ours}"))}
    room = MOST_ITEMS - KEPT_FREE - (len(present) - len(begun))
    ways = [_summed(bill, f"v1:bill{ours}", names) for names in _names(bill.lines)]
    if begun:
        return next((items for items in ways if begun <= {item.key for item in items} and len(items) <= room), [])
    return next((items for items in ways if len(items) <= min(MOST_LINES, room)), ways[-1])


def _names(lines: tuple[BillLine, ...]) -> Iterator[list[str]]:
    """What each line is called, so that lines of one name are one item: from the finest to the coarsest."""
    kinds = [line.kind.value for line in lines]
    places = [f"{line.kind}/{line.location or ''}" for line in lines]
    seen: Counter[str] = Counter()
    numbered = []
    for place in places:
        seen[place] += 1
        numbered.append(f"{place}/{seen[place]}")
    yield [f"line/{name}" for name in numbered]
    yield [f"location/{place}" for place in places]
    yield [f"kind/{kind}" for kind in kinds]
    yield ["all"] * len(lines)


def _summed(bill: Bill, prefix: str, names: list[str]) -> list[Item]:
    parts: dict[str, list[BillLine]] = {}
    for name, line in zip(names, bill.lines, strict=True):
        parts.setdefault(name, []).append(line)
    sums = {name: sum(line.amount_cents for line in lines) for name, lines in parts.items()}
    return [Item(prefix + name, sums[name], _in_words(bill, lines)) for name, lines in parts.items() if sums[name]]


def _in_words(bill: Bill, lines: list[BillLine]) -> str:
    """How an amount came about; of what is too long to be said, where it can be read."""
    words = "; ".join(line.explanation for line in lines)
    if len(words) <= LONGEST_DESCRIPTION:
        return words
    kinds = ", ".join(dict.fromkeys(line.kind.value for line in lines))
    locations = {line.location for line in lines} - {None}
    whose = f" of {len(locations):,} locations" if locations else ""
    total = cents_text(sum(line.amount_cents for line in lines))
    return f"{kinds}{whose}: {len(lines):,} lines = {total}, each in GET /v1/bill?month={bill.month}"
