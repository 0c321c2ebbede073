"""What a partner is told of an entry: its own acts, in the API's own shape."""

import json

import pytest

from chalicelib.api.entry_shape import entry_out
from chalicelib.api.schemas.webhook_endpoints import EntryEvent, InvoiceEvent, PingEvent
from partners.visits.lines import line_of
from partners.webhooks.events import TYPE_OF_OP, event_of, invoice_issued, ping
from partners.webhooks.model import EventType
from shared.ledger.model import Lot, Op
from tests.support.entries import MONTH, NOON_MS, entry


def test_every_operation_has_an_event_or_is_known_to_have_none() -> None:
    assert set(TYPE_OF_OP) == set(Op)
    told = {one for one in TYPE_OF_OP.values() if one is not None}
    assert told | {EventType.INVOICE_ISSUED, EventType.CASE_UPDATED} == set(EventType)


@pytest.mark.parametrize("op", [Op.LAPSE, Op.ADJUST, Op.PAYOUT, Op.MERGE, Op.UNMERGE, Op.CLOSE])
def test_what_the_network_does_by_itself_makes_no_event(op: Op) -> None:
    assert event_of(line_of(entry(op, points=0, rates=None, currency=None))) is None


def test_an_event_carries_the_entry_as_the_api_lists_it() -> None:
    line = line_of(entry(Op.EARN))
    event = event_of(line)
    assert event is not None
    body = json.loads(event.body)
    assert body["type"] == "points.earned"
    assert body["timestamp"] == "2026-11-21T12:00:00.000Z"
    assert body["data"] == {"entry": json.loads(entry_out(line).model_dump_json())}


def test_whose_points_were_redeemed_is_not_told() -> None:
    lots = (Lot("harvest", MONTH, 20), Lot("northpharm", MONTH, 15))
    event = event_of(line_of(entry(Op.REDEEM, partner="city-market", points=35, lots_moved=lots)))
    assert event is not None
    assert "harvest" not in event.body
    assert "northpharm" not in event.body


def test_an_events_name_lane_and_place_follow_from_the_entry_alone() -> None:
    event = event_of(line_of(entry(member="0000000042", seq=7)))
    assert event is not None
    assert (event.event_id, event.lane, event.place) == ("evt_0000000042-7", "0000000042", "00000007")
    assert event.happened_at_ms == NOON_MS


def test_what_is_sent_is_what_the_document_promises() -> None:
    event = event_of(line_of(entry(Op.EARN)))
    assert event is not None
    EntryEvent.model_validate_json(event.body)
    InvoiceEvent.model_validate_json(invoice_issued("2026-10-harvest", "2026-10", NOON_MS, -700, "USD").body)
    PingEvent.model_validate_json(ping("evt_ping_1", NOON_MS).body)


def test_an_invoice_is_told_by_its_number() -> None:
    event = invoice_issued("2026-10-harvest", "2026-10", NOON_MS, -700, "USD")
    assert (event.event_id, event.lane, event.place) == ("evt_2026-10-harvest", "invoices", "2026-10")
    assert json.loads(event.body)["data"]["invoice"]["total_cents"] == -700
