"""Any sequence of commands, faults included, against a plain model that shares no code with the ledger."""

from collections import Counter, defaultdict

import hypothesis.strategies as st
import pytest
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from shared.kernel.clock import DAY_MS, month_number
from shared.kernel.errors import TesseraError
from shared.ledger.audit import check_history
from shared.ledger.postings import postings
from shared.ledger.service import Ledger
from tests.fakes.clock import FakeClock
from tests.fakes.journal import FakeJournal
from tests.unit.ledger.commands import earn, enrol, redeem

MEMBERS = ("0000000001", "0000000002")
PARTNERS = ("alpha", "beta", "gamma")
members = st.sampled_from(MEMBERS)
partners = st.sampled_from(PARTNERS)
points = st.integers(0, 300)


class BookModel:
    """The simplest account: a list of single points, each with issuer and month, in order of issue."""

    def __init__(self):
        self.points = []
        self.issued = Counter()
        self.redeemed = Counter()
        self.expired = Counter()

    def expire(self, month):
        self.expired += Counter(issuer for issuer, expiry, _ in self.points if expiry < month)
        self.points = [point for point in self.points if point[1] >= month]

    def grant(self, issuer, expiry, number):
        order = next(
            (rank for who, when, rank in self.points if (who, when) == (issuer, expiry)),
            max((rank for _, _, rank in self.points), default=0) + 1,
        )
        self.points += [(issuer, expiry, order)] * number
        self.issued[issuer] += number

    def take(self, number):
        self.points.sort(key=lambda point: (point[1], point[2]))
        taken, self.points = self.points[:number], self.points[number:]
        by_issuer = Counter(issuer for issuer, _, _ in taken)
        self.redeemed += by_issuer
        return by_issuer


class LedgerAgainstModel(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.clock = FakeClock()
        self.journal = FakeJournal()
        self.ledger = Ledger(self.journal, self.clock, sleep=lambda _: None)
        self.model = defaultdict(BookModel)
        self.accepted = []
        self.visits = set()
        self.counter = 0
        for member in MEMBERS:
            self._accept(enrol(f"join-{member}", self.clock(), member=member, receipt=None), member)
            self.visits.add((member, "alpha", "s1", f"join-{member}"))

    def _key(self):
        self.counter += 1
        return f"k{self.counter}"

    def _accept(self, command, member):
        applied = self.ledger.apply(command)
        assert not applied.replayed or self.journal.lose_replies == 0
        self.accepted.append((command, applied.entry))
        self.model[member].expire(month_number(self.clock()))
        return applied.entry

    @rule(member=members, partner=partners, number=points, months=st.integers(0, 3), receipt=st.integers(0, 5))
    def earn(self, member, partner, number, months, receipt):
        now = self.clock()
        expiry = month_number(now) + months
        name = f"{receipt}-{now // DAY_MS}"
        command = earn(
            self._key(), now, number, member=member, partner=partner, expiry_month=expiry, receipt=name, location="s1"
        )
        seen = {
            (done.member, done.partner, done.receipt)
            for done, entry in self.accepted
            if entry.op.value == "earn" and now - entry.recorded_at_ms <= 30 * DAY_MS
        }
        if (member, partner, name) in seen:
            self._must_refuse(command, "receipt_already_recorded")
            return
        entry = self._accept(command, member)
        self.model[member].grant(partner, expiry, number)
        self._count_visit(command, entry, number > 0)

    @rule(member=members, partner=partners, number=st.integers(1, 400), receipt=st.integers(0, 5))
    def redeem(self, member, partner, number, receipt):
        now = self.clock()
        name = f"{receipt}-{now // DAY_MS}"
        command = redeem(self._key(), now, number, member=member, partner=partner, receipt=name, location="s1")
        book = self.model[member]
        available = sum(expiry >= month_number(now) for _, expiry, _ in book.points)
        if number > available:
            self._must_refuse(command, "insufficient_points")
            return
        entry = self._accept(command, member)
        taken = Counter()
        for lot in entry.lots_moved:
            taken[lot.issuer] += lot.points
        assert taken == book.take(number)
        self._count_visit(command, entry, True)

    def _count_visit(self, command, entry, counts):
        place = (command.member, command.partner, command.location, command.receipt)
        assert entry.visit == (counts and place not in self.visits)
        if counts:
            self.visits.add(place)

    def _must_refuse(self, command, code):
        before = self.journal.items[command.member][:]
        with pytest.raises(TesseraError) as refusal:
            self.ledger.apply(command)
        assert refusal.value.code == code
        assert self.journal.items[command.member] == before

    @rule(data=st.data())
    def repeat_an_accepted_request(self, data):
        command, entry = data.draw(st.sampled_from(self.accepted))
        if self.clock() - command.occurred_at_ms > 30 * DAY_MS:
            return
        applied = self.ledger.apply(command)
        assert applied.replayed
        assert applied.entry == entry

    @rule(days=st.integers(0, 25))
    def time_passes(self, days):
        self.clock.advance(days=days)

    @rule()
    def the_next_reply_is_lost(self):
        self.journal.lose_replies = 1

    @rule(reads=st.integers(1, 2))
    def the_next_reads_are_stale(self, reads):
        self.journal.stale_reads = reads

    @invariant()
    def histories_hold_and_agree_with_the_model(self):
        for member in MEMBERS:
            history = list(self.ledger.history(member))
            check_history(history)
            lots = Counter()
            for lot in history[-1].account.lots:
                assert lot.points > 0
                lots[lot.issuer, lot.expiry_month] += lot.points
            assert lots == Counter((issuer, expiry) for issuer, expiry, _ in self.model[member].points)

    @invariant()
    def every_issuer_balances(self):
        for member in MEMBERS:
            flows = Counter()
            for entry in self.ledger.history(member):
                for leg in postings(entry):
                    flows[leg.account.split(":")[0], leg.issuer] += leg.points
            book = self.model[member]
            for issuer in PARTNERS:
                assert flows["issuer", issuer] == -book.issued[issuer]
                assert flows["acceptor", issuer] == book.redeemed[issuer]
                assert flows["breakage", issuer] == book.expired[issuer]
                held = sum(who == issuer for who, _, _ in book.points)
                assert book.issued[issuer] == held + book.redeemed[issuer] + book.expired[issuer]


TestLedgerAgainstModel = LedgerAgainstModel.TestCase
TestLedgerAgainstModel.settings = settings(max_examples=40, stateful_step_count=50, deadline=None)
