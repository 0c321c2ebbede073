"""A deposit pays a settlement exactly once, wherever who collects, gives it back or states it dies."""

import contextlib
import copy
import functools
import json
from collections.abc import Callable
from typing import Any

import pytest

from partners.funding.errors import CollateralNotPaidInError, DepositTooSmallError, PaymentDecidedError
from partners.funding.model import ONE_PERSON_LIMIT_CENTS, Payment
from partners.settlement.payments.collateral import Collateral
from partners.settlement.payments.legs import Direction, LegState
from partners.settlement.payments.telling import BankWord
from tests.simulation.mortals import Fate, MortalDynamoDB, ProcessDiedError
from tests.unit.partners.settlement.deposit_office import PREPAID, DepositOffice
from tests.unit.partners.settlement.windows_world import PARTNERS

SEED = 1
PAID_IN_CENTS = 7_000
BACK_CENTS = 60
MOMENTS_UNTIL_FIXED = 24
"""Beginnings and ends of the calls by which a window's statements find out what they count, and some more."""


class Closed(DepositOffice):
    """Two windows of prepaid debtors: what they have paid in lasts for one of them, and not for both."""

    def __init__(self) -> None:
        super().__init__(SEED, entries=24, days=2)
        for partner_id in PREPAID:
            self.pays(partner_id, PAID_IN_CENTS, f"in-{partner_id}")
        for _ in range(2):
            self.pass_days(1)
        for window in (1, 2):
            self.payments().calculate(window, "ann")
            self.payments().approve(window, "USD", "bob")

    def taken(self) -> list[tuple[str, int, LegState]]:
        legs = [leg for one in self.settled() for leg in one.legs if leg.direction is Direction.DEPOSIT]
        return [(leg.key, leg.amount_cents, leg.state) for leg in legs]

    def outcome(self) -> dict[str, Any]:
        """All that a clerk could see of it, but for moments."""
        return {
            "held": {partner_id: self.held_cents(partner_id) for partner_id in PARTNERS},
            "ahead": {partner_id: self.ahead_micros(partner_id) for partner_id in PARTNERS},
            "taken": self.taken(),
            "money": self.money(),
            "stated": [self.deposit_of(partner_id, window) for partner_id in PARTNERS for window in (1, 2)],
        }

    def deposit_of(self, partner_id: str, window: int) -> dict[str, Any]:
        statement = json.loads(self.statements().document(partner_id, window))["statement"]
        deposit: dict[str, Any] = statement["deposit"]
        return {**deposit, "paid_in": [[one["payment_id"], one["cents"]] for one in deposit["paid_in"]]}


@functools.cache
def _first() -> Closed:
    return Closed()


def closed() -> Closed:
    """As a new one, in a twentieth of the time."""
    return copy.deepcopy(_first())


def steps(office: Closed) -> list[Callable[[Any], object]]:
    """What is done with a client, one after the other; each may be asked again."""

    def debtor() -> str:
        return next(key for key, _, _ in office.taken()).split(":")[1]

    def reversed_first(client: Any) -> object:
        word = BankWord(f"1-USD:{debtor()}:deposit:1", LegState.REVERSED)
        return office.payments(client).tell(1, "USD", [word], "ann")

    def given_back(client: Any) -> object:
        return office.pays(debtor(), -BACK_CENTS, "back", client)

    return [
        lambda client: office.payments(client).collect(1, "USD", "ann"),
        reversed_first,
        given_back,
        lambda client: office.payments(client).try_again(1, "USD", debtor(), "ann"),
        lambda client: office.payments(client).collect(2, "USD", "ann"),
        lambda client: office.issuing(client).work(),
    ]


def lived(fate: Fate) -> dict[str, Any]:
    """Every step done until it is answered, by processes that meet their fate; then what is left to do."""
    office = closed()
    client = MortalDynamoDB(office.dynamodb, fate)
    for step in steps(office):
        for _ in range(5):
            try:
                step(client)
                break
            except ProcessDiedError:
                fate.born_again()
    office.payments().work()
    return office.outcome()


@pytest.fixture(scope="module")
def undisturbed() -> tuple[dict[str, Any], int]:
    fate = Fate()
    return lived(fate), fate.moments


def test_the_story_has_what_could_go_wrong(undisturbed: tuple[dict[str, Any], int]) -> None:
    outcome, _ = undisturbed
    states = [state for _, _, state in outcome["taken"]]
    assert LegState.REVERSED in states
    assert states.count(LegState.SUCCEEDED) >= 2
    assert any(cents < 0 for one in outcome["stated"] for _, cents in one["paid_in"])


