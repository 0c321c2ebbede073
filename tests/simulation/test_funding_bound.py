"""A partner that never stops asking: how far it gets beyond the line at which it is stopped."""

from collections import deque

import pytest

from partners.contracts.errors import FundingExhaustedError
from partners.contracts.payment import Funding, FundingKind
from partners.contracts.service import CACHE_MS, Contracts
from partners.funding.exposure import margin_cents
from partners.funding.model import ONE_PERSON_LIMIT_CENTS
from tests.unit.partners.funding.world import HARVEST, FundedPartner

SCHEDULE_MS = 60_000
TICK_MS = 1_000


def grants(contracts: Contracts) -> bool:
    try:
        contracts.check_funding(HARVEST)
    except FundingExhaustedError:
        return False
    return True


@pytest.mark.parametrize("points_a_second", [40, 150, 600])
@pytest.mark.parametrize("posting_ms", [1_000, 20_000])
@pytest.mark.parametrize("kind", FundingKind)
def test_the_overshoot_stays_within_reaction_time_times_the_rate(kind, posting_ms, points_a_second):
    limit_cents = 30_000
    partner = FundedPartner(Funding(kind, limit_cents if kind is FundingKind.POSTPAID else None))
    if kind is FundingKind.PREPAID:
        partner.pay(limit_cents)
    partner.pay(ONE_PERSON_LIMIT_CENTS + 1)  # Nobody confirms it.
    tills = []
    waiting: deque[tuple[int, int]] = deque()
    granted = refused_in_a_row = 0
    started_ms = partner.clock()
    while refused_in_a_row < 3 * CACHE_MS // TICK_MS:
        partner.clock.advance(ms=TICK_MS)
        elapsed_ms = partner.clock() - started_ms
        if len(tills) < 20:
            tills.append(partner.till())  # Servers start one after the other, so their memories differ in age.
        asked = tills[(elapsed_ms // TICK_MS) % len(tills)]
        if grants(asked):
            granted += points_a_second
            refused_in_a_row = 0
            waiting.append((partner.clock() + posting_ms, points_a_second))
        else:
            refused_in_a_row += 1
        while waiting and waiting[0][0] <= partner.clock():
            partner.grant(waiting.popleft()[1])
        if elapsed_ms % SCHEDULE_MS == 0:
            partner.measure()
        assert elapsed_ms < 40 * 3_600_000
    stop_line_cents = limit_cents - margin_cents(limit_cents)
    reaction_ms = posting_ms + SCHEDULE_MS + CACHE_MS + 2 * TICK_MS
    assert stop_line_cents <= granted <= stop_line_cents + points_a_second * reaction_ms // 1_000
    if points_a_second * reaction_ms // 1_000 <= margin_cents(limit_cents):
        assert granted <= limit_cents
