"""What partners owe of settlements, and how old it is, by hand."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import pytest

from partners.books.receivables import BUCKETS, CarriedInto, SettledDebts, bucket_of
from partners.contracts.model import NETWORK
from partners.settlement.model import Carried, CurrencyNets, PartnerPosition, net_of
from partners.settlement.payments import changes, model
from partners.settlement.payments.consequences import carries
from partners.settlement.payments.legs import LegState, LegStep
from partners.settlement.payments.model import PaidSettlement
from partners.settlement.payments.old_debts import Old
from shared.kernel.clock import DAY_MS
from tests.fakes.collateral import default_of_two

COLLECTED_MS = 1_000


def settlement(window: int, collected_at_ms: int = COLLECTED_MS, **net_cents: int) -> PaidSettlement:
    nets = {**net_cents, NETWORK: -sum(net_cents.values())}
    positions = tuple(PartnerPosition(party, (), cents * 10_000, cents) for party, cents in nets.items())
    one = model.calculated(window, CurrencyNets("USD", tuple(map(net_of, positions))), "ann", 1)
    return changes.collecting(changes.approved(one, "bob", 2), "ann", collected_at_ms)


def told(one: PaidSettlement, party: str, *states: LegState) -> PaidSettlement:
    for state in states:
        one = changes.told(one, f"{one.settlement_id}:{party}:in:1", LegStep(state, COLLECTED_MS, "bank"))
    return one


def defaulted() -> PaidSettlement:
    """alpha owes 100 of which 30 are covered by collateral, all others are paid."""
    one = default_of_two(
        told(settlement(1, alpha=-100, beta=100), "alpha", LegState.FAILED),
        "alpha",
        30,
        3,
    )
    one = changes.paying(one, "ann", 4)
    return replace(one, carried=tuple(carried.reference for carried in carries(one)))


def debts_of(settlements: Sequence[PaidSettlement], windows: Iterable[int], carried: CarriedInto) -> SettledDebts:
    by_id = {one.settlement_id: one for one in settlements}
    return SettledDebts(settlements, {one.window for one in settlements}, windows, carried, by_id.get)


def owed(*settlements: PaidSettlement, carried: tuple[Carried, ...] = (), into: int = 2) -> list[tuple[str, int, int]]:
    debts = debts_of(settlements, [1, 2], lambda window: carried if window == into else ())
    return [(one.reference, one.amount_cents, one.due_at_ms or 0) for one in debts.receivables()]


@pytest.mark.parametrize(
    ("late_ms", "bucket"),
    [
        (0, "not_due"),
        (1, "days_1_30"),
        (30 * DAY_MS, "days_1_30"),
        (30 * DAY_MS + 1, "days_31_60"),
        (60 * DAY_MS + 1, "days_61_90"),
        (90 * DAY_MS, "days_61_90"),
        (90 * DAY_MS + 1, "days_over_90"),
    ],
)
def test_a_day_late_begins_after_the_moment_it_was_due(late_ms, bucket):
    assert BUCKETS[bucket_of(5, 5 + late_ms)] == bucket


def test_what_is_collected_is_owed_until_the_bank_says_so_and_again_while_it_is_disputed():
    one = settlement(1, alpha=-100, beta=100)
    assert owed(one) == [("1-USD", 100, COLLECTED_MS)]
    one = told(one, "alpha", LegState.SUCCEEDED)
    assert owed(one) == []
    assert owed(told(one, "alpha", LegState.DISPUTED)) == [("1-USD", 100, COLLECTED_MS)]


def test_what_a_default_leaves_is_owed_once_wherever_it_stands():
    one = defaulted()
    (debt,) = [carried for carried in carries(one) if carried.party == "alpha"]
    assert debt.amount_cents == -70
    unnoted = replace(one, carried=())
    assert owed(unnoted) == [("1-USD", 70, COLLECTED_MS)]
    assert owed(unnoted, carried=(debt,)) == [("1-USD", 70, COLLECTED_MS)]
    assert owed(one, carried=(debt,)) == [(debt.reference, 70, COLLECTED_MS)]


@pytest.mark.parametrize(
    ("net_cents", "parts"),
    [
        (-90, [("2-USD", 70, COLLECTED_MS), ("2-USD", 20, 9_000)]),
        (-40, [("2-USD", 40, COLLECTED_MS)]),
        (10, []),
    ],
)
def test_what_is_carried_keeps_its_age_and_what_is_to_the_partners_credit_pays_for_it(net_cents, parts):
    one = defaulted()
    (debt,) = [carried for carried in carries(one) if carried.party == "alpha"]
    assert owed(one, settlement(2, 9_000, alpha=net_cents, beta=-net_cents), carried=(debt,)) == parts + (
        [("2-USD", net_cents, 9_000)] if net_cents > 0 else []
    )


def test_what_a_creditor_was_paid_twice_is_owed_by_it():
    one = changes.paying(told(settlement(1, alpha=-100, beta=100), "alpha", LegState.SUCCEEDED), "ann", 4)
    failed, paid = (LegStep(state, 5, "bank") for state in (LegState.FAILED, LegState.SUCCEEDED))
    one = changes.given_up(changes.told(one, "1-USD:beta:out:1", failed), "beta", "ann", 6)
    one = changes.told(one, "1-USD:beta:out:1", paid)
    one = replace(one, carried=tuple(carried.reference for carried in carries(one)))
    (late,) = [carried for carried in carries(one) if carried.reference.endswith(":late")]
    assert owed(one, carried=(late,)) == [("1-USD:beta:out:1:late", 100, COLLECTED_MS)]


def test_all_that_a_partner_was_asked_for_is_owed_while_disputed_though_an_old_cut_made_its_position_less():
    cents = {"alpha": -46, "beta": -373, "gamma": 419}
    positions = tuple(PartnerPosition(party, (), net * 10_000, net) for party, net in cents.items())
    old = Old(debts=(("alpha", 46),), cuts=(("beta", 46),))
    one = model.calculated(2, CurrencyNets("USD", tuple(map(net_of, positions))), "ann", 1, old)
    one = changes.collecting(changes.approved(one, "bob", 2), "ann", COLLECTED_MS)
    one = told(told(one, "alpha", LegState.SUCCEEDED), "beta", LegState.SUCCEEDED)
    one = changes.paying(one, "ann", 4)
    for payee in ("beta", "gamma"):
        one = changes.told(one, f"2-USD:{payee}:out:1", LegStep(LegState.SUCCEEDED, 5, "bank"))
    assert owed(one) == []
    one = told(one, "beta", LegState.DISPUTED)
    assert owed(one) == [("2-USD", 419, COLLECTED_MS)]


def test_a_debt_keeps_its_age_through_any_number_of_windows():
    windows, settlements, brought = 500, [], {}
    for window in range(1, windows + 1):
        one = settlement(window, window, alpha=-100 * window, beta=100)
        one = default_of_two(told(one, "alpha", LegState.FAILED), "alpha", 0, window)
        one = changes.paying(one, "ann", window)
        gone = carries(one)
        settlements.append(replace(one, carried=tuple(carried.reference for carried in gone)))
        brought[window + 1] = [carried for carried in gone if carried.party == "alpha"]
    found = debts_of(settlements, range(1, windows + 2), lambda window: brought.get(window, ())).receivables()
    assert [(one.amount_cents, one.due_at_ms) for one in found if one.partner_id == "alpha"] == [
        (100, window) for window in range(1, windows + 1)
    ]