def test_whoever_dies_at_any_call_changes_nothing(undisturbed: tuple[dict[str, Any], int], in_full: bool) -> None:
    outcome, moments = undisturbed
    for moment in range(1, moments + 1, 1 if in_full else 9):
        assert lived(Fate(dies=frozenset({moment}))) == outcome, moment


MUCH_CENTS = ONE_PERSON_LIMIT_CENTS - len(PREPAID) * PAID_IN_CENTS


def records(office: Closed, key: str, by: str, client: Any) -> Payment:
    return office.funding_of(client).record(by, key, PREPAID[0], MUCH_CENTS, "USD", "by bank transfer")


def confirms(office: Closed, client: Any) -> Payment:
    waits = records(office, "more", "ann", office.dynamodb)
    return office.funding_of(client).confirm("bob", PREPAID[0], waits.payment_id)


def declines(office: Closed, client: Any) -> Payment:
    slip = records(office, "slip", "ann", office.dynamodb)
    return office.funding_of(client).decline("ann", PREPAID[0], slip.payment_id)


def test_whoever_dies_as_they_record_confirm_or_decline_does_it_once() -> None:
    """The first counts at once, what comes on top of it waits until it is confirmed or declined."""
    steps_ = [
        lambda office, client: records(office, "much", "ann", client),
        lambda office, client: records(office, "more", "ann", client),
        confirms,
        declines,
    ]

    def done(fate: Fate) -> tuple[list[Any], int, int]:
        office = closed()
        client, found = MortalDynamoDB(office.dynamodb, fate), []
        for step in steps_:
            while True:
                try:
                    found.append(step(office, client))
                    break
                except ProcessDiedError:
                    fate.born_again()
        view = office.funding_of().view(PREPAID[0])
        return [(one.waits, one.confirmed_by) for one in found], office.held_cents(PREPAID[0]), view.waiting_cents

    fate = Fate()
    undisturbed = done(fate)
    assert undisturbed[0] == [(False, ""), (True, ""), (False, "bob"), (False, "")]
    assert undisturbed[1:] == (PAID_IN_CENTS + 2 * MUCH_CENTS, 0)
    for moment in range(1, fate.moments + 1):
        assert done(Fate(dies=frozenset({moment}))) == undisturbed, moment


def test_of_two_who_record_at_once_one_counts_alone() -> None:
    office, fate = closed(), Fate()
    records(office, "mine", "ann", MortalDynamoDB(office.dynamodb, fate))
    for moment in range(1, fate.moments + 1):
        office = closed()
        other = functools.partial(records, office, "theirs", "bob", office.dynamodb)
        mine = records(
            office, "mine", "ann", MortalDynamoDB(office.dynamodb, Fate(meets=frozenset({moment}), other=other))
        )
        assert {mine.waits, other().waits} == {True, False}, moment
        assert office.funding_of().view(PREPAID[0]).waiting_cents == MUCH_CENTS


def test_of_two_who_confirm_and_decline_at_once_one_does() -> None:
    def decided(office: Closed, by: str, client: Any) -> bool:
        waits, funding = records(office, "more", "ann", office.dynamodb), office.funding_of(client)
        with contextlib.suppress(PaymentDecidedError):
            (funding.confirm if by == "bob" else funding.decline)(by, PREPAID[0], waits.payment_id)
            return True
        return False

    for mine, theirs in (("bob", "cy"), ("cy", "bob")):
        moment, met = 0, True
        while met:
            moment += 1
            office, others = closed(), list[bool]()
            records(office, "much", "ann", office.dynamodb)
            other = functools.partial(decided, office, theirs, office.dynamodb)
            fate = Fate(meets=frozenset({moment}), other=lambda met=others, other=other: met.append(other()))
            own, met = decided(office, mine, MortalDynamoDB(office.dynamodb, fate)), fate.moments >= moment
            assert not met or {own, *others} == {True, False}, moment
            kept = MUCH_CENTS if (own if mine == "bob" else others and others[0]) else 0
            assert office.held_cents(PREPAID[0]) == PAID_IN_CENTS + MUCH_CENTS + kept
            assert office.funding_of().view(PREPAID[0]).waiting_cents == 0


def agrees_on_collateral(office: Closed, client: Any) -> None:
    held = office.collateral_of(client)
    with contextlib.suppress(CollateralNotPaidInError):
        held.approve(office.deposits_of(client), "bob", PREPAID[0], 1, "seen at the bank")


