"""Several workers at one frozen command: what one of them has recorded is not forgotten for another's refusal."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from partners.connectors.commands import Commands
from partners.connectors.errors import EventBusyError
from partners.connectors.facts import Fact, Reason, unmapped
from partners.connectors.facts_codec import fact_to_json
from partners.connectors.mapping import idempotency_key
from partners.connectors.words import LEASE_MS, Kind, State
from partners.connectors.working import Work
from partners.contracts.life import PartnerState
from partners.till.model import PurchaseRequest
from partners.till.service import Till
from shared.kernel.clock import DAY_MS
from tests.fakes.connectors import fixture
from tests.simulation.mortals import ProcessDiedError
from tests.unit.partners.connectors.desk import Desk


class OldMemory:
    """Contracts as a server remembers them that knows the partner as suspended."""

    def __init__(self, contracts: Any) -> None:
        self._contracts = contracts

    def state(self, _: str) -> PartnerState:
        return PartnerState.SUSPENDED

    def __getattr__(self, name: str) -> Any:
        return getattr(self._contracts, name)


class Around:
    """A till, and what happens before it is asked and before its worker learns what it has done."""

    def __init__(self, till: Any, before: Callable[[], object] = int, after: Callable[[], object] = int) -> None:
        self._till, self._before, self._after = till, before, after

    def purchase(self, *asked: Any) -> Any:
        self._before()
        done = self._till.purchase(*asked)
        self._after()
        return done

    def import_purchase(self, *asked: Any, **how: Any) -> Any:
        return self._till.import_purchase(*asked, **how)


def die() -> None:
    raise ProcessDiedError


class Sale:
    """A paid order with Ann's card; Bob's stands in it when it is told anew."""

    def __init__(self) -> None:
        self.desk = desk = Desk()
        shop = desk.shop
        self.till = shop.till
        self.refusing = Till(OldMemory(shop.contracts), shop.till._members, shop.ledger, shop.clock)
        self.bobs = shop.enrol("bob@example.com")
        self.connection = desk.connect(Kind.SHOPIFY)
        desk.paid(self.connection)
        _, self.group = desk.line.messages.pop(0)

    def settle(self, till: Any = None) -> None:
        desk, shop = self.desk, self.desk.shop
        made_under = shop.receipt_returns.made_under
        commands = Commands(desk.store, till or self.till, shop.returns, made_under, desk.clock, desk._random)
        work = Work(desk.store, commands, lambda *_: None, desk.events.told_anew, desk.clock, live=True)
        work.settle(self.connection.connection_id, self.group)

    def is_refused(self) -> None:
        """By a worker that finds another at it, so its message comes again."""
        with pytest.raises(EventBusyError):
            self.settle(self.refusing)

    def dies(self, **around: Callable[[], object]) -> None:
        with pytest.raises(ProcessDiedError):
            self.settle(Around(self.till, **around))

    def told_with_bobs_card(self) -> None:
        order = fixture("shopify_order_paid", self.bobs)
        self.desk.shopify(self.connection, "orders/paid", order, f"w-{self.desk.clock()}")

    def is_unmapped_by_an_earlier_version(self) -> None:
        refused = unmapped(self.fact, Reason("partner_not_active", "It is suspended."))
        assert self.desk.store.change(self.fact, refused, self.desk.clock())

    @property
    def fact(self) -> Fact:
        (fact,) = self.desk.store.group(self.connection.connection_id, self.group)
        return fact

    @property
    def stands(self) -> tuple[State, int, int]:
        """How it stands, and the points on Ann's and on Bob's card."""
        anns, bobs = (self.till.card("alpha", card).points_balance for card in (self.desk.card, self.bobs))
        return self.fact.state, anns, bobs


@pytest.fixture
def sale() -> Sale:
    return Sale()


def check_it_stays_anns(sale: Sale) -> None:
    for _ in range(2):
        assert sale.stands == (State.RECORDED, 210, 0)
        assert sale.fact.entry_id
        assert not sale.fact.runs
        sale.told_with_bobs_card()
        sale.settle()


def test_a_refusal_does_not_make_the_success_of_another_worker_forgotten(sale: Sale) -> None:
    sale.settle(Around(sale.till, before=sale.is_refused))
    check_it_stays_anns(sale)


def test_a_refusal_that_comes_after_anothers_success_changes_nothing(sale: Sale) -> None:
    sale.settle(Around(sale.till, before=lambda: sale.settle(sale.till)))
    check_it_stays_anns(sale)


def test_a_command_that_another_may_be_carrying_out_gives_way_to_no_other_card(sale: Sale) -> None:
    def meanwhile() -> None:
        sale.is_refused()
        sale.told_with_bobs_card()
        sale.is_refused()

    sale.settle(Around(sale.till, before=meanwhile))
    check_it_stays_anns(sale)


def test_what_a_worker_recorded_that_died_is_found_though_another_was_refused(sale: Sale) -> None:
    sale.dies(before=sale.is_refused, after=die)
    sale.told_with_bobs_card()
    sale.settle(sale.refusing)
    check_it_stays_anns(sale)


def test_what_a_worker_recorded_that_died_is_found_when_it_is_too_old_for_a_till(sale: Sale) -> None:
    sale.dies(after=die)
    sale.desk.clock.advance(ms=70 * DAY_MS)
    sale.told_with_bobs_card()
    sale.settle()
    assert sale.stands == (State.RECORDED, 210, 0)


def test_a_command_of_which_nothing_came_is_let_go_once_who_died_over_it_is_gone_for_certain(sale: Sale) -> None:
    sale.dies(before=die)
    sale.desk.clock.advance(ms=LEASE_MS - 1)
    sale.is_refused()
    assert sale.stands == (State.PLANNED, 0, 0)
    sale.desk.clock.advance(ms=1)
    sale.settle(sale.refusing)
    assert sale.stands == (State.UNMAPPED, 0, 0)
    sale.told_with_bobs_card()
    sale.settle()
    assert sale.stands == (State.RECORDED, 0, 210)


def test_of_two_workers_who_are_refused_the_last_one_says_why(sale: Sale) -> None:
    sale.settle(Around(sale.refusing, before=sale.is_refused))
    assert sale.stands == (State.UNMAPPED, 0, 0)
    assert [fact.reason and fact.reason.code for fact in sale.desk.queue(sale.connection)] == ["partner_not_active"]


def test_the_ledgers_answer_is_written_over_whatever_stands_there(sale: Sale) -> None:
    sale.settle(Around(sale.till, after=sale.is_unmapped_by_an_earlier_version))
    assert not sale.desk.queue(sale.connection)
    check_it_stays_anns(sale)


def test_a_command_that_an_earlier_version_froze_is_carried_out(sale: Sale) -> None:
    """Its row tells of no runs."""
    sale.dies(after=die)
    without_runs = replace(sale.fact, runs=(), version=sale.fact.version + 1)
    assert "runs" not in fact_to_json(without_runs)
    assert sale.desk.store.change(sale.fact, without_runs, sale.desk.clock())
    sale.settle(sale.refusing)
    check_it_stays_anns(sale)


def test_a_key_that_the_ledger_has_with_another_amount_waits_with_its_reason() -> None:
    sale = Sale()
    sale.dies(before=die)
    key = idempotency_key(sale.connection, sale.fact)
    plan = sale.fact.plan
    assert isinstance(plan, PurchaseRequest)
    sale.till.purchase("alpha", key, replace(plan, amount_cents=plan.amount_cents + 1))
    sale.desk.clock.advance(ms=LEASE_MS)
    sale.settle()
    assert (sale.fact.state, sale.fact.reason and sale.fact.reason.code) == (State.UNMAPPED, "idempotency_key_reused")
