"""What the stateful test of the ledger needs besides its rules: how a request is made, refused, and looked back at."""

from collections import Counter, defaultdict
from dataclasses import replace
from itertools import groupby

import pytest
from hypothesis.stateful import RuleBasedStateMachine

from shared.kernel.clock import DAY_MS, month_number
from shared.kernel.errors import TesseraError
from shared.kernel.ids import digest
from shared.ledger.audit import History, check_history
from shared.ledger.commands import Earn, PairCommand
from shared.ledger.model import POINTS
from shared.ledger.passing_time import pass_time
from shared.ledger.postings import postings
from shared.ledger.service import Ledger
from tests.fakes.clock import FakeClock
from tests.fakes.journal import FakeJournal
from tests.unit.ledger.commands import enrol
from tests.unit.ledger.reference import ReferenceBook

FIRST_MEMBERS = 4
MOST_MEMBERS = 8
CURRENCIES = ("USD", "EUR")
KNOWN_MS = 30 * DAY_MS
FORMER_MS = 32 * DAY_MS


class BookOfAccounts(RuleBasedStateMachine):
    """Members with their accounts, in the ledger and in the reference."""

    def __init__(self):
        super().__init__()
        self.clock = FakeClock()
        self.journal = FakeJournal()
        self.ledger = Ledger(self.journal, self.clock, sleep=lambda _: None)
        self.reference = ReferenceBook()
        self.accepted = []
        self.visits = set()
        self.due = set()
        self.counter = 0
        self.left = defaultdict(dict)
        self.ever = defaultdict(set)
        self.histories = defaultdict(History)
        self.flows = Counter()
        for _ in range(FIRST_MEMBERS):
            self._enrol()

    @property
    def members(self):
        return sorted(self.reference.accounts)

    def _enrol(self):
        member = f"{len(self.reference.accounts) + 1:010d}"
        self.reference.open(member)
        self._accept(enrol(self._key(), self.clock(), member=member))

    def _key(self):
        self.counter += 1
        return f"k{self.counter}"

    def _month(self):
        return month_number(self.clock())

    def _place(self, receipt):
        return {"location": "s1", "receipt": f"{receipt}-{self.clock() // DAY_MS}"}

    def _account(self, member):
        """The member's own account, now."""
        account = self.reference.accounts[member]
        account.time_passes(self.clock(), self._month())
        return account

    def _answering(self, member):
        return self._account(self.reference.answering(member).member)

    def _apply(self, command):
        return self.ledger.apply_pair(command) if isinstance(command, PairCommand) else self.ledger.apply(command)

    def _accept(self, command):
        entry = self._apply(command).entry
        assert entry not in [before for _, before in self.accepted]
        self.accepted.append((command, entry))
        written = [entry.member, *([entry.counterpart.partition("-")[0]] if entry.counterpart else [])]
        for member in written:
            self._account(member)
            self.due.discard(member)
        place = (entry.member, command.partner, command.location, command.receipt)
        counts = entry.op.value in ("enrol", "redeem", "capture", "spend") or (entry.op == "earn" and entry.points > 0)
        assert entry.visit == (counts and place not in self.visits)
        if counts:
            self.visits.add(place)
        return entry

    def _refused(self, command, code):
        before = {member: len(items) for member, items in self.journal.items.items()}
        with pytest.raises(TesseraError) as refusal:
            self._apply(command)
        assert refusal.value.code == code
        assert {member: len(items) for member, items in self.journal.items.items()} == before

    def _do(self, command, code, effect):
        """Expect `command` to be refused with `code`, or if that is None to be accepted; then `effect(entry)`."""
        if code is not None:
            self._refused(command, code)
            return None
        entry = self._accept(command)
        effect(entry)
        for account in self.reference.accounts.values():
            account.time_passes(self.clock(), self._month())
        return entry

    def _made(self, *ops):
        return [entry for _, entry in self.accepted if entry.op.value in ops]

    def _why_not(self, member):
        """Why a request with the member's card is refused whatever it asks, or None."""
        path = (self.reference.accounts[member], self.reference.answering(member))
        return "account_closed" if any(account.closed for account in path) else None

    def _why_not_earn(self, command):
        """Closed accounts first, then the time, then a receipt that either account knows."""
        now = self.clock()
        if closed := self._why_not(command.member):
            return closed
        limit = now if command.imported else min(command.late_limit_ms or KNOWN_MS, KNOWN_MS)
        if command.occurred_at_ms < now - limit:
            return "occurred_too_long_ago"
        seen = set()
        for member in (command.member, self.reference.answering(command.member).member):
            former = {leader for leader, until in self.left[member].items() if until > now}
            seen |= {member, *(self.ever[member] if command.imported else former)}
        place = (command.partner, command.receipt)
        known = any((done.partner, done.receipt) == place for done in self._made("earn") if done.member in seen)
        return "receipt_already_recorded" if known else None

    def _parted(self, member, leader):
        self.left[member][leader] = self.clock() + FORMER_MS

    def _again(self, command, entry):
        """The same request again, whoever answers for the card by now, gets the same answer."""
        imported = isinstance(command, Earn) and command.imported
        if not imported and self.clock() - entry.recorded_at_ms > KNOWN_MS:
            return
        applied = self._apply(command)
        assert (applied.replayed, applied.entry) == (True, entry)
        self._refused(replace(command, body_hash=digest("another")[:16]), "idempotency_key_reused")

    def check_books(self):
        for member in self.members:
            history = self.histories[member]
            for seq in range(history.seq + 1, len(self.journal.items[member]) + 1):
                entry = self.ledger.entry(member, seq)
                history.add(entry)
                for leg in postings(entry):
                    self.flows[leg.account.split(":")[0], leg.issuer, leg.unit] += leg.quantity

    def check_accounts(self):
        now = self.clock()
        for member in self.members:
            stored = self.journal.head(member, consistent=True).account
            account, _ = pass_time(stored, now)
            reference = self._account(member)
            assert _in_order(account.lots) == _runs(reference.active())
            for currency in CURRENCIES:
                cash = tuple(lot for lot in account.cash if lot.unit == currency)
                assert _in_order(cash) == _runs(reference.active(currency))
            assert _lots(waiting.lot for waiting in account.pending) == _counted(reference.at("pending"))
            assert _lots(lot for hold in account.holds for lot in hold.lots) == _counted(reference.at("held"))
            assert {(debt.issuer, debt.unit): debt.quantity for debt in account.debts} == dict(+reference.debt)
            assert account.closed == reference.closed
            leader = reference.follows.member if reference.follows else None
            assert account.follows == leader
            followers = {(one.member, one.merge is not None) for one in reference.followers}
            assert {(one.member, one.merged) for one in account.followers} == followers
            for one in account.followers:
                assert len(self.journal.items[one.member]) == one.seq
            later = pass_time(pass_time(account, now + 5 * DAY_MS)[0], now + 45 * DAY_MS)[0]
            assert later == pass_time(stored, now + 45 * DAY_MS)[0]

    def check_sums(self):
        flows = {where: quantity for where, quantity in self.flows.items() if quantity}
        assert not any(place == "transfer" for place, _, _ in flows)
        stored = Counter(flows)
        self._settle_time(stored)
        assert {where: quantity for where, quantity in stored.items() if quantity} == self.reference.totals()
        for issuer, unit in {where[1:] for where in flows}:
            assert sum(quantity for where, quantity in flows.items() if where[1:] == (issuer, unit)) == 0

    def _settle_time(self, flows):
        """What time has done since each account's last entry is in no journal yet."""
        for member in self.members:
            _, moves = pass_time(self.journal.head(member, consistent=True).account, self.clock())
            for move in moves:
                flows[move.source.value, move.lot.issuer, move.lot.unit] -= move.lot.quantity
                flows[move.target.value, move.lot.issuer, move.lot.unit] += move.lot.quantity

    def teardown(self):
        for member in self.members:
            assert check_history(self.ledger.history(member)) == len(self.journal.items[member])


def _in_order(lots):
    return [(lot.issuer, lot.expiry_month, lot.quantity) for lot in lots]


def _runs(points):
    runs = groupby(points, key=lambda point: (point.issuer, point.month))
    return [(issuer, month, len(list(run))) for (issuer, month), run in runs]


def _lots(lots):
    counted = Counter()
    for lot in lots:
        counted[lot.issuer, lot.unit, lot.expiry_month] += lot.quantity
    return counted


def _counted(points):
    return Counter(point.lot for point in points)


__all__ = ["CURRENCIES", "MOST_MEMBERS", "POINTS", "BookOfAccounts"]
