"""The operator's import: a partner's purchases of any age, each recorded once, whoever sends it."""

from dataclasses import replace

import pytest

from partners.contracts.errors import UnknownPartnerError
from partners.contracts.life import PartnerState
from partners.till.batch import Line
from partners.till.errors import KeyNotUniqueError
from partners.till.imports import Imports
from partners.till.model import EnrolRequest
from shared.kernel.clock import to_rfc3339
from shared.ledger.errors import OccurredTooLongAgoError
from tests.fakes.clock import DAY_MS
from tests.fakes.contract_book import contracts_of
from tests.fakes.till_contracts import terms
from tests.unit.till.shop import Shop


@pytest.fixture
def shop():
    return Shop()


@pytest.fixture
def imports(shop):
    return Imports(contracts_of("alpha", "beta"), shop.till)


@pytest.fixture
def line(shop):
    """Makes lines of purchases that happened when this test began."""
    began_ms = shop.clock()

    def make(number, **changes):
        return Line(f"p{number}", shop.basket(**{"receipt": f"r{number}", "occurred_at_ms": began_ms, **changes}))

    return make


def send(shop, line):
    """The partner's own till sends a line."""
    return shop.till.purchase("alpha", line.idempotency_key, line.request)


def test_a_purchase_that_the_till_may_no_longer_send_is_recorded_now(shop, imports, line):
    shop.clock.advance(days=60)
    with pytest.raises(OccurredTooLongAgoError):
        send(shop, line(1))
    [outcome] = imports.record("alpha", [line(1)])
    assert outcome.points_balance == shop.balance == 100
    assert (outcome.entry.visit, outcome.entry.partner, outcome.entry.location) == (True, "alpha", "s1")
    assert outcome.entry.recorded_at_ms == shop.clock()


def test_a_file_sent_again_whole_counts_once_and_answers_alike(shop, imports, line):
    shop.clock.advance(days=60)
    first = imports.record("alpha", [line(1), line(2)])
    shop.clock.advance(days=60)
    again = imports.record("alpha", [line(1), line(2), line(3)])
    assert [replace(one, replayed=False) for one in again[:2]] == first
    assert [one.replayed for one in again] == [True, True, False]
    assert shop.balance == 300


@pytest.mark.parametrize("days_until_import", [1, 60])
def test_what_the_partner_had_sent_itself_is_answered_and_not_doubled(shop, imports, line, days_until_import):
    first = send(shop, line(1))
    shop.clock.advance(days=days_until_import)
    [outcome] = imports.record("alpha", [line(1)])
    assert replace(outcome, replayed=False) == first
    assert shop.balance == 100


def test_the_partners_own_batch_is_answered_with_what_was_imported(shop, imports, line):
    shop.clock.advance(days=60)
    [imported] = imports.record("alpha", [line(1)])
    assert replace(send(shop, line(1)), replayed=False) == imported


def test_a_receipt_recorded_long_ago_under_another_key_is_refused_and_the_next_line_goes_on(shop, imports, line):
    send(shop, line(1))
    shop.clock.advance(days=60)
    refused, recorded = imports.record("alpha", [Line("another-key", line(1).request), line(2)])
    assert refused.code == "receipt_already_recorded"
    assert recorded.points_balance == 200


def test_a_key_that_stood_for_another_purchase_is_refused(shop, imports, line):
    send(shop, line(1))
    shop.clock.advance(days=60)
    [outcome] = imports.record("alpha", [line(1, amount_cents=999)])
    assert outcome.code == "idempotency_key_reused"


def test_points_follow_the_terms_in_force_when_it_happened(shop, imports, line):
    shop.clock.advance(days=40)
    dearer = terms("alpha", 2, effective_from_ms=shop.clock(), earn_points=50, late_days=0)
    shop.contracts.versions["alpha"].append(dearer)
    shop.clock.advance(days=40)
    [outcome] = imports.record("alpha", [line(1)])
    assert (outcome.entry.points, outcome.entry.rates.terms_version) == (100, 1)


def test_before_the_first_terms_nothing_can_be_earned(shop, imports, line):
    shop.contracts.versions["alpha"] = [terms("alpha", effective_from_ms=shop.clock() + 1)]
    shop.clock.advance(days=60)
    [outcome] = imports.record("alpha", [line(1)])
    assert outcome.code == "no_terms_in_force"


def test_the_location_must_have_been_open_then(shop, imports, line):
    shop.contracts.opened_at_ms = shop.clock() + 1
    shop.clock.advance(days=60)
    outcomes = imports.record("alpha", [line(1), line(2, occurred_at_ms=shop.clock()), line(3, location_id="b1")])
    assert outcomes[0].code == "location_not_open"
    assert outcomes[1].points_balance == 100
    assert outcomes[2].code == "unknown_location"


