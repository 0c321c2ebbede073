"""What is kept of finished settlements gives the same figures as all payments that there ever were."""

import copy
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partners.books.money_service import MoneyBooks
from partners.books.receivable_service import Receivables
from partners.closure.model import of_settlement
from partners.funding.deposits import settled_by
from partners.settlement.payments import changes, sums_codec
from partners.settlement.payments import store as payments_store
from partners.settlement.payments.agreed_store import AdvanceStore
from partners.settlement.payments.legs import CAME_BACK, LegState
from partners.settlement.payments.model import ENDED
from partners.settlement.payments.store import PaymentStore
from partners.settlement.payments.sums import RULES, Known, moves_of, sums_of
from partners.settlement.payments.telling import BankWord
from partners.settlement.window_store import WindowStore
from shared.kernel.canonical import canonical_json, digest_of
from shared.kernel.clock import DAY_MS, utc_day
from shared.kernel.errors import ConflictError, UnprocessableError
from tests.fakes.collateral import default_by_two
from tests.fakes.dynamodb import DynamoDBMethods, FakeDynamoDB
from tests.fakes.invoice_book import FakeInvoiceBook
from tests.fakes.invoice_payment_book import FakeInvoicePaymentBook
from tests.functional.partners.test_payment_store import calculated, lived
from tests.simulation.mortals import Fate, MortalDynamoDB, ProcessDiedError
from tests.unit.partners.books.test_past_receivables import NothingHeard
from tests.unit.partners.settlement.deposit_office import PREPAID, DepositOffice
from tests.unit.partners.settlement.test_deposits_conserved import anything
from tests.unit.partners.settlement.windows_world import PARTNERS


class AllPayments(PaymentStore):
    """Knows nothing but settlements themselves."""

    def known(self, currency: str = "") -> Known:
        return Known(tuple(one for one in self.all() if one.currency.endswith(currency)))


def figures(office: DepositOffice, store: PaymentStore) -> dict[str, Any]:
    """All that is told of all settlements."""
    rows: Any = office.dynamodb
    windows = WindowStore(rows, "settlement")
    receivables = Receivables(
        store, windows, NothingHeard(), FakeInvoiceBook(), FakeInvoicePaymentBook(), office, office.clock
    )
    money = MoneyBooks(
        store,
        windows,
        office.windows(),
        office.contracts,
        office.funding_of(),
        AdvanceStore(rows, "settlement"),
        office.deposits_of(),
        office.clock,
    )
    known = store.known("USD")
    return {
        "money": money.balance(),
        "money of the day before": money.balance(date.fromisoformat(utc_day(office.clock() - DAY_MS))),
        "now": receivables.aged(),
        "of earlier days": [
            receivables.aged(date.fromisoformat(utc_day(office.clock() - days_ago * DAY_MS))) for days_ago in (1, 2)
        ],
        "what may be drawn": [(one.settlement_id, one.version, one.spare_cents, one.unseen) for one in known.sums],
        "deposits": settled_by(store.moves(known, "USD")),
        "windows": known.windows,
        "left at a closure": [
            left for partner_id in PARTNERS for one in known.unfinished for left in of_settlement(one, partner_id)
        ],
    }


def to_its_end(office: DepositOffice, number: int, rng: random.Random) -> None:
    """Bring a window's settlement as far as it goes: what is asked for is paid, and what was tried fails."""
    payments = office.payments()

    def acts() -> Iterator[Callable[[], object]]:
        one = payments.settlement(number, "USD")
        yield lambda: payments.approve(number, "USD", "bob")
        yield lambda: payments.collect(number, "USD", "ann")
        for leg in one.legs:
            states = sorted(leg.following - CAME_BACK - {LegState.DISPUTED, LegState.SUBMITTED})
            for state in rng.sample(states, len(states)):
                yield lambda key=leg.key, state=state: payments.tell(
                    number, "USD", [BankWord(key, state, "B-1")], "bank"
                )  # type: ignore[misc]
        for party, _ in one.net_cents:
            yield lambda party=party: default_by_two(payments, number, "USD", party)  # type: ignore[misc]
            yield lambda party=party: payments.give_up(number, "USD", party, "ann")  # type: ignore[misc]
        yield lambda: payments.pay(number, "USD", "bob")
        yield lambda: payments.pay(number, "USD", "cleo")

    for _ in range(4):
        for act in acts():
            try:
                act()
            except (ConflictError, UnprocessableError):
                continue


def test_figures_from_what_is_kept_are_those_of_all_payments_whatever_becomes_of_settlements(in_full: bool) -> None:
    met: Counter[str] = Counter()

    @settings(max_examples=100 if in_full else 2, deadline=None)
    @given(st.integers(0, 10**9))
    def lived(seed: int) -> None:
        live(seed, met)

    lived()
    assert met["finished"] > 0
    assert met["changed since"] > 0, "or it would hold of none that was finished before"


