"""The demo's plan: which baskets, moved to when, bought and spent by whom."""

from datetime import UTC, datetime

import pytest

from infra.demo.baskets import Basket, select_weeks
from infra.demo.calendar import ROOM_MS, Move, move_to
from infra.demo.plan import Step, StepKind, StoreMissingError, plan_steps, share_out, stores_by_retailer
from infra.demo.retailers import RETAILERS, points_to_redeem, redeemed_at, retailer_of

DAY_MS = 86_400_000
START_MS = int(datetime(2017, 3, 1, 9, 30, tzinfo=UTC).timestamp()) * 1000
NOW_MS = int(datetime(2026, 11, 21, 12, tzinfo=UTC).timestamp()) * 1000


def basket(number: int, household: int, store: int, *, day: float = 0) -> Basket:
    return Basket(household, store, 1000 + number, START_MS + int(day * DAY_MS), 100 * number)


def one_basket_everywhere() -> list[Basket]:
    return [basket(store, household=store, store=store, day=store / 10) for store in range(len(RETAILERS))]


def planned(baskets: list[Basket], seed: int = 0) -> list[Step]:
    return plan_steps(baskets, move_to(NOW_MS, baskets, 1), seed)


def test_weeks_follow_the_seed_and_stay_within_the_year() -> None:
    assert (select_weeks(1, 7).first_week, select_weeks(1, 7).last_week) == (9, 9)
    assert select_weeks(1, 57) == select_weeks(1, 7)
    assert (select_weeks(4, 49).first_week, select_weeks(4, 49).last_week) == (49, 52)
    assert (select_weeks(52, 3).first_week, select_weeks(52, 3).last_week) == (1, 52)


def test_baskets_move_by_whole_days_to_just_before_now() -> None:
    baskets = one_basket_everywhere()
    move = move_to(NOW_MS, baskets, 1)
    assert move.shift_ms % DAY_MS == 0
    newest = move(baskets[-1].bought_at_ms)
    assert NOW_MS - ROOM_MS - DAY_MS < newest <= NOW_MS - ROOM_MS
    assert newest - move(baskets[0].bought_at_ms) == baskets[-1].bought_at_ms - baskets[0].bought_at_ms


def test_more_than_four_weeks_are_squeezed_into_four_in_order() -> None:
    move = Move(last_ms=START_MS + 56 * DAY_MS, shift_ms=0, weeks=8)
    moments = [move(START_MS + day * DAY_MS) for day in range(57)]
    assert moments == sorted(moments)
    assert moments[-1] - moments[0] == 28 * DAY_MS


def test_a_household_enrols_on_its_first_receipt_earns_on_each_and_redeems_after_its_last() -> None:
    baskets = sorted([*one_basket_everywhere(), basket(50, 3, 9, day=2)], key=lambda one: one.bought_at_ms)
    steps = [step for step in planned(baskets) if step.household == 3]
    assert [step.kind for step in steps] == [
        StepKind.ENROL,
        StepKind.PURCHASE,
        StepKind.PURCHASE,
        StepKind.REDEEM,
    ]
    assert steps[0].receipt == steps[1].receipt == "1003"
    assert steps[3].occurred_at_ms > steps[2].occurred_at_ms
    assert steps[3].receipt not in {step.receipt for step in steps[:3]}


def test_points_are_spent_in_a_store_of_another_retailer() -> None:
    stores = stores_by_retailer(one_basket_everywhere())
    for seed in range(7):
        for step in planned(one_basket_everywhere(), seed):
            if step.kind is StepKind.REDEEM:
                assert step.retailer != retailer_of(step.household)
                assert int(step.location_id) in stores[step.retailer]
    assert {redeemed_at(0, household, 0) for household in range(10)} == {1, 2, 3, 4, 5}


def test_every_step_has_a_number_and_a_key_of_its_own() -> None:
    steps = planned(one_basket_everywhere())
    assert [step.number for step in steps] == list(range(1, len(steps) + 1))
    assert len({(step.retailer, step.idempotency_key) for step in steps}) == len(steps)


def test_a_retailer_without_a_store_is_refused() -> None:
    with pytest.raises(StoreMissingError, match="Riverside"):
        planned(one_basket_everywhere()[:-1])


def test_one_caller_has_all_steps_of_a_household_in_order() -> None:
    steps = planned(one_basket_everywhere())
    shares = share_out(steps, 4)
    assert sorted((step for share in shares for step in share), key=lambda step: step.number) == steps
    for share in shares:
        assert [step.number for step in share] == sorted(step.number for step in share)
    assert sum(len({step.household for step in share}) for share in shares) == len(RETAILERS)


@pytest.mark.parametrize(("balance", "points"), [(0, 0), (499, 0), (500, 500), (1_399, 1_300), (98_765, 2_000)])
def test_whole_hundreds_are_redeemed_from_five_hundred_to_two_thousand(balance: int, points: int) -> None:
    assert points_to_redeem(balance) == points
