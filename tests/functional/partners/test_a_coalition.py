"""Two partners, one member: from contract to key, purchase, page, position and bill, on real tables."""

import json
from datetime import UTC, datetime

import pytest

from infra.target import Target
from partners.access.model import Scope
from partners.bootstrap import Services
from partners.contracts.exchange import ExchangeRate
from partners.contracts.model import NewTerms
from partners.contracts.plan import Band, Plan, PlanMode
from partners.till.model import EnrolRequest, PurchaseRequest, RedeemRequest
from partners.visits.stream import read_batch
from shared.kernel.clock import system_clock
from tests.fakes.contract_book import agree_on
from tests.support.clouds import DynamoEngine
from tests.support.entries import entry, stream_record

PLAN = Plan(2_000, PlanMode.GRADUATED, (Band(500, visit_fee_micros=50_000), Band(None, visit_fee_micros=40_000)))
TERMS = NewTerms(
    effective_from_ms=0,
    earn_points=10,
    earn_per_cents=100,
    issue_price_micros=6_000,
    redeem_price_micros=5_000,
    expiry_months=24,
    plan=PLAN,
    # Other tests on these tables leave a partner in euros.
    exchange_rates=(ExchangeRate("EUR", 10**9),),
)


@pytest.fixture(scope="module")
def coalition(services: Services) -> Services:
    for partner_id in ("co-issuer", "co-acceptor"):
        services.contracts.create_partner(partner_id, partner_id.title(), "USD")
        services.contracts.open_location(partner_id, "1", "Main Street", "America/Chicago", 0)
        agree_on(services.agreements, partner_id, TERMS)
    return services


def test_a_key_issued_is_a_key_resolved(coalition: Services):
    issued = coalition.access.issue_key("co-issuer", frozenset({Scope.EARN}))
    assert coalition.access.resolve(issued.text) == issued.key


def test_what_happens_at_the_tills_arrives_in_pages_positions_and_bills(coalition: Services):
    now_ms = system_clock()
    till = coalition.till
    card = till.enrol("co-issuer", "k1", EnrolRequest("coalition@example.com", "1", "r1", now_ms)).card_number
    till.purchase("co-issuer", "k2", PurchaseRequest(card, "1", "r1", now_ms, 12_345, "USD"))
    till.redeem("co-acceptor", "k3", RedeemRequest(card, "1", "r2", now_ms, 1_000))

    entries = list(coalition.ledger.history(coalition.members.card(card).member))
    records = [stream_record(one, str(number)) for number, one in enumerate(entries, 1)]
    posted = coalition.posting.post(read_batch({"Records": records}, single_shard=True))
    assert (posted.entries, posted.pages, posted.first_failed) == (3, 2, None)

    today = datetime.now(UTC).date()
    listed = coalition.pages.entries("co-issuer", today, today, limit=10).lines
    assert [one.line.entry_id for one in listed] == [one.entry_id for one in entries[:2]]

    settlement = coalition.settlements.positions(today, today)
    [usd] = settlement.currencies
    net = {one.party: one.net_cents for one in usd.positions}
    assert (net["co-issuer"], net["co-acceptor"]) == (-740, 500)
    assert sum(net.values()) == 0
    assert ("co-issuer", "co-acceptor", 1_000) in [(cell.issuer, cell.acceptor, cell.points) for cell in usd.matrix]

    bill = coalition.billing.bill("co-issuer", f"{today:%Y-%m}")
    assert (bill.location_count, bill.visits, bill.total_cents) == (1, 1, 2_005)


def test_a_record_that_does_not_read_waits_in_the_queue_with_all_it_takes_to_post_it_later(
    coalition: Services, emulator_engine: DynamoEngine
):
    record = stream_record(entry(), "77")
    record["dynamodb"]["NewImage"]["v"] = {"N": "99"}
    coalition.posting.post(read_batch({"Records": [record]}, single_shard=True))
    queue = Target.local(emulator_engine.endpoint_url).client("sqs")
    waiting = queue.receive_message(
        QueueUrl=coalition.settings.posting_dead_letter_url, MaxNumberOfMessages=10, WaitTimeSeconds=1
    )["Messages"]
    letters = [json.loads(message["Body"]) for message in waiting]
    assert {
        "kind": "unreadable_journal_record",
        "reason": "layout version 99 is not known here",
        "shard_id": "shard-0",
        "sequence_number": "77",
        "event_name": "INSERT",
        "keys": record["dynamodb"]["Keys"],
        "new_image": record["dynamodb"]["NewImage"],
    } in letters
