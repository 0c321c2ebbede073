"""The schedule that issues invoices and raises spend alerts: every partner, whatever fails at one."""

import json
from dataclasses import replace

import pytest

from functions import invoices as function
from partners.billing.errors import InvoicedThroughStripeError
from partners.billing.invoice_payment_service import InvoicePayments
from partners.billing.invoice_service import Invoices
from partners.billing.payment_service import Payments
from partners.billing.payment_store import PaymentStore
from partners.billing.service import Billing
from partners.billing.stripe_model import StripeAccount
from partners.contracts.plan import Band, Plan, PlanMode
from partners.visits.service import Pages
from shared.kernel.clock import DAY_MS
from shared.kernel.errors import StoreUnavailableError
from tests.fakes.clock import FakeClock
from tests.fakes.contract_book import agree, contracts_of, new_terms
from tests.fakes.dynamodb import FakeDynamoDB
from tests.fakes.invoice_book import FakeInvoiceBook
from tests.fakes.invoice_payment_book import FakeInvoicePaymentBook
from tests.fakes.invoicers import FakeInvoicers
from tests.fakes.page_book import FakePageBook
from tests.support.lambda_context import FakeContext
from tests.unit.functions.test_metering_handler import Logger
from tests.unit.partners.webhooks.hooks import Hooks

OCTOBER = 1_790_812_800_000
DECEMBER = OCTOBER + 61 * DAY_MS
HOUR_MS = 3_600_000
PLAN = Plan(3_000, PlanMode.GRADUATED, (Band(None),), spend_alert_cents=3_000)


class World:
    """On 15 November two partners have terms, with a store each; northpharm's alert is higher than its bill."""

    def __init__(self):
        self.clock = FakeClock()
        self.contracts = contracts_of("city-market", "harvest", "northpharm", clock=self.clock)
        for partner_id, plan in (("harvest", PLAN), ("northpharm", replace(PLAN, spend_alert_cents=9_000))):
            agree(self.contracts, partner_id, new_terms(OCTOBER, plan=plan))
            self.contracts.open_location(partner_id, "1", "One", "UTC", 0)
        self.billing = Billing(self.contracts, Pages(FakePageBook()), self.clock)
        self.invoicers = FakeInvoicers()
        self.hooks = Hooks(self.clock)
        self.telling = self.hooks.telling
        self.invoices = Invoices(FakeInvoiceBook(), self.invoicers, self.billing, self.contracts, self.clock)
        own = InvoicePayments(FakeInvoicePaymentBook(), self.invoices, self.clock, follow=lambda partner_id: None)
        self.payments = Payments(PaymentStore(FakeDynamoDB(), "billing"), own.records, self.clock)


@pytest.fixture
def log(monkeypatch):
    logger = Logger()
    monkeypatch.setattr(function, "logger", lambda: logger)
    return logger.lines


@pytest.fixture
def world(monkeypatch, log):
    world = World()
    monkeypatch.setattr(function.bootstrap, "services", lambda: world)
    monkeypatch.setattr(function, "system_clock", world.clock)
    return world


def test_each_partner_gets_its_invoice_once_and_an_alert_is_logged_each_time(world, log):
    assert function.handler({}, FakeContext()) == {"partners": 3, "invoices": 2, "spend_alerts": 1, "troubles": 0}
    assert function.handler({}, FakeContext()) == {"partners": 3, "invoices": 0, "spend_alerts": 1, "troubles": 0}
    alert = {"partner_id": "harvest", "month": "2026-11", "limit_cents": 3_000, "state": "reached"}
    assert log.count(("warning", "spend alert", alert)) == 2
    issued = {"partner_id": "harvest", "number": "2026-10-harvest", "total_cents": 3_000}
    assert log.count(("info", "invoice issued", issued)) == 1
    assert log[-1][:2] == ("info", "months stand")


