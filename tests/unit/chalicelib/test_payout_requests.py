"""Payouts that two operators agree on: how much one pays out alone, what is kept of who asked, and retries."""

from typing import Any

import pytest

from partners.contracts.model import NETWORK
from partners.payouts.model import ONE_PERSON_LIMIT_CENTS, PayoutRequest
from partners.payouts.request_store import KEPT_DAYS
from partners.till.requests import key_hash
from shared.kernel.money import Money
from shared.ledger.codec import entry_from_item
from tests.unit.chalicelib.replies import problem
from tests.unit.chalicelib.test_cashback_routes import Gamma, money
from tests.unit.chalicelib.world import World

HERS, HIS = "a" * 64, "b" * 64


@pytest.fixture(autouse=True)
def rich(world: World, card: str) -> None:
    Gamma(world).sells(card, 1_000_000)


def ask(
    world: World, card: str, cents: int, key: str = "o1", *, account: str | None = HERS, by: str | None = None
) -> Any:
    body: dict[str, Any] = {"card_number": card, "cashback": money(cents)}
    if account is not None:
        body["member_account_fingerprint"] = account
    return world.post("/v1/payouts", body, by or world.operator, idempotency_key=key)


def decide(world: World, asked: Any, what: str = "approve", by: str | None = None) -> Any:
    path = f"/v1/payout-requests/{asked.json_body['request_id']}/{what}"
    return world.post(path, b"", by or world.second_operator)


def left(world: World, card: str) -> int:
    [cashback] = world.get(f"/v1/cards/{card}", world.alpha).json_body["cashback"]
    cents: int = cashback["balance"]["amount_cents"]
    return cents


def payouts(world: World) -> list[str]:
    entries = [entry_from_item(item) for items in world.journal.items.values() for item in items]
    return [entry.entry_id for entry in entries if entry.op.value == "payout"]


def _usd(cents: int) -> Money:
    return Money(cents, "USD")


def test_one_person_pays_out_up_to_the_limit_and_it_is_told_who_and_where_to(world: World, card: str) -> None:
    paid = ask(world, card, ONE_PERSON_LIMIT_CENTS)
    assert (paid.status_code, paid.json_body["state"], paid.json_body["paid_by"]) == (201, "applied", "by_hand")
    shown = world.get(f"/v1/payouts/{paid.json_body['entry_id']}", world.operator).json_body
    assert (shown["asked_by"], shown["approved_by"], shown["member_account_fingerprint"]) == ("ann", None, HERS)
    assert world.get("/v1/payout-requests", world.operator).json_body["requests"] == []


def test_above_the_limit_nothing_leaves_the_account_before_another_operator_agrees(world: World, card: str) -> None:
    asked = ask(world, card, 15_000)
    assert (asked.status_code, asked.json_body["state"], asked.json_body["entry_id"]) == (201, "proposed", None)
    assert left(world, card) == 15_000
    problem(decide(world, asked, by=world.operator), 403, "second_person_needed")
    assert left(world, card) == 15_000
    done = decide(world, asked)
    assert (done.status_code, done.json_body["state"], done.json_body["cashback_balance"]) == (200, "applied", money(0))
    assert decide(world, asked).body == done.body, "approved again"
    shown = world.get(f"/v1/payouts/{done.json_body['entry_id']}", world.operator).json_body
    assert (shown["asked_by"], shown["approved_by"], shown["member_account_fingerprint"]) == ("ann", "bob", HERS)


def test_who_approves_sees_whose_cashback_it_is_taken_from(world: World, card: str) -> None:
    asked = ask(world, card, 6_000)
    path = f"/v1/payout-requests/{asked.json_body['request_id']}"
    [listed] = world.get("/v1/payout-requests", world.second_operator).json_body["requests"]
    one = world.get(path, world.second_operator).json_body
    entry_id = decide(world, asked).json_body["entry_id"]
    assert listed["card_member"] == listed["member"] == card[4:14] == entry_id.partition("-")[0]
    assert (one["member"], one["card_member"], one["state"]) == (card[4:14], card[4:14], "proposed")
    after = world.get(path, world.second_operator).json_body
    assert (after["member"], after["entry_id"], after["cashback_balance"]) == (card[4:14], entry_id, money(9_000))


