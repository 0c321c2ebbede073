"""Settlements on both engines, and on the fake that stands for them in other tests."""

import hashlib
import random
import uuid
from dataclasses import fields, replace
from itertools import count
from typing import Any

import pytest

from partners.contracts.model import NETWORK
from partners.contracts.payment import PaymentMethod
from partners.settlement.model import CurrencyNets, PartnerPosition, net_of
from partners.settlement.payments import changes, model
from partners.settlement.payments.agreed import Agreed, approved, proposed
from partners.settlement.payments.agreed_store import AccountStore, CollateralStore
from partners.settlement.payments.collateral import Collateral
from partners.settlement.payments.consequences import carries
from partners.settlement.payments.legs import LegState, LegStep, Means
from partners.settlement.payments.member_payouts import MemberPayout, postponed_reference
from partners.settlement.payments.model import PaidSettlement
from partners.settlement.payments.payees import PayeeAccounts
from partners.settlement.payments.store import PaymentStore
from partners.settlement.payments.sums import moves_of, sums_of
from tests.fakes.collateral import default_of_two
from tests.fakes.dynamodb import FakeDynamoDB
from tests.support.clouds import DynamoEngine

_numbers = count(10)


def calculated(window: int, currency: str, debtors: int = 2) -> PaidSettlement:
    """Debtors that owe 1.01, 1.02, ... and one creditor."""
    nets = {f"debtor-{number}": -100 - number for number in range(1, debtors + 1)}
    nets["beta"] = -sum(nets.values())
    positions = [PartnerPosition(party, (), cents * 10_000, cents) for party, cents in (nets | {NETWORK: 0}).items()]
    nets = tuple(replace(net_of(one), fees_micros=-7) for one in positions)
    return model.calculated(window, CurrencyNets(currency, nets), "ann", 1_000)


def changed(one):
    return replace(one, version=one.version + 1)


def lived(one: PaidSettlement) -> PaidSettlement:
    """With everything in it that a settlement may hold."""
    by_stripe = Means(PaymentMethod.STRIPE, "cus_1", charged=True)
    one = changes.collecting(changes.approved(one, "bob", 2_000), "ann", 3_000, lambda party, direction: by_stripe)
    one = changes.troubled(changes.recalled(one, "debtor-2", 3_500), one.legs[0].key, "look at it")
    paid, unpaid, *_ = [leg.key for leg in one.legs]
    one = changes.told(one, paid, LegStep(LegState.SUCCEEDED, 4_000, "bank", "B-1"))
    one = changes.told(one, unpaid, LegStep(LegState.FAILED, 4_000, "bank", "B-2"))
    due = [MemberPayout("m-1", 5), MemberPayout("m-2", 70)]
    one = changes.paying(default_of_two(one, "debtor-2", 7, 5_000), "ann", 6_000, due)
    one = replace(one, postponed=tuple(due[1:]))
    for leg in one.legs[2:]:
        one = changes.told(one, leg.key, LegStep(LegState.FAILED, 7_000, "bank"))
        one = changes.given_up(one, leg.payee, "ann", 8_000)
    one = changes.told(one, paid, LegStep(LegState.RETURNED, 9_000, "bank", "B-3"))
    one = changes.told(one, unpaid, LegStep(LegState.SUCCEEDED, 9_500, "bank", "B-4"))
    references = tuple(other.reference for other in carries(one))
    left = {
        "given_back": (one.legs[-1].key,),
        "funded": (paid,),
        "unclaimed_cents": 3,
        "looked_at": 2,
        "had_back": ("m-3",),
    }
    return changed(replace(one, carried=references, **left))


def vars_of(one: PaidSettlement) -> dict[str, Any]:
    return {field.name: getattr(one, field.name) for field in fields(one)}


