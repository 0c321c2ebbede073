"""Sales told by others are ours exactly once, or wait in the queue: told twice, in any order, crashed at every call.

Compared at the end: what the shop sold and refunded, what the journal has by receipt, and what waits.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partners.connectors.errors import EventBusyError
from partners.connectors.facts import Fact
from partners.connectors.model import Connection
from partners.connectors.words import LEASE_MS, Kind
from partners.till.service import Till
from shared.ledger.codec import entry_from_item
from shared.ledger.model import Op
from tests.fakes.connectors import fixture
from tests.simulation.mortals import Fate, Mortal, MortalDynamoDB, ProcessDiedError
from tests.unit.partners.connectors.desk import NOTE, PLACES, Desk
from tests.unit.partners.connectors.test_commands import Around, OldMemory

ORDERS = {
    # order: (total, its location, whether it names a card, its refunds)
    1: ("42.10", 88001, True, {11: "3.24", 12: "10.00"}),
    2: ("20.00", 99, True, {21: "20.00"}),
    3: ("30.00", 88001, False, {31: "5.00"}),
    4: ("10.00", None, True, {41: "12.00"}),
}
"""The second one's location is not mapped at first. The fourth one's refund is of more than was paid."""
RECORDED = {
    "shopify-1": 4_210,
    "shopify-2": 2_000,
    "shopify-4": 1_000,
    "shopify-refund-11": 324,
    "shopify-refund-12": 1_000,
    "shopify-refund-21": 2_000,
}

Tell = Callable[[Desk, Connection], object]


def sale(number: int, webhook_id: str) -> Tell:
    total, location, has_card, _ = ORDERS[number]

    def tell(desk: Desk, shop: Connection) -> object:
        attributes = fixture("shopify_order_paid", desk.card)["note_attributes"] if has_card else []
        changes = {"id": number, "total_price": total, "location_id": location, "note_attributes": attributes}
        return desk.paid(shop, webhook_id, **changes)

    return tell


def refund(number: int, refund_id: int) -> Tell:
    return lambda desk, shop: desk.refunded(shop, refund_id, ORDERS[number][3][refund_id], order_id=number)


EVENTS: dict[str, Tell] = {
    **{f"sale {number}": sale(number, f"w-{number}") for number in ORDERS},
    **{f"sale {number} told anew": sale(number, f"again-{number}") for number in (1, 2)},
    **{f"refund {one}": refund(number, one) for number, order in ORDERS.items() for one in order[3]},
}
IN_ORDER = tuple(EVENTS)
FAILS = "refund 12 fails"
EVENTS[FAILS] = lambda desk, shop: desk.refund_failed(shop, 12, order_id=1)


@dataclass
class Trade:
    """A shop whose vendor tells each event until it is taken, and a line that delivers until it is worked on."""

    fate: Fate
    places: dict[str, str] = field(default_factory=lambda: {"88001": "s1", "online": "s2"})

    def __post_init__(self) -> None:
        self.desk = Desk()
        self.shop = self.desk.connect(Kind.SHOPIFY, locations=self.places)
        self.fate.other = self._other_worker
        self.desk.through(MortalDynamoDB(self.desk.db, self.fate), lambda inner: Mortal(inner, self.fate))
        self._unharmed = Desk.__new__(Desk)
        self._unharmed.__dict__.update(self.desk.__dict__)
        self._unharmed.through(self.desk.db)

    def go(self, told: Sequence[str]) -> None:
        """Each event is told, and after each some of the line is worked on; who dies is started again."""
        for name in told:
            while not self._survived(lambda name=name: EVENTS[name](self.desk, self.shop)):
                pass
            self._survived(self._work_on_one)
        while self.desk.line.messages:
            if not self._survived(self._work_on_one):
                # By when its message comes again often enough, who died is gone for certain.
                self.desk.clock.advance(ms=LEASE_MS)

    def is_met_at_each_purchase_by_who_is_refused(self) -> None:
        """The other worker knows the partner as suspended by heart."""
        till = Around(self.desk.shop.till, before=self._other_worker)
        self.desk.through(self.desk.db, lambda inner: till if inner is self.desk.shop.till else inner)
        shop = self._unharmed.shop
        refusing = Till(OldMemory(shop.contracts), shop.till._members, shop.ledger, shop.clock)
        self._unharmed.through(self.desk.db, lambda inner: refusing if inner is shop.till else inner)

    def all_are_told_with_another_card(self) -> None:
        """By when it was found out that the first was the wrong one; nobody is refused any more."""
        self._unharmed.through(self.desk.db)
        self._unharmed.card = self._unharmed.shop.enrol("bob@example.com")
        for number in (1, 2, 4):
            sale(number, f"later-{number}")(self._unharmed, self.shop)
        self.mend()

    def mend(self) -> None:
        """The location is mapped and what waits is tried again, by people who have better luck."""
        self._unharmed.connections.change_settings("alpha", self.shop.connection_id, NOTE, PLACES | {"99": "s2"})
        self._unharmed.unmapped.retry_all("alpha", self.shop.connection_id)
        self._unharmed.run()

    def recorded(self) -> Counter[tuple[str, int]]:
        """Receipts of purchases and returns in the journal, with their amounts."""
        items = [item for entries in self.desk.shop.journal.items.values() for item in entries]
        entries = [entry_from_item(item) for item in items]
        of_sales = [entry for entry in entries if entry.op in (Op.EARN, Op.RETURN)]
        return Counter((entry.receipt or "", entry.amount_cents or 0) for entry in of_sales)

    def waiting(self) -> list[tuple[str, str, str]]:
        return sorted((fact.group, fact.part, fact.reason.code if fact.reason else "") for fact in self._queue)

    def events_that_wait(self) -> int:
        """How many of what waits can be seen."""
        seen = [self._unharmed.unmapped.received("alpha", self.shop.connection_id, one.item_id) for one in self._queue]
        return sum(len(event.body_sha256) == 64 for event in seen)

    @property
    def _queue(self) -> list[Fact]:
        return self._unharmed.queue(self.shop)

    def _work_on_one(self) -> None:
        """A message leaves the line only when it was worked on: delivered at least once."""
        if self.desk.line.messages:
            message = self.desk.line.messages[0]
            self.desk.work.settle(*message)
            self.desk.line.messages.remove(message)

    def _other_worker(self) -> None:
        for message in list(self.desk.line.messages):
            # Who was refused what the first one may be about to record leaves it to that.
            with suppress(EventBusyError):
                self._unharmed.work.settle(*message)

    def _survived(self, act: Callable[[], object]) -> bool:
        self.fate.born_again()
        with suppress(ProcessDiedError, EventBusyError):
            act()
            return True
        return False


def check(trade: Trade) -> None:
    first = {receipt: cents for receipt, cents in RECORDED.items() if not receipt.endswith(("-2", "-21"))}
    assert trade.recorded() == Counter(first.items())
    assert trade.waiting() == [
        ("2", "REFUND#21", "sale_unmapped"),
        ("2", "SALE", "foreign_location_unknown"),
        ("4", "REFUND#41", "return_exceeds_purchase"),
    ]
    assert trade.events_that_wait() == 3
    trade.mend()
    assert trade.recorded() == Counter(RECORDED.items())
    assert trade.waiting() == [("4", "REFUND#41", "return_exceeds_purchase")]


@cache
def moments() -> int:
    """How many moments a trade has in which nobody dies."""
    trade = Trade(Fate())
    trade.go(IN_ORDER)
    check(trade)
    return trade.fate.moments


@pytest.mark.parametrize(("told", "every"), [(IN_ORDER, 2), (IN_ORDER[::-1], 4)], ids=["in order", "backwards"])
def test_a_process_may_die_at_any_call(told: Sequence[str], every: int, in_full: bool) -> None:
    # The end of a call is the moment before the next one begins, so every second one is enough.
    for moment in range(2, moments() + 1, every if in_full else 3 * every):
        trade = Trade(Fate(dies=frozenset({moment})))
        trade.go(told)
        check(trade)


def test_another_worker_may_be_at_the_same_sale_at_any_call(in_full: bool) -> None:
    for moment in range(1, moments() + 1, 4 if in_full else 12):
        trade = Trade(Fate(meets=frozenset({moment})))
        trade.go(IN_ORDER)
        check(trade)


@pytest.mark.parametrize("told", [IN_ORDER, IN_ORDER[::-1]], ids=["in order", "backwards"])
def test_another_worker_may_be_refused_what_the_first_one_records(told: Sequence[str]) -> None:
    trade = Trade(Fate())
    trade.is_met_at_each_purchase_by_who_is_refused()
    trade.go(told)
    trade.all_are_told_with_another_card()
    assert trade.recorded() == Counter(RECORDED.items())
    assert trade.waiting() == [("4", "REFUND#41", "return_exceeds_purchase")]


@pytest.mark.parametrize("told", list(permutations(("sale 1", "refund 12", FAILS))), ids=" then ".join)
def test_points_are_not_taken_for_a_refund_that_fails_or_it_waits_wherever_a_process_dies(told: Sequence[str]) -> None:
    unharmed = Trade(Fate())
    unharmed.go(told)
    for moment in range(2, unharmed.fate.moments + 1, 2):
        trade = Trade(Fate(dies=frozenset({moment})))
        trade.go(told)
        taken = trade.recorded()["shopify-refund-12", 1_000]
        assert trade.waiting() == [("1", "REFUND#12", "refund_failed")] * taken


@settings(max_examples=50, deadline=None)
@given(
    told=st.permutations(IN_ORDER).flatmap(
        lambda order: st.lists(st.sampled_from(IN_ORDER), max_size=6).map(lambda more: [*order, *more])
    ),
    dies=st.frozensets(st.integers(1, 200), max_size=6),
    meets=st.frozensets(st.integers(1, 200), max_size=6),
)
def test_events_in_any_order_and_number_with_crashes_and_races(
    told: list[str], dies: frozenset[int], meets: frozenset[int]
) -> None:
    trade = Trade(Fate(dies, meets))
    trade.go(told)
    check(trade)
