"""The ledger beside its plain reference: every request goes to both, and after every step both must hold the same."""

import inspect
import random
from collections import Counter, defaultdict
from dataclasses import replace
from unittest.mock import patch

import hypothesis.strategies as st
import pytest
from hypothesis import currently_in_test_context, note
from hypothesis.stateful import rule

from shared.kernel.clock import DAY_MS, month_number
from shared.kernel.errors import TesseraError
from shared.ledger import pairs
from shared.ledger.audit import History
from shared.ledger.model import Place
from shared.ledger.service import Ledger
from tests.fakes.clock import FakeClock
from tests.fakes.journal import FakeJournal
from tests.support.walked import audit_findings
from tests.unit.ledger.commands import RATES, earn, enrol
from tests.unit.ledger.machine_invariants import CURRENCIES, Invariants, kinds_of
from tests.unit.ledger.reference import ReferenceAccount
from tests.unit.ledger.reference_answers import Refused, Repeated
from tests.unit.ledger.reference_book import ReferenceBook

PARTNERS = ("alpha", "beta", "gamma")
STRANGER = "9999999999"
HOUR_MS = 3_600_000
CASHBACK_RATES = replace(RATES, cashback_bps=500)
MOST_FOLLOWERS = 2

HAPPENED: Counter[str] = Counter()
"""How often each operation took effect and each refusal was met, over all runs."""


def step_if(possible, often=3):
    """A method that is one kind of step of the machine, taken only where `possible(machine)`, and so `often`."""

    def marked(method):
        method.possible, method.often = possible, often
        return method

    return marked


def step_after(*ops):
    return step_if(lambda machine: bool(machine.made(*ops)))


step = step_if(lambda machine: True)
rare_step = step_if(lambda machine: True, often=1)


