"""Two servers at work on accounts that are being linked or parted: every order ends as one after the other.

`make test` draws some of the orders, and some of the pairs for stale reads or a transaction that shows by halves.
`make test-full` takes every pair, tries all orders of two servers that read fresh and draws more of the others;
`python -m tests.simulation.ledger orders` tries them all.
"""

import pytest

from tests.simulation.ledger.linked_acts import ACTS, LINKING, PAIRS
from tests.simulation.ledger.linked_races import linked_race
from tests.support.drawn import one_in

LINKING_PAIRS = [pair for pair in PAIRS if LINKING & set(pair)]


@pytest.mark.parametrize(("situation", "one", "other"), PAIRS)
def test_two_requests_at_once_end_as_one_after_the_other(situation, one, other, in_full):
    race = linked_race(situation, one, other, most_orders=None if in_full else 5)
    race.run()
    assert race.orders >= 3


def test_a_refusal_rests_on_two_accounts_as_they_were_at_one_moment():
    """Of the orders that are drawn above few are this one: the points come between the two reads."""
    linked_race("in a household", "bob gives cat too much", "cat joins ann").run()


@pytest.mark.parametrize(("situation", "one", "other"), one_in(3, LINKING_PAIRS))
def test_stale_reads_change_nothing_of_that(situation, one, other, in_full):
    race = linked_race(situation, one, other, stale=True, most_orders=10 if in_full else 4)
    race.run()
    assert race.orders >= 3


@pytest.mark.parametrize(
    ("situation", "one", "other", "shows_first"),
    one_in(3, [(*pair, entry) for pair in LINKING_PAIRS for entry in (0, 1)]),
)
def test_a_transaction_that_shows_by_halves_misleads_nobody(situation, one, other, shows_first, in_full):
    race = linked_race(situation, one, other, shows_first=shows_first, most_orders=10 if in_full else 4)
    race.run()
    assert race.orders >= 3


@pytest.mark.parametrize("stale", [False, True], ids=["fresh", "stale"])
@pytest.mark.parametrize(("situation", "act"), ACTS)
def test_one_request_at_two_servers_at_once_is_one_effect_with_one_answer(situation, act, stale, in_full):
    race = linked_race(situation, act, act, stale=stale, one_key=True, most_orders=40 if in_full else 6)
    race.run()
    assert race.orders >= 3
