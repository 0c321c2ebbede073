"""What posting writes: a pure function of what a shard delivered and of where a chain of pages ends."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from partners.visits.lines import recount
from partners.visits.model import SEQUENCE_DIGITS, Chain, Delivered, Page

LINES_PER_PAGE = 500
"""About 12 KB; an item may have 400."""


def by_chain(delivered: Iterable[Delivered]) -> dict[Chain, list[Delivered]]:
    """What was delivered, divided into chains, each in the order of delivery."""
    chains: defaultdict[Chain, list[Delivered]] = defaultdict(list)
    for item in delivered:
        chains[item.chain].append(item)
    return dict(chains)


def next_pages(
    chain: Chain, covered: str, delivered: Sequence[Delivered], lines_per_page: int = LINES_PER_PAGE
) -> list[Page]:
    """The pages that continue `chain` from `covered`, where it ends now, by what was delivered of it.

    `delivered` is in order. What is covered is left out, so a second delivery gives only what is missing.
    """
    missing = [item for item in delivered if item.sequence > covered]
    cuts = [missing[start : start + lines_per_page] for start in range(0, len(missing), lines_per_page)]
    ends = [covered, *(cut[-1].sequence for cut in cuts)]
    return [page_of(chain, after, upto, cut) for (after, upto), cut in zip(pairwise(ends), cuts, strict=True)]


def page_of(chain: Chain, after: str, upto: str, delivered: Sequence[Delivered]) -> Page:
    """The page of `delivered`, with its totals."""
    lines = tuple(item.line for item in delivered)
    return Page(chain, after, upto, lines, recount(chain.partner, lines))


def redriven_page(item: Delivered) -> Page:
    """The page of its own for one line that no page of a chain holds."""
    before = f"{int(item.sequence) - 1:0{SEQUENCE_DIGITS}d}"
    return replace(page_of(item.chain, before, item.sequence, [item]), redriven=True)
