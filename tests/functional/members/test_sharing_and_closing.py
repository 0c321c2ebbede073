"""Transfers, and the end of an account with all that is known of its member, on both engines."""

from dataclasses import dataclass, replace

import pytest

from partners.accounts.model import CloseRequest, MergeRequest
from partners.accounts.service import Accounts
from partners.till.model import EnrolRequest, JoinRequest, PurchaseRequest, TransferRequest
from partners.till.service import Till
from partners.till.sharing import Sharing
from shared.kernel.ids import digest
from shared.ledger.audit import check_history
from shared.ledger.errors import AccountClosedError, AccountNotEmptyError, LostRaceError
from shared.ledger.service import Ledger
from shared.ledger.store import JournalStore
from shared.members.errors import AlreadyEnrolledError
from shared.members.service import Members
from shared.members.store import MemberStore
from tests.fakes.clock import FakeClock
from tests.fakes.till_contracts import FakeTillContracts
from tests.support.clouds import DynamoEngine


@dataclass
class Desk:
    engine: DynamoEngine
    till: Till
    sharing: Sharing
    accounts: Accounts
    ledger: Ledger
    clock: FakeClock
    name: str

    def enrol(self, who: str, key: str = "first") -> str:
        request = EnrolRequest(f"{who}-{self.name}@example.com", "s1", None, self.clock())
        return self.till.enrol("alpha", f"{self.name}-{who}-{key}", request).card_number

    def buy(self, card: str) -> None:
        self.till.purchase("alpha", f"buy-{card}", PurchaseRequest(card, "s1", "r1", self.clock(), 2_000, "USD"))

    def close(self, card: str, forfeit: bool = False) -> object:
        return self.accounts.close("operator-1", f"close-{card}-{forfeit}", CloseRequest(card, forfeit, "asked for"))

    def balance(self, card: str) -> int:
        return self.till.card("alpha", card).points_balance

    def personal_items(self) -> list[dict[str, object]]:
        """What the members table knows under this desk's contacts."""
        found = self.engine.client.scan(TableName=self.engine.members_table, ConsistentRead=True)["Items"]
        profiles = [item for item in found if self.name in item.get("contact", {}).get("S", "")]
        hashes = {item["contact_hash"]["S"] for item in profiles}
        members = {item["pk"]["S"].removeprefix("MEMBER#") for item in profiles}
        contacts = [item for item in found if item.get("member", {}).get("S") in members]
        assert {item["pk"]["S"] for item in contacts} == {f"CONTACT#{one}" for one in hashes}
        return [*profiles, *contacts]


class RacedStore(MemberStore):
    """Whose first erasure finds that another entry was written just before."""

    raced = False

    def erase_with(self, entry, members):
        if not self.raced:
            self.raced = True
            raise LostRaceError(entry.entry_id)
        super().erase_with(entry, members)


@pytest.fixture
def desk(dynamodb_engine: DynamoEngine, request: pytest.FixtureRequest) -> Desk:
    clock, contracts = FakeClock(), FakeTillContracts()
    journal = JournalStore(dynamodb_engine.client, dynamodb_engine.ledger_table)
    profiles = RacedStore(dynamodb_engine.client, dynamodb_engine.members_table, journal)
    members = Members(profiles, journal, clock, lambda: b"pepper", "9770")
    ledger = Ledger(journal, clock)
    return Desk(
        engine=dynamodb_engine,
        till=Till(contracts, members, ledger, clock),
        sharing=Sharing(contracts, members, ledger, clock),
        accounts=Accounts(members, ledger, clock),
        ledger=ledger,
        clock=clock,
        name=digest(request.node.nodeid).hex()[:12],
    )


def test_a_transfer_is_in_both_accounts_or_in_none(desk: Desk):
    ann, bob = desk.enrol("ann"), desk.enrol("bob")
    desk.buy(ann)
    request = TransferRequest(ann, bob, "s1", desk.clock(), 60)
    done = desk.sharing.transfer("alpha", f"give-{ann}", request)
    assert desk.sharing.transfer("alpha", f"give-{ann}", request).entry == done.entry
    assert (desk.balance(ann), desk.balance(bob)) == (40, 60)
    for card in (ann, bob):
        check_history(desk.ledger.history(card[4:14]))


def test_a_household_has_one_account(desk: Desk):
    ann, bob = desk.enrol("ann"), desk.enrol("bob")
    desk.buy(ann)
    desk.buy(bob)
    joined = desk.sharing.join("alpha", f"join-{ann}", JoinRequest(ann, bob, "s1", desk.clock()))
    assert (joined.points_brought, joined.points_balance) == (100, 200)
    assert desk.balance(ann) == desk.balance(bob) == 200


def test_closing_forgets_the_member_and_those_merged_into_it_in_one_transaction(desk: Desk):
    ann, bob = desk.enrol("ann"), desk.enrol("bob")
    desk.buy(ann)
    desk.accounts.merge("operator-1", f"merge-{bob}", MergeRequest(bob, ann, "enrolled twice"))
    assert len(desk.personal_items()) == 4
    with pytest.raises(AccountNotEmptyError):
        desk.close(ann)
    assert len(desk.personal_items()) == 4
    with pytest.raises(AlreadyEnrolledError):
        desk.enrol("bob", "again")

    closed = desk.close(ann, forfeit=True)
    assert closed.points_forfeited == 100
    assert desk.personal_items() == []
    again = desk.close(ann, forfeit=True)
    assert (again.entry, again.replayed) == (closed.entry, True)
    for card in (ann, bob):
        check_history(desk.ledger.history(card[4:14]))
        with pytest.raises(AccountClosedError):
            desk.balance(card)
    assert desk.enrol("bob", "again") not in (ann, bob)
    assert len(desk.personal_items()) == 2


def test_an_erasure_that_loses_its_race_leaves_everything(desk: Desk):
    ann = desk.enrol("ann")
    first = desk.ledger.entry(ann[4:14], 1)
    store = MemberStore(
        desk.engine.client, desk.engine.members_table, JournalStore(desk.engine.client, desk.engine.ledger_table)
    )
    with pytest.raises(LostRaceError):
        store.erase_with(first, [ann[4:14]])
    assert len(desk.personal_items()) == 2


def test_a_contact_that_changed_hands_meanwhile_is_not_erased(desk: Desk):
    ann = desk.enrol("ann")
    [contact] = [item for item in desk.personal_items() if "member" in item]
    desk.engine.client.put_item(TableName=desk.engine.members_table, Item={**contact, "member": {"S": "0000000001"}})
    journal = JournalStore(desk.engine.client, desk.engine.ledger_table)
    store = MemberStore(desk.engine.client, desk.engine.members_table, journal)
    account = desk.ledger.account(ann[4:14])
    first = desk.ledger.entry(ann[4:14], 1)
    with pytest.raises(LostRaceError):
        store.erase_with(replace(first, seq=2), [ann[4:14]])
    assert desk.ledger.account(ann[4:14]) == account