def test_who_does_not_pay_our_own_invoice_stands_as_one_that_does_not_pay_stripe_s(world, log):
    function.handler({}, FakeContext())
    issued_ms = world.clock()

    def standing(days, **ms):
        world.clock.now_ms = issued_ms
        world.clock.advance(days=days, **ms)
        function.handler({}, FakeContext())
        return {one.partner_id: (one.standing.value, one.late_cents) for one in world.payments.states()}

    assert standing(14) == {}
    assert standing(14, ms=1_000)["harvest"] == ("overdue", 3_000)
    assert ("warning", "payment is late") in [line[:2] for line in log]
    assert standing(29)["harvest"] == ("restricted", 3_000)
    assert set(standing(45)) == {"harvest", "northpharm"}
    assert standing(45)["harvest"] == ("suspended_for_payment", 6_000), "the next month's invoice is late by then too"


def test_a_limit_reached_after_the_last_call_of_a_month_is_said_on_the_first_day_of_the_next(world, log):
    """Two more stores of northpharm, told of late, had November alone; three stores cost its limit."""

    def alerts():
        log.clear()
        function.handler({}, FakeContext())
        return [fields["month"] for _, said, fields in log if said == "spend alert" and fields["limit_cents"] == 9_000]

    world.clock.now_ms = DECEMBER - HOUR_MS
    assert alerts() == []
    for number in ("2", "3"):
        world.contracts.open_location("northpharm", number, "More", "UTC", DECEMBER - 30 * DAY_MS)
        world.contracts.close_location("northpharm", number, DECEMBER)
    for hours, told in ((2, ["2026-11"]), (12, ["2026-11"]), (12, [])):
        world.clock.advance(ms=hours * HOUR_MS)
        assert alerts() == told


def test_whoever_asked_is_told_of_an_invoice_once_though_every_call_of_a_week_tells(world):
    endpoint = world.hooks.endpoints.create("harvest", "https://shop.example/", ["invoice.issued"]).endpoint
    world.hooks.endpoints.create("northpharm", "https://other.example/", ["points.earned"])
    for _ in range(3):
        function.handler({}, FakeContext())
    world.clock.advance(days=8)
    function.handler({}, FakeContext())
    assert len(world.hooks.wakes.wakes) == 3
    (wake,) = set(world.hooks.wakes.wakes)
    assert (wake.lane.endpoint_id, wake.place) == (endpoint.endpoint_id, "2026-10")
    (waiting,) = world.hooks.store.upto(wake.lane, wake.place)
    assert json.loads(waiting.body)["data"]["invoice"]["number"] == "2026-10-harvest"
    assert [one.body for one in world.hooks.store.kept_events("harvest", 0, world.clock())] == [waiting.body]


def test_a_partner_billed_through_stripe_gets_no_invoice_of_ours_but_its_alert(world):
    world.invoicers.accounts["harvest"] = StripeAccount("harvest", "cus_1", "2026-10", "2026-10")
    done = function.handler({}, FakeContext())
    assert (done["invoices"], done["spend_alerts"]) == (1, 1)
    assert world.invoices.invoices("harvest") == []


@pytest.mark.parametrize("error", [StoreUnavailableError("no answer"), InvoicedThroughStripeError("2026-10")])
def test_what_fails_at_one_partner_is_counted_and_the_others_go_on(world, log, monkeypatch, error):
    issue_due = world.invoices.issue_due

    def failing(partner_id):
        if partner_id == "harvest":
            raise error
        return issue_due(partner_id)

    monkeypatch.setattr(world.invoices, "issue_due", failing)
    assert function.handler({}, FakeContext()) == {"partners": 3, "invoices": 1, "spend_alerts": 0, "troubles": 1}
    failed = {"partner_id": "harvest", "code": error.code}
    assert ("error", "month not looked after", failed) in log


def test_a_call_without_time_leaves_all_to_the_next_which_begins_elsewhere(world):
    assert function.handler({}, FakeContext(1_000))["partners"] == 0
    partners = ["a", "b", "c"]
    turns = {tuple(function._in_turn(partners, world.clock() + half * DAY_MS // 2)) for half in range(3)}
    assert turns == {("a", "b", "c"), ("b", "c", "a"), ("c", "a", "b")}
