"""The stores of contracts and keys on both engines, against the same tests as their fakes."""

from dataclasses import replace

import pytest

from partners.access.store import KeyStore
from partners.contracts.agreement_store import AgreementStore
from partners.contracts.life import PartnerState
from partners.contracts.life_store import LifeStore
from partners.contracts.model import Partner
from partners.contracts.payment import WITHOUT_LIMIT, PaymentMethod
from partners.contracts.store import ContractStore
from partners.operators.model import Operator, Role
from partners.operators.store import OperatorStore
from partners.trail.model import Act, Phase, Record
from partners.trail.store import TrailStore
from shared.kernel.pynamo import ConditionRefusedError
from tests.support.clouds import DynamoEngine
from tests.support.contract_book_contract import ContractBookContract, approval, proposed, version
from tests.support.key_ring_contract import KeyRingContract


class TestContractStore(ContractBookContract):
    @pytest.fixture
    def book(self, dynamodb_engine: DynamoEngine) -> ContractStore:
        return ContractStore(dynamodb_engine.client, dynamodb_engine.partners_table)

    @pytest.fixture
    def agreements(self, dynamodb_engine: DynamoEngine) -> AgreementStore:
        return AgreementStore(dynamodb_engine.client, dynamodb_engine.partners_table)

    @pytest.fixture
    def lives(self, dynamodb_engine: DynamoEngine) -> LifeStore:
        return LifeStore(dynamodb_engine.client, dynamodb_engine.partners_table)

    def test_a_partner_of_an_earlier_day_is_active(self, book, name):
        book.add_partner(Partner(name, "Firm", "EUR", 1, PartnerState.INVITED))
        book._partner("PARTNERS", name).update([book._partner.state.remove()])
        assert book.partner(name).state is PartnerState.ACTIVE

    def test_terms_of_an_earlier_day_read_as_what_was_then_agreed_by_silence(self, book, agreements, name):
        agreements.add_proposal(proposed(name, 1))
        agreements.agree(version(name, 1), approval(1), agreements.agreed())
        (row,) = book._terms.query(f"P#{name}", book._terms.sk.startswith("TERMS#"))
        late = ("commission_bps", "breakage_share_bps", "funding", "net_debit_cap_cents", "payment_method", "approval")
        late += ("cashback_expiry_months", "cashback_breakage_share_bps")
        row.update([getattr(book._terms, attribute).remove() for attribute in late])
        (terms,) = book.terms(name)
        assert (terms.commission_bps, terms.breakage_share_bps, terms.approval) == (0, 0, None)
        assert (terms.cashback_expiry_months, terms.cashback_breakage_share_bps) == (None, 0)
        assert (terms.funding, terms.payment_method) == (WITHOUT_LIMIT, PaymentMethod.BANK_FILE)


class TestKeyStore(KeyRingContract):
    @pytest.fixture
    def ring(self, dynamodb_engine: DynamoEngine) -> KeyStore:
        return KeyStore(dynamodb_engine.client, dynamodb_engine.partners_table)

    def test_an_id_that_is_taken_is_not_overwritten(self, ring, stored):
        ring.add(stored)
        with pytest.raises(ConditionRefusedError):
            ring.add(stored)

    def test_a_key_that_is_not_there_is_not_made_by_revoking_it(self, ring):
        with pytest.raises(ConditionRefusedError):
            ring.mark_revoked("never-made", 77)
        assert ring.key("never-made") is None


class TestOperatorStore:
    def test_an_operator_is_added_once_and_changed_by_one_of_two(self, dynamodb_engine: DynamoEngine) -> None:
        store = OperatorStore(dynamodb_engine.client, dynamodb_engine.partners_table)
        operator = Operator("store-test", "Ann Lee", frozenset({Role.ADMIN, Role.VIEWER}), 5)
        assert store.add(operator)
        assert not store.add(replace(operator, name="Eve"))
        assert store.get("store-test") == operator
        asked = {"asked_roles": frozenset({Role.SETTLER}), "asked_by": "bob"}
        shut_out = replace(operator, disabled_at_ms=9, tokens_from_ms=10, version=2, **asked)
        assert store.change(shut_out)
        assert not store.change(replace(operator, roles=frozenset({Role.SETTLER}), version=2))
        assert store.get("store-test") == shut_out
        assert shut_out in store.all()
        assert store.get("nobody") is None


class TestTrailStore:
    def test_a_record_is_added_once_and_read_back_in_order(self, dynamodb_engine: DynamoEngine) -> None:
        store = TrailStore(dynamodb_engine.client, dynamodb_engine.tables["TrailTable"])
        day = "1999-12-31"
        act = Act("ann", "network", "disable_operator", {"operator_id": "bob"}, {"n": [1, None]}, "left us", "r-1")
        made = [Record(day, number, 5, Phase.BEGUN, None, act, None, None, {"ü": 1}, "p", "h") for number in (1, 2, 3)]
        assert [store.add(record) for record in made] == [True, True, True]
        assert not store.add(replace(made[1], hash="other"))
        assert store.after(day, 0, 2) == made[:2]
        assert store.after(day, 2, 10) == made[2:]
        assert (store.last(day), store.get(day, 2), store.get(day, 4)) == (made[2], made[1], None)
        assert store.last("1999-12-30") is None