def test_of_a_merged_account_it_is_told_which_one_answers_and_whose_card_was_named(world: World, card: str) -> None:
    other = world.enrol("zoe@example.com")
    asked = ask(world, card, 6_000)
    merge = {"card_number": card, "into_card_number": other, "reason": "same"}
    assert world.post("/v1/merges", merge, world.operator, idempotency_key="m").status_code == 201
    path = f"/v1/payout-requests/{asked.json_body['request_id']}"
    seen = world.get(path, world.second_operator).json_body
    assert (seen["member"], seen["card_member"]) == (other[4:14], card[4:14])
    done = decide(world, asked).json_body
    assert done["entry_id"].partition("-")[0] == seen["member"]
    assert (done["member"], done["card_member"]) == (other[4:14], card[4:14])
    assert ask(world, card, 6_000).json_body == done


def test_the_limit_is_of_all_that_one_operator_pays_out_alone_on_a_day(world: World, card: str) -> None:
    states = [ask(world, card, 2_000, f"o{number}").json_body["state"] for number in range(4)]
    assert states == ["applied", "applied", "proposed", "proposed"]
    assert left(world, card) == 11_000
    assert ask(world, card, 1_000, "exact").json_body["state"] == "applied"
    assert ask(world, card, 1_000, "b1", by=world.second_operator).json_body["state"] == "applied", "her own limit"
    world.clock.advance(days=1)
    assert ask(world, card, 2_000, "o5").json_body["state"] == "applied"


def test_a_retry_tells_what_has_become_of_it_and_does_nothing(world: World, card: str) -> None:
    small, large = ask(world, card, 1_000, "small"), ask(world, card, 6_000, "large")
    assert ask(world, card, 1_000, "small").body == small.body
    assert ask(world, card, 6_000, "large").body == large.body
    decide(world, large)
    later = ask(world, card, 6_000, "large")
    assert (later.json_body["state"], later.headers["Idempotency-Replayed"]) == ("applied", "true")
    for key, cents in (("small", 1_000), ("large", 6_000)):
        problem(ask(world, card, cents, key, account=HIS), 422, "idempotency_key_reused")
        problem(ask(world, card, cents + 1, key), 422, "idempotency_key_reused")
    other = world.enrol("zoe@example.com")
    Gamma(world).sells(other, 1_000_000, "g-zoe")
    for key, cents in (("small", 1_000), ("large", 6_000)):
        problem(ask(world, other, cents, key), 422, "idempotency_key_reused")
    waiting = ask(world, card, 6_500, "waits")
    problem(ask(world, card, 6_500, "waits", account=HIS), 422, "idempotency_key_reused")
    assert waiting.json_body["state"] == "proposed"
    assert left(world, card) == 8_000


def test_what_is_rejected_is_never_paid(world: World, card: str) -> None:
    asked = ask(world, card, 6_000)
    assert decide(world, asked, "reject").json_body["state"] == "rejected"
    assert decide(world, asked, "reject", world.operator).status_code == 200
    problem(decide(world, asked), 409, "payout_request_decided")
    assert ask(world, card, 6_000).json_body["state"] == "rejected"
    paid = ask(world, card, 6_001, "o2")
    decide(world, paid)
    problem(decide(world, paid, "reject"), 409, "payout_request_decided")
    assert left(world, card) == 15_000 - 6_001


def test_who_dies_between_approval_and_the_entry_has_done_both_or_neither(world: World, card: str) -> None:
    asked = ask(world, card, 6_000)
    world.payout_journal.outages = 1
    problem(decide(world, asked), 503, "store_unavailable")
    assert (left(world, card), ask(world, card, 6_000).json_body["state"]) == (15_000, "proposed")
    world.journal.lose_replies = 1
    assert decide(world, asked).json_body["state"] == "applied", "its answer was lost, and it was asked again"
    assert len(payouts(world)) == 1
    world.journal.lose_replies = 1
    alone = ask(world, card, 1_000, "o2")
    assert (alone.json_body["state"], left(world, card)) == ("applied", 8_000)
    assert world.payout_book.alone_cents("ann", "2026-11-15", "USD") == 1_000


