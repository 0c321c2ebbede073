"""Waits until every journal entry stands in a page."""

import time
from collections.abc import Callable
from datetime import date

from infra.demo.errors import PostingBehindError
from infra.demo.retailers import RETAILERS
from partners.visits.service import Pages

LOOK_EVERY_SECONDS = 0.5
GIVE_UP_AFTER_SECONDS = 60.0


def lines_posted(pages: Pages, first: date, last: date) -> int:
    """How many entries of all retailers the pages of these days hold."""
    return sum(
        day.totals.enrolments + day.totals.purchases + day.totals.redemptions
        for retailer in RETAILERS
        for day in pages.day_totals(retailer.partner_id, first, last)
    )


def wait_until_posted(
    posted: Callable[[], int],
    entries: int,
    show: Callable[[int], None],
    *,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Look until `posted()` reaches `entries`.

    Raises PostingBehindError if it stands still for GIVE_UP_AFTER_SECONDS, or there are more lines than entries.
    """
    known, since = -1, clock()
    while (now_posted := posted()) < entries:
        show(now_posted)
        if now_posted > known:
            known, since = now_posted, clock()
        elif clock() - since > GIVE_UP_AFTER_SECONDS:
            raise PostingBehindError(
                f"{entries} entries are in the journal, but the pages have stood at {now_posted} lines for "
                f"{GIVE_UP_AFTER_SECONDS:.0f} s. The local cloud's log may say why: .local/logs/cloud.log"
            )
        sleep(LOOK_EVERY_SECONDS)
    show(now_posted)
    if now_posted > entries:
        raise PostingBehindError(f"{entries} entries are in the journal, but the pages hold {now_posted} lines.")