class PaymentStoreContract:
    """A subclass gives the fixture `store`; tests share it, and so take windows of their own."""

    @pytest.fixture
    def window(self):
        return next(_numbers)

    def test_a_settlement_is_added_once(self, store, window):
        one = calculated(window, "USD")
        assert store.get(window, "USD") is None
        assert store.add(one) is True
        assert store.add(changes.approved(one, "bob", 2_000)) is False
        assert store.get(window, "USD") == one

    def test_a_settlement_is_changed_by_who_read_it_last(self, store, window):
        one = calculated(window, "USD")
        approved = changed(changes.approved(one, "bob", 2_000))
        assert store.replace(one, approved) is False
        store.add(one)
        assert store.replace(one, approved) is True
        assert store.replace(one, changed(changes.aborted(one, "ann", 2_000))) is False
        assert store.get(window, "USD") == approved

    def test_everything_that_a_settlement_holds_reads_back(self, store, window):
        one = calculated(window, "USD")
        store.add(one)
        after = lived(one)
        empty = [name for name, value in vars_of(after).items() if value in ((), "", 0)]
        assert empty == []
        assert store.replace(one, after) is True
        assert store.get(window, "USD") == after

    def test_more_payouts_than_an_item_holds_read_back_and_change_as_a_whole(self, store, window):
        rng = random.Random(window)
        payouts = tuple(MemberPayout(f"{rng.randrange(10**10):010d}-{n % 97}", n % 9_999 + 1) for n in range(24_000))
        one = replace(calculated(window, "USD"), postponed=payouts)
        assert store.add(one) is True
        noted = changed(
            replace(one, carried=tuple(postponed_reference(one.settlement_id, payout) for payout in payouts))
        )
        assert store.replace(one, noted) is True
        assert store.replace(one, changed(replace(one, carried=("another",)))) is False
        assert store.get(window, "USD") == noted
        assert store.of_window(window) == [noted]

    def test_settlements_of_a_window_are_listed_by_currency_and_all_by_window(self, store, window):
        dollars, euros = calculated(window, "USD"), calculated(window, "EUR")
        later = calculated(next(_numbers), "EUR")
        for one in (later, dollars, euros):
            store.add(one)
        assert store.of_window(window) == [euros, dollars]
        assert [one for one in store.all() if one.window in (window, later.window)] == [euros, dollars, later]
        assert store.of_window(window + 1_000) == []

    def test_a_settlement_is_unfinished_from_each_change_until_it_is_found_to_be_finished(self, store, window):
        def marked():
            return [one for one in store.unfinished() if one.window == window]

        one = calculated(window, "USD")
        store.add(one)
        assert marked() == [one]
        approved = changed(changes.approved(one, "bob", 2_000))
        store.replace(one, approved)
        store.finish(one)
        assert marked() == [approved], "it has changed since it was found to be finished"
        store.finish(approved)
        assert marked() == []
        store.finish(approved)
        aborted = changed(changes.aborted(approved, "ann", 3_000))
        assert store.replace(approved, aborted)
        assert marked() == [aborted]

    def test_a_finished_settlement_is_known_by_what_it_comes_to_until_it_changes(self, store, window):
        def known():
            store.unfinished()
            found = store.known("USD")
            moves = [one for one in store.moves(found, "USD") if one.settlement_id == f"{window}-USD"]
            return *([one for one in of if one.window == window] for of in (found.unfinished, found.finished)), moves

        one = calculated(window, "USD")
        store.add(one)
        store.replace(one, after := lived(one))
        assert known() == ([after], [], [moves_of(after)])
        store.finish(after)
        assert known() == ([], [sums_of(after)], [moves_of(after)])
        assert moves_of(after).defaults == ("debtor-2",)
        again = changed(changes.seen(after, "debtor-1", "look at it"))
        store.replace(after, again)
        assert known() == ([again], [], [moves_of(again)])

    def test_so_many_settlements_that_one_answer_does_not_hold_them_are_all_listed(self, store, window):
        """A query answers with 1 MB at most."""
        for currency in ("CAD", "EUR", "GBP", "USD"):
            one = calculated(window, currency)
            store.add(one)
            store.replace(one, changed(replace(one, carried=tuple(_incompressible()))))
        assert [one.currency for one in store.of_window(window)] == ["CAD", "EUR", "GBP", "USD"]


def test_settlements_of_before_marks_are_found_once_and_not_looked_for_again():
    fake: Any = FakeDynamoDB()
    store = PaymentStore(fake, "settlement")
    for window in (1, 2):
        store.add(calculated(window, "USD"))
    rows = fake.tables["settlement"]
    for key in [key for key in rows if key[0] in ("SETTLEMENTS-OPEN", "SETTLEMENTS-UNFINISHED")]:
        del rows[key]
    assert [one.window for one in store.unfinished()] == [1, 2]
    store.finish(calculated(1, "USD"))
    assert [one.window for one in store.unfinished()] == [2]