class LedgerBesideReference(Invariants):
    def __init__(self):
        super().__init__()
        self.clock = FakeClock()
        self.journal = FakeJournal()
        self.ledger = Ledger(self.journal, self.clock, sleep=lambda _: None)
        self.book = ReferenceBook(MOST_FOLLOWERS)
        self.accepted = []
        self.counter = 0
        self.cards = []
        self.histories = defaultdict(History)
        self.flows = Counter()
        self.heads = {}
        self.steps = [method for _, method in inspect.getmembers(self, callable) if hasattr(method, "possible")]
        self.fewer_followers = patch.object(pairs, "MOST_FOLLOWERS", MOST_FOLLOWERS)
        self.fewer_followers.start()
        for _ in range(4):
            self.enrol_another()

    def teardown(self):
        self.fewer_followers.stop()
        assert audit_findings(self.journal.items) == []

    @rule(luck=st.integers(0, 2**16 - 1).map(random.Random))
    def happens(self, luck):
        """Any kind of step.

        All of it is drawn as one number: with rules and values of its own choice Hypothesis repeats itself so
        much that what needs several things at once is hardly ever met.
        """
        possible = [method for method in self.steps if method.possible(self)]
        luck.choice([method for method in possible for _ in range(method.often)])(luck)

    def enrol_another(self):
        """With something to spend, so that little is refused for want of it."""
        self.cards.append(f"{len(self.cards) + 1:010d}")
        member, month = self.cards[-1], month_number(self.clock()) + len(self.cards) % 3
        self.ask(enrol, member=member)
        for currency, issuer in zip(CURRENCIES, PARTNERS, strict=False):
            self.ask(
                earn,
                20,
                member=member,
                partner=issuer,
                amount_cents=400,
                expiry_month=month,
                rates=CASHBACK_RATES,
                cashback_cents=20,
                currency=currency,
            )

    def account(self, card):
        """The account that answers for the card, in the reference as it is now; an empty one for a stranger."""
        account = self.book.accounts.get(card, ReferenceAccount(card, Counter()))
        account = self.book.answering(account)
        account.time_passes(self.clock())
        return account

    def usable(self):
        return [card for card in self.cards if not self.account(card).closed]

    def card(self, luck):
        """Mostly one that can be used, sometimes a closed one or one that nobody has."""
        usable = self.usable()
        closed = [card for card in self.cards if card not in usable]
        return luck.choice(usable * 8 + closed[-1:] + [STRANGER])

    def quantity(self, luck, available):
        """Mostly what is there or part of it, sometimes one more."""
        return max(1, luck.choice((available, (available + 1) // 2, 1, 3, available - 1, available + 1)))

    def issue(self, luck):
        """Of a card: mostly the current one."""
        return luck.choice((1,) * 19 + (2,))

    def key(self, luck):
        """Mostly a new one."""
        return luck.choice(("new",) * 9 + ("k1", "k2", "k3"))

    def made(self, *ops):
        """Entries that were accepted."""
        return [entry for _, entry in self.accepted if not ops or entry.op.value in ops]

    def command(self, make, *args, key="new", age_ms=0, **fields):
        self.counter += 1
        name = f"n{self.counter}" if key == "new" else key
        asked = [getattr(one, "entry_id", one) for one in args]
        body = repr((make.__name__, asked, sorted(fields.items())))
        return make(name, self.clock() - age_ms, *args, body=body, **{"receipt": None, **fields})

    def ask(self, make, *args, **fields):
        return self.send(self.command(make, *args, **fields))

    def send(self, command):
        """The entry that answers, or None: the ledger must do what the reference does."""
        before = {member: len(items) for member, items in self.journal.items.items()}
        if any(is_same(command, done) for done, _ in self.accepted if self.is_old(done)):
            # Between the 30th day and the account's next entry but one a late read may still know it: either is right.
            self.journal.stale_reads = 0
        due = self.expected(command)
        if currently_in_test_context():
            note(f"{type(command).__name__} {command.member} {getattr(command, 'other', '')}: {due!r}")
        entry, written = None, {}
        if isinstance(due, Refused):
            with pytest.raises(TesseraError) as refusal:
                self.apply(command)
            assert refusal.value.code == due.code
            HAPPENED[due.code] += 1
        elif isinstance(due, Repeated):
            applied = self.apply(command)
            assert applied.replayed
            assert applied.entry == self.journal.entry(due.member, due.seq, consistent=True)
            HAPPENED["repeated"] += 1
            entry = applied.entry
        else:
            entry = self.apply(command).entry
            written = {line.member: 1 for line in (due.line, due.other) if line is not None}
            self.check_entry(entry, due)
            self.accepted.append((command, entry))
            HAPPENED[entry.op.value] += 1
        after = {member: len(items) for member, items in self.journal.items.items()}
        assert Counter(after) - Counter(before) == written
        return entry

    def expected(self, command):
        try:
            return self.book.ask(command, self.clock())
        except (Refused, Repeated) as answer:
            return answer

    def is_old(self, command):
        """Whether its key need not be known any more."""
        return self.clock() - command.occurred_at_ms > 30 * DAY_MS

    def apply(self, command):
        return (self.ledger.apply_pair if hasattr(command, "other") else self.ledger.apply)(command)

    def check_entry(self, entry, done):
        line, other = done.line, done.other
        assert (entry.member, entry.seq, entry.visit) == (line.member, line.seq, line.visit)
        assert (entry.points, entry.cashback_cents) == (done.points, done.cashback)
        assert entry.counterpart == (f"{other.member}-{other.seq}" if other else None)
        assert entry.recorded_at_ms == self.clock()
        if other:
            there = self.journal.entry(other.member, other.seq, consistent=True)
            assert (there.op, there.points, there.visit) == (entry.op, entry.points, False)
            assert (there.counterpart, there.recorded_at_ms) == (entry.entry_id, entry.recorded_at_ms)
            assert there.lots_from(Place.TRANSFER) == entry.lots_to(Place.TRANSFER)
            assert there.lots_to(Place.TRANSFER) == entry.lots_from(Place.TRANSFER)
        if entry.op.value in ("redeem", "capture", "spend", "payout"):
            taken = Counter(coin.kind for coin in self.book.redemptions[line.member, line.seq])
            assert taken == kinds_of(entry.lots_to(Place.ACCEPTOR))


def is_same(request, other):
    return (request.key_hash, request.body_hash) == (other.key_hash, other.body_hash)