def live(seed: int, met: Counter[str]) -> None:
    rng = random.Random(seed)
    office = DepositOffice(seed, entries=20, days=4)
    kept, recounted = (kind(office.dynamodb, "settlement") for kind in (PaymentStore, AllPayments))  # type: ignore[arg-type]

    def check() -> set[str]:
        told = figures(office, kept)
        assert told == figures(office, recounted)
        assert told["money"].contradictions == told["money of the day before"].contradictions == ()
        assert kept.differing() == []
        finished = {one.settlement_id for one in kept.known().finished}
        met["finished"] += len(finished)
        return finished

    for window in range(1, 5):
        for partner_id in PREPAID:
            office.pays(partner_id, rng.randrange(1, 900), f"{partner_id}-{window}")
        assert office.pass_days(1) == window
        office.payments().calculate(window, "ann")
        for number in {max(1, window - rng.randrange(2)), max(1, window - 1)}:
            if kept.of_window(number):
                to_its_end(office, number, rng)
        office.payments().work()
        finished = check()
        for _ in range(12):
            anything(rng, office, rng.randint(1, window))
            office.clock.advance(ms=rng.choice((-1, 0, 1, 60_000)))
        met["changed since"] += len(finished - check())
        office.issuing().work()
        if rng.random() < 0.3:
            as_of_before(office)
            check()


def as_of_before(office: DepositOffice) -> None:
    """As an earlier version left the store: finished settlements have no mark, and nothing else."""
    rows = office.dynamodb.tables["settlement"]
    for key in [key for key in rows if key[0] in ("SUMS", "MOVES", "SETTLEMENTS-OPEN")]:
        del rows[key]


class Reads(DynamoDBMethods):
    """Passes calls on to `inner`, and counts what queries and gets find, by pk."""

    _request_signer = None
    meta = FakeDynamoDB.meta
    exceptions = FakeDynamoDB.exceptions

    def __init__(self, inner: FakeDynamoDB) -> None:
        self._inner = inner
        self.found: Counter[str] = Counter()

    def _make_api_call(self, operation_name: str, api_params: dict[str, Any]) -> dict[str, Any]:
        answer = self._inner._make_api_call(operation_name, api_params)
        items = answer.get("Items", [answer["Item"]] if "Item" in answer else [])
        self.found.update(item["pk"]["S"] for item in items)
        return answer


def settled(office: DepositOffice, windows: int) -> None:
    for window in range(1, windows + 1):
        office.pass_days(1)
        payments = office.payments()
        payments.calculate(window, "ann")
        to_its_end(office, window, random.Random(window))
        payments.work()
        payments.work()


def test_who_asks_what_is_there_reads_unfinished_settlements_alone() -> None:
    office = DepositOffice(3, entries=30, days=5)
    settled(office, 4)
    office.pass_days(1)
    office.payments().calculate(5, "ann")
    reads = Reads(office.dynamodb)
    store = PaymentStore(reads, "settlement")  # type: ignore[arg-type]
    known = store.known("USD")
    assert [one.window for one in known.unfinished] == [5]
    assert [one.window for one in known.finished] == [1, 2, 3, 4]
    assert all(one.stage in ENDED for one in store.all() if one.window < 5)
    reads.found.clear()
    store.moves(store.known("USD"), "USD")
    assert (reads.found["SETTLEMENTS"], reads.found["SUMS"], reads.found["MOVES"]) == (1, 4, 4)
    reads.found.clear()
    office.deposits_of(reads).settled("USD")
    assert reads.found["SETTLEMENTS"] == 1


def test_statements_read_the_settlements_that_changed_since_the_last() -> None:
    office = DepositOffice(3, entries=30, days=5)
    settled(office, 3)
    office.issuing().work()
    office.pass_days(1)
    reads = Reads(office.dynamodb)
    (leg, *_) = office.payments().settlement(2, "USD").legs
    said = LegState.REVERSED if LegState.REVERSED in leg.following else LegState.RETURNED
    office.payments().tell(2, "USD", [BankWord(leg.key, said, "B-9")], "bank")
    office.issuing(reads).work()
    assert reads.found["SETTLEMENTS"] == 1
    counted = office.issuing()._recall(4)
    assert [moved.payment.reference for moved in counted.moved] == [f"{leg.key}:{said}"]


def test_settlements_of_before_are_read_whole_until_the_schedule_has_summed_them_up() -> None:
    office = DepositOffice(3, entries=30, days=4)
    settled(office, 3)
    store = PaymentStore(office.dynamodb, "settlement")  # type: ignore[arg-type]
    was = figures(office, store)
    as_of_before(office)
    assert store.known().finished == ()
    assert figures(office, store) == {**was, "left at a closure": []}
    office.payments().work()
    assert len(store.known().finished) == 3
    assert figures(office, store) == was