def _incompressible() -> list[str]:
    return [hashlib.sha256(str(number).encode()).hexdigest() for number in range(9_000)]


class AccountStoreContract:
    """A subclass gives the fixture `accounts`."""

    def test_where_a_partner_is_paid_is_changed_by_who_read_it_last_and_reads_back_whole(self, accounts):
        partner = f"p{uuid.uuid4().hex[:12]}"
        nothing = accounts.get(partner)
        assert nothing == Agreed(partner, PayeeAccounts())
        wanted = PayeeAccounts("cus_1", "acct_1", charged=True, bank_account="ab" * 32)
        waits = changed(proposed(nothing, wanted, "ann", "as they asked", 1_000))
        assert [accounts.put(waits), accounts.put(waits)] == [True, False]
        assert accounts.get(partner) == waits
        agreed = changed(approved(waits, 1, "ben", "asked by phone", 2_000))
        assert [accounts.put(agreed), accounts.put(agreed)] == [True, False]
        assert accounts.get(partner) == agreed


def test_what_one_person_said_before_two_were_needed_holds_until_two_agree():
    fake: Any = FakeDynamoDB()
    row = {"pk": "STRIPE", "sk": "beta", "customer_id": "cus_1", "charged": False, "version": 3}
    fake.put_item(TableName="settlement", Item={name: serialized(value) for name, value in row.items()})
    accounts = AccountStore(fake, "settlement")
    before = accounts.get("beta")
    assert before == Agreed("beta", PayeeAccounts("cus_1"), version=3)
    assert accounts.put(changed(proposed(before, PayeeAccounts("cus_2"), "ann", "as they asked", 1_000)))
    assert accounts.get("beta").value == PayeeAccounts("cus_1")


def serialized(value: Any) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"BOOL": value}
    return {"N": str(value)} if isinstance(value, int) else {"S": value}


class TestAccountStore(AccountStoreContract):
    @pytest.fixture
    def accounts(self, dynamodb_engine: DynamoEngine) -> AccountStore:
        return AccountStore(dynamodb_engine.client, dynamodb_engine.settlement_table)


class TestAccountStoreOnFake(AccountStoreContract):
    @pytest.fixture
    def accounts(self) -> AccountStore:
        return AccountStore(FakeDynamoDB(), "settlement")  # type: ignore[arg-type]


class CollateralStoreContract:
    """A subclass gives the fixture `collateral`."""

    def test_what_is_held_is_changed_by_who_read_it_last_and_reads_back_whole(self, collateral):
        partner = f"p{uuid.uuid4().hex[:12]}"
        nothing = collateral.get(partner)
        assert nothing == Agreed(partner, Collateral())
        waits = changed(proposed(nothing, Collateral(300), "ann", "deposit", 1_000))
        assert [collateral.put(waits), collateral.put(waits)] == [True, False]
        assert collateral.get(partner) == waits
        agreed = changed(approved(waits, 1, "ben", "seen", 2_000))
        taken = replace(agreed, value=Collateral(300, (("7-USD", 100), ("8-USD", 200))), version=3)
        assert [collateral.put(one) for one in (agreed, taken)] == [True, True]
        assert collateral.get(partner) == taken


class TestCollateralStore(CollateralStoreContract):
    @pytest.fixture
    def collateral(self, dynamodb_engine: DynamoEngine) -> CollateralStore:
        return CollateralStore(dynamodb_engine.client, dynamodb_engine.settlement_table)


class TestCollateralStoreOnFake(CollateralStoreContract):
    @pytest.fixture
    def collateral(self) -> CollateralStore:
        return CollateralStore(FakeDynamoDB(), "settlement")  # type: ignore[arg-type]


class TestPaymentStore(PaymentStoreContract):
    @pytest.fixture
    def store(self, dynamodb_engine: DynamoEngine) -> PaymentStore:
        return PaymentStore(dynamodb_engine.client, dynamodb_engine.settlement_table)


class TestPaymentStoreOnFake(PaymentStoreContract):
    fake = FakeDynamoDB()

    @pytest.fixture
    def store(self) -> PaymentStore:
        return PaymentStore(self.fake, "settlement")  # type: ignore[arg-type]