def test_what_the_ledger_refuses_is_refused_before_anybody_is_asked_to_agree(world: World, card: str) -> None:
    problem(ask(world, card, 15_001), 422, "insufficient_cashback")
    first, second = ask(world, card, 9_000, "o1"), ask(world, card, 9_000, "o2")
    decide(world, first)
    problem(decide(world, second), 422, "insufficient_cashback")
    assert ask(world, card, 9_000, "o2").json_body["state"] == "proposed", "it waits still"


def test_a_request_that_an_earlier_version_has_paid_is_paid_once(world: World, card: str) -> None:
    world.payouts.pay_out("ann", "o1", card, _usd(6_000))
    again = ask(world, card, 6_000, account=None)
    assert (again.json_body["state"], again.headers["Idempotency-Replayed"]) == ("applied", "true")
    shown = world.get(f"/v1/payouts/{again.json_body['entry_id']}", world.operator).json_body
    assert (shown["asked_by"], shown["approved_by"], shown["member_account_fingerprint"]) == ("ann", None, None)
    waiting = ask(world, card, 7_000, "o2", account=None)
    world.payouts.pay_out("ann", "o2", card, _usd(7_000))
    assert decide(world, waiting).json_body["state"] == "applied"
    assert len(payouts(world)) == 2


def test_requests_that_needed_two_are_listed_newest_first_in_pages(world: World, card: str) -> None:
    ids = []
    for number in range(3):
        ids.append(ask(world, card, 6_000 + number, f"o{number}").json_body["request_id"])
        world.clock.advance(ms=1)
    first = world.get("/v1/payout-requests?limit=2", world.operator).json_body
    second = world.get(f"/v1/payout-requests?limit=2&cursor={first['next_cursor']}", world.operator).json_body
    assert [one["request_id"] for one in first["requests"] + second["requests"]] == ids[::-1]
    assert second["next_cursor"] is None
    assert {one["member_account_fingerprint"] for one in first["requests"]} == {HERS}


def test_euros_go_by_bank_file_so_their_account_is_asked_for(world: World, card: str) -> None:
    body = {"card_number": card, "cashback": money(1_000, "EUR")}
    problem(world.post("/v1/payouts", body, world.operator, idempotency_key="e"), 422, "member_account_needed")
    assert ask(world, card, 1_000, account=None).status_code == 201, "dollars are paid by hand"


def test_a_member_s_fingerprint_is_in_no_journal_and_no_trail_and_gone_in_time(world: World, card: str) -> None:
    decide(world, ask(world, card, 6_000))
    ask(world, card, 1_000, "o2")
    decide(world, ask(world, card, 7_000, "o3"), "reject")
    assert HERS not in repr(world.journal.items)
    assert HERS not in repr(vars(world.trail_book))
    holding = [row for row in world.payout_journal.rows.tables["partners"].values() if HERS in repr(row)]
    assert len(holding) == 4, "of two payouts, each by itself and by the account"
    assert {int(row["gone_after"]["N"]) for row in holding} == {world.clock() // 1_000 + KEPT_DAYS * 86_400}


def test_what_begins_to_wait_while_one_pays_it_out_alone_is_told_as_waiting(
    world: World, card: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meanwhile(*_: str) -> int:
        request_id = key_hash(NETWORK, "o1").hex()
        world.payout_book.add(PayoutRequest(request_id, card[4:14], 1, _usd(1_000), HERS, "ann", world.clock()))
        return 0

    monkeypatch.setattr(world.payout_book, "alone_cents", meanwhile)
    assert ask(world, card, 1_000).json_body["state"] == "proposed"
    assert left(world, card) == 15_000


def test_an_outage_while_one_pays_out_alone_leaves_nothing(world: World, card: str) -> None:
    world.payout_journal.outages = 1
    problem(ask(world, card, 1_000), 503, "store_unavailable")
    assert (left(world, card), world.payout_book.alone_cents("ann", "2026-11-15", "USD")) == (15_000, 0)
    assert ask(world, card, 1_000).json_body["state"] == "applied"