def gives_all_back(office: Closed, client: Any) -> None:
    with contextlib.suppress(DepositTooSmallError):
        office.pays(PREPAID[0], -PAID_IN_CENTS, "back", client)


@pytest.mark.parametrize(
    ("one", "other"),
    [(agrees_on_collateral, gives_all_back), (gives_all_back, agrees_on_collateral)],
)
def test_nobody_agrees_on_collateral_that_is_given_back_at_the_same_moment(
    one: Callable[[Closed, Any], None], other: Callable[[Closed, Any], None]
) -> None:
    before = closed()
    before.collateral_of().people.propose("ann", PREPAID[0], Collateral(PAID_IN_CENTS), "of the deposit")
    alone, fate = copy.deepcopy(before), Fate()
    one(alone, MortalDynamoDB(alone.dynamodb, fate))
    found = set()
    for moment in range(1, fate.moments + 1):
        office = copy.deepcopy(before)
        meets = Fate(meets=frozenset({moment}), other=functools.partial(other, office, office.dynamodb))
        one(office, MortalDynamoDB(office.dynamodb, meets))
        kept_cents = office.collateral_of().left_cents(PREPAID[0])
        found.add((kept_cents, office.held_cents(PREPAID[0])))
    assert found == {(PAID_IN_CENTS, PAID_IN_CENTS), (0, 0)}


def collects_first(office: Closed, client: Any) -> object:
    return office.payments(client).collect(1, "USD", "ann")


def gives_back(office: Closed, client: Any) -> object:
    """All that is held, of each, as far as the clerk has seen it; refused if it is gone by then."""
    for partner_id in PREPAID:
        with contextlib.suppress(DepositTooSmallError):
            office.pays(partner_id, -PAID_IN_CENTS, f"back-{partner_id}", client)
    return None


def collects_second(office: Closed, client: Any) -> object:
    return office.payments(client).collect(2, "USD", "bob")


@pytest.mark.parametrize(
    ("one", "other"), [(collects_first, gives_back), (gives_back, collects_first), (collects_first, collects_second)]
)
def test_of_two_that_take_the_same_deposit_one_finds_it_changed(
    one: Callable[[Closed, Any], object], other: Callable[[Closed, Any], object]
) -> None:
    alone, fate = closed(), Fate()
    one(alone, MortalDynamoDB(alone.dynamodb, fate))
    for moment in range(1, fate.moments + 1):
        office = closed()
        meets = Fate(meets=frozenset({moment}), other=functools.partial(other, office, office.dynamodb))
        one(office, MortalDynamoDB(office.dynamodb, meets))
        held = [office.held_cents(partner_id) for partner_id in PREPAID]
        assert all(cents >= 0 for cents in held), moment
        assert office.money()["(deposits)"] == -sum(held)


def puts_back_and_gives_back(office: Closed) -> None:
    """All that was taken is put back, and then all that is held given back."""
    words = [BankWord(key, LegState.REVERSED) for key, _, _ in office.taken()]
    office.payments().tell(1, "USD", words, "ann")
    for partner_id in PREPAID:
        office.pays(partner_id, -office.held_cents(partner_id), f"back-{partner_id}")


def puts_back_and_is_paid(office: Closed) -> None:
    """What is paid in changes nothing of what others may take, but is of a later moment."""
    words = [BankWord(key, LegState.REVERSED) for key, _, _ in office.taken()]
    office.payments().tell(1, "USD", words, "ann")
    for partner_id in PREPAID:
        office.pays(partner_id, BACK_CENTS, f"more-{partner_id}")


@pytest.mark.parametrize("other", [puts_back_and_gives_back, puts_back_and_is_paid])
def test_a_statement_states_what_was_held_at_one_moment(other: Callable[[Closed], None]) -> None:
    before = closed()
    before.payments().collect(1, "USD", "ann")
    after = copy.deepcopy(before)
    other(after)
    held = [{partner_id: office.held_cents(partner_id) for partner_id in PREPAID} for office in (before, after)]
    assert held[0] != held[1]
    found = []
    for moment in range(1, MOMENTS_UNTIL_FIXED + 1):
        office = copy.deepcopy(before)
        fate = Fate(meets=frozenset({moment}), other=functools.partial(other, office))
        office.issuing(MortalDynamoDB(office.dynamodb, fate)).issue(1)
        stated = {one: office.deposit_of(one, 1)["closing_cents"] for one in PREPAID}
        assert stated in held, moment
        found.append(held.index(stated))
    assert set(found) == {0, 1}, "it is fixed within these moments"