def test_a_location_that_has_closed_since_is_no_obstacle_to_what_happened_before(shop, imports, line):
    shop.contracts.closed_at_ms = shop.clock() + 1
    shop.clock.advance(days=60)
    before, after = imports.record("alpha", [line(1), line(2, occurred_at_ms=shop.clock())])
    assert (before.points_balance, after.code) == (100, "location_closed")


def test_what_occurred_while_the_partner_was_suspended_is_refused_line_by_line(shop, imports, line):
    began_ms = shop.clock()
    shop.contracts.lives["alpha"] = [
        (began_ms, PartnerState.ACTIVE),
        (began_ms + DAY_MS, PartnerState.SUSPENDED),
        (began_ms + 2 * DAY_MS, PartnerState.ACTIVE),
        (began_ms + 5 * DAY_MS, PartnerState.SUSPENDED),
    ]
    shop.clock.advance(days=60)
    at = [began_ms + DAY_MS - 1, began_ms + DAY_MS, began_ms + 2 * DAY_MS - 1, began_ms + 2 * DAY_MS, shop.clock()]
    outcomes = imports.record("alpha", [line(place, occurred_at_ms=one) for place, one in enumerate(at)])
    assert [getattr(one, "code", "recorded") for one in outcomes] == [
        "recorded",
        "partner_was_suspended",
        "partner_was_suspended",
        "recorded",
        "partner_was_suspended",
    ]
    assert outcomes[1].data["suspended_until"] == to_rfc3339(began_ms + 2 * DAY_MS)
    assert outcomes[4].data["suspended_until"] is None


def test_what_was_accepted_is_answered_again_though_the_partner_was_suspended_then(shop, imports, line):
    first = send(shop, line(1))
    shop.contracts.lives["alpha"] = [(shop.clock(), PartnerState.SUSPENDED)]
    shop.clock.advance(days=60)
    [again] = imports.record("alpha", [line(1)])
    assert again.entry == first.entry


def test_points_wait_from_the_purchase_on_not_from_the_import(shop, imports, line):
    shop.contracts.versions["alpha"] = [terms("alpha", waiting_days=14)]
    shop.clock.advance(days=10)
    waiting = imports.record("alpha", [line(1)])[0]
    assert (waiting.points_balance, waiting.pending_until_ms) == (0, shop.clock() + 4 * DAY_MS)
    shop.clock.advance(days=50)
    [at_once] = imports.record("alpha", [line(2)])
    assert (at_once.points_balance, at_once.pending_until_ms) == (200, None)


def test_points_that_have_expired_meanwhile_are_granted_and_gone(shop, imports, line):
    shop.contracts.versions["alpha"] = [terms("alpha", expiry_months=1)]
    shop.clock.advance(days=60)
    [outcome] = imports.record("alpha", [line(1)])
    assert (outcome.entry.points, outcome.points_balance, outcome.expires_on) == (100, 0, "2026-12-31")
    assert [lot.quantity for lot in outcome.entry.lots_expired] == [100]


def test_a_young_purchase_is_imported_as_well(shop, imports, line):
    assert imports.record("alpha", [line(1)])[0].points_balance == 100


def test_lines_that_share_a_key_and_differ_stop_the_import_before_it_begins(shop, imports, line):
    spaced = " ".join(shop.card[place : place + 4] for place in range(0, 16, 4))
    with pytest.raises(KeyNotUniqueError) as refusal:
        imports.record("alpha", [line(0), line(1), line(1, receipt="r2")])
    assert refusal.value.data == {"idempotency_key": "p1"}
    assert shop.balance == 0
    outcomes = imports.record("alpha", [line(1), line(1, card_number=spaced)])
    assert [one.replayed for one in outcomes] == [False, True]


def test_an_unknown_partner_stops_the_import_before_it_begins(imports, line):
    with pytest.raises(UnknownPartnerError):
        imports.record("gamma", [line(1)])


def test_every_outcome_is_told_as_soon_as_it_is_known(shop, imports, line):
    shop.clock.advance(days=60)
    told = {}
    bob = shop.till.enrol("alpha", "bob", EnrolRequest("bob@example.com", "s1", None, shop.clock())).card_number
    lines = [line(1), line(2, card_number=bob), line(3, currency="EUR")]
    outcomes = imports.record("alpha", lines, told.__setitem__)
    assert [told[place] for place in range(3)] == outcomes


def test_a_mistake_of_ours_in_one_line_hides_no_other_that_was_recorded(shop, imports, line, monkeypatch):
    told = {}
    import_purchase = shop.till.import_purchase

    def broken(partner_id, key, request):
        if key == "p2":
            raise RuntimeError("a bug")
        return import_purchase(partner_id, key, request)

    monkeypatch.setattr(shop.till, "import_purchase", broken)
    with pytest.raises(RuntimeError):
        imports.record("alpha", [line(1), line(2), line(3)], told.__setitem__)
    assert told[0].points_balance == shop.balance == 100
    assert list(told) == [0]
