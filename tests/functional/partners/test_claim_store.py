"""Who has a member's payout, on both engines: the first writer wins, by hand together with its entry."""

import uuid

import pytest

from partners.settlement.payments.claim_store import CLAIMED_TOGETHER, ClaimStore
from shared.ledger.decide import decide
from shared.ledger.errors import LostRaceError
from shared.ledger.model import Entry
from shared.ledger.store import JournalStore
from tests.support.clouds import DynamoEngine
from tests.unit.ledger.commands import enrol

NOW_MS = 1_795_260_000_000


@pytest.fixture
def journal(dynamodb_engine: DynamoEngine) -> JournalStore:
    return JournalStore(dynamodb_engine.client, dynamodb_engine.ledger_table)


@pytest.fixture
def claims(dynamodb_engine: DynamoEngine, journal: JournalStore) -> ClaimStore:
    return ClaimStore(dynamodb_engine.client, dynamodb_engine.settlement_table, journal)


@pytest.fixture
def payout() -> str:
    return f"{uuid.uuid4().int % 10**10:010d}-17"


@pytest.fixture
def entry() -> Entry:
    entry = decide(None, enrol("k1", NOW_MS, member=f"{uuid.uuid4().int % 10**10:010d}"), NOW_MS)
    assert isinstance(entry, Entry)
    return entry


def test_a_settlement_that_has_a_payout_keeps_it_from_who_did_not_know(
    claims: ClaimStore, journal: JournalStore, payout: str, entry: Entry
) -> None:
    assert claims.settlement(payout) is None
    assert claims.claim([payout], "7-EUR") == claims.claim([payout], "7-EUR") == {payout}
    for read in (None, "6-EUR"):
        with pytest.raises(LostRaceError):
            claims.take_back(payout, read, entry)
    assert journal.head(entry.member, consistent=True) is None
    assert claims.claim([payout], "8-EUR") == {payout}
    claims.take_back(payout, "8-EUR", entry)
    assert journal.head(entry.member, consistent=True) == entry
    assert (claims.settlement(payout), claims.claim([payout], "9-EUR")) == (None, set())


def test_what_settlements_of_before_pay_is_noted_where_nobody_else_has_it(
    claims: ClaimStore, payout: str, entry: Entry
) -> None:
    member, _, _ = payout.partition("-")
    first, second, third = (f"{member}-{seq}" for seq in (17, 18, 19))
    claims.take_back(first, None, entry)
    claims.claim([second], "8-EUR")
    claims.note([first, second, third], "7-EUR")
    assert [claims.settlement(one) for one in (first, second, third)] == [None, "8-EUR", "7-EUR"]
    claims.set_all_noted()
    assert claims.are_all_noted


def test_what_is_taken_back_is_no_settlements_any_more_and_an_entry_that_is_taken_takes_nothing_back(
    claims: ClaimStore, journal: JournalStore, payout: str, entry: Entry
) -> None:
    journal.append(entry)
    with pytest.raises(LostRaceError):
        claims.take_back(payout, None, entry)
    assert claims.claim([payout], "7-EUR") == {payout}


def test_many_are_claimed_together_but_for_what_members_have_back(
    claims: ClaimStore, payout: str, entry: Entry
) -> None:
    member, _, _ = payout.partition("-")
    payouts = [f"{member}-{seq}" for seq in range(100, 100 + CLAIMED_TOGETHER + 2)]
    claims.take_back(payouts[40], None, entry)
    assert claims.claim(payouts, "7-EUR") == {*payouts} - {payouts[40]}
    holders = [claims.settlement(one) for one in (payouts[0], payouts[39], payouts[40], payouts[41], payouts[-1])]
    assert holders == ["7-EUR", "7-EUR", None, "7-EUR", "7-EUR"]