def test_what_was_summed_up_by_other_rules_is_read_whole_and_summed_up_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    office = DepositOffice(3, entries=30, days=4)
    settled(office, 3)
    store, rows = PaymentStore(office.dynamodb, "settlement"), office.dynamodb.tables["settlement"]  # type: ignore[arg-type]
    was = figures(office, store)
    rows["SUMS", "USD-00000002"] = {**rows["SUMS", "USD-00000002"], "rules": {"N": "0"}, "spare_cents": {"N": "7"}}
    assert [one.window for one in store.known().unfinished] == [2]
    assert figures(office, store) == was
    assert store.differing() == [(2, "USD")]
    monkeypatch.setattr(sums_codec, "RULES", RULES + 1)
    monkeypatch.setattr(payments_store, "_ALL", f"ALL-{RULES + 1}")
    assert (len(store.known().unfinished), figures(office, store)) == (3, was)
    office.payments().work()
    assert (len(store.known().finished), figures(office, store)) == (3, was)


def test_whoever_changes_what_settlements_come_to_counts_up_the_rules() -> None:
    """If this fails, what is kept of finished settlements is not what they come to any more: count up RULES."""
    one = lived(calculated(7, "USD"))
    aborted = changes.aborted(changes.approved(calculated(8, "USD"), "bob", 2_000), "ann", 3_000)
    made = [asdict(made_of(each)) for each in (one, aborted) for made_of in (sums_of, moves_of)]
    assert (RULES, digest_of(canonical_json(made))[:16]) == (2, "1ce7639a562f9aa8")


def test_an_earlier_version_still_at_work_takes_no_settlement_out_of_sight() -> None:
    office = DepositOffice(3, entries=30, days=4)
    settled(office, 3)
    store, rows = PaymentStore(office.dynamodb, "settlement"), office.dynamodb.tables["settlement"]  # type: ignore[arg-type]
    was = figures(office, store)
    as_of_before(office)
    rows["SETTLEMENTS-UNFINISHED", "00000002-USD"] = {
        "pk": {"S": "SETTLEMENTS-UNFINISHED"},
        "sk": {"S": "00000002-USD"},
    }
    assert len(store.unfinished()) == 3
    for key in [key for key in rows if key[0] == "SETTLEMENTS-UNFINISHED"]:
        del rows[key]
    assert len(store.known().sums) == 3
    office.payments().work()
    assert (len(store.known().finished), figures(office, store)) == (3, was)


def test_whoever_dies_while_summing_up_leaves_every_figure_as_it_is(in_full: bool) -> None:
    before = DepositOffice(3, entries=20, days=3)
    settled(before, 2)
    as_of_before(before)
    was = figures(before, PaymentStore(before.dynamodb, "settlement"))  # type: ignore[arg-type]
    counting = Fate()
    copy.deepcopy(before).payments(MortalDynamoDB(copy.deepcopy(before.dynamodb), counting)).work()
    assert counting.moments > 10
    for moment in range(1, counting.moments + 1, 1 if in_full else 5):
        office = copy.deepcopy(before)
        store = PaymentStore(office.dynamodb, "settlement")  # type: ignore[arg-type]
        with pytest.raises(ProcessDiedError):
            office.payments(MortalDynamoDB(office.dynamodb, Fate(dies=frozenset({moment})))).work()
        assert figures(office, store) == was, moment
        office.payments().work()
        assert (figures(office, store), store.differing()) == (was, []), moment
        assert len(store.known().finished) == 2


def test_what_is_kept_and_is_not_what_a_settlement_comes_to_is_found_and_mended() -> None:
    office = DepositOffice(3, entries=30, days=4)
    settled(office, 3)
    store = PaymentStore(office.dynamodb, "settlement")  # type: ignore[arg-type]
    assert store.differing() == []
    was, rows = figures(office, store), office.dynamodb.tables["settlement"]
    rows["SUMS", "USD-00000001"] = {**rows["SUMS", "USD-00000001"], "spare_cents": {"N": "12345"}}
    rows["MOVES", "USD-00000002"] = {**rows["MOVES", "USD-00000002"], "moves": rows["MOVES", "USD-00000003"]["moves"]}
    del rows["SUMS", "USD-00000003"], rows["MOVES", "USD-00000003"]
    assert figures(office, store) != was
    assert store.differing() == [(1, "USD"), (2, "USD"), (3, "USD")]
    for of in store.differing():
        store.mark(*of)
    assert store.differing() == []
    assert figures(office, store) == {**was, "left at a closure": []}
    office.payments().work()
    assert figures(office, store) == was
