"""Any sequence of commands, faults included, against a plain reference that shares no code with the ledger."""

from collections import Counter, defaultdict

import hypothesis.strategies as st
import pytest
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from shared.kernel.clock import DAY_MS, month_number
from shared.kernel.errors import TesseraError
from shared.ledger.audit import check_history
from shared.ledger.passing_time import pass_time
from shared.ledger.postings import postings
from shared.ledger.service import Ledger
from tests.fakes.clock import FakeClock
from tests.fakes.journal import FakeJournal
from tests.unit.ledger.commands import (
    adjust,
    cancel,
    capture,
    earn,
    earns,
    enrol,
    lapse,
    redeem,
    reserve,
    take_back,
    void,
)
from tests.unit.ledger.reference import ReferenceAccount

MEMBERS = ("0000000001", "0000000002")
PARTNERS = ("alpha", "beta", "gamma")
HOUR_MS = 3_600_000
members = st.sampled_from(MEMBERS)
partners = st.sampled_from(PARTNERS)
small = st.integers(1, 40)


class LedgerAgainstReference(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.clock = FakeClock()
        self.journal = FakeJournal()
        self.ledger = Ledger(self.journal, self.clock, sleep=lambda _: None)
        self.reference = defaultdict(ReferenceAccount)
        self.accepted = []
        self.visits = set()
        self.due = set()
        self.counter = 0
        for member in MEMBERS:
            self._accept(enrol(self._key(), self.clock(), member=member))

    def _key(self):
        self.counter += 1
        return f"k{self.counter}"

    def _place(self, receipt):
        return {"location": "s1", "receipt": f"{receipt}-{self.clock() // DAY_MS}"}

    def _account(self, member):
        account = self.reference[member]
        account.time_passes(self.clock(), month_number(self.clock()))
        return account

    def _accept(self, command):
        entry = self.ledger.apply(command).entry
        self.accepted.append((command, entry))
        self._account(command.member)
        self.due.discard(command.member)
        place = (command.member, command.partner, command.location, command.receipt)
        counts = entry.op.value in ("enrol", "redeem", "capture") or (entry.op.value == "earn" and entry.points > 0)
        assert entry.visit == (counts and place not in self.visits)
        if counts:
            self.visits.add(place)
        return entry

    def _refused(self, command, code):
        before = self.journal.items[command.member][:]
        with pytest.raises(TesseraError) as refusal:
            self.ledger.apply(command)
        assert refusal.value.code == code
        assert self.journal.items[command.member] == before

    def _entries(self, member, *ops):
        return [entry for _, entry in self.accepted if entry.member == member and entry.op.value in ops]

    @rule(
        member=members,
        partner=partners,
        cents=st.integers(0, 900),
        months=st.integers(0, 3),
        receipt=st.integers(0, 5),
        wait_days=st.sampled_from((None, 0, 3, 40)),
    )
    def earn(self, member, partner, cents, months, receipt, wait_days):
        now = self.clock()
        month = month_number(now) + months
        matures = None if wait_days is None else now + wait_days * DAY_MS
        command = earn(
            self._key(),
            now,
            earns(cents),
            amount_cents=cents,
            member=member,
            partner=partner,
            expiry_month=month,
            matures_at_ms=matures,
            **self._place(receipt),
        )
        seen = {(done.partner, done.receipt) for done in self._entries(member, "earn")}
        if (partner, command.receipt) in seen:
            self._refused(command, "receipt_already_recorded")
            return
        entry = self._accept(command)
        waits = matures if matures is not None and matures > now else None
        self.reference[member].earn(entry.seq, partner, month, command.points, waits)

    @rule(member=members, partner=partners, number=small, receipt=st.integers(0, 5))
    def redeem(self, member, partner, number, receipt):
        command = redeem(self._key(), self.clock(), number, member=member, partner=partner, **self._place(receipt))
        if number > len(self._account(member).active()):
            self._refused(command, "insufficient_points")
            return
        entry = self._accept(command)
        self.reference[member].redeem(entry.seq, number)
        taken = Counter((point.issuer, point.month) for point in self.reference[member].redemptions[entry.seq])
        assert taken == Counter({(lot.issuer, lot.expiry_month): lot.quantity for lot in entry.lots_moved})

    @rule(member=members, partner=partners, number=small, hours=st.sampled_from((1, 24, 24 * 40)))
    def reserve(self, member, partner, number, hours):
        command = reserve(self._key(), self.clock(), number, member=member, partner=partner, ttl_ms=hours * HOUR_MS)
        if number > len(self._account(member).active()):
            self._refused(command, "insufficient_points")
            return
        entry = self._accept(command)
        self.reference[member].reserve(entry.seq, number, entry.recorded_at_ms + hours * HOUR_MS)

    @precondition(lambda self: any(entry.op.value == "reserve" for _, entry in self.accepted))
    @rule(data=st.data(), number=st.none() | small, ends=st.sampled_from(("capture", "void", "stranger")))
    def end_a_hold(self, data, number, ends):
        held = data.draw(st.sampled_from([entry for _, entry in self.accepted if entry.op.value == "reserve"]))
        now, account = self.clock(), self._account(held.member)
        own = {"member": held.member, "partner": held.partner if ends != "stranger" else "stranger"}
        if ends == "void":
            command = void(self._key(), now, hold_seq=held.seq, **own)
        else:
            command = capture(self._key(), now, number, hold_seq=held.seq, **own)
        if held.seq not in account.holds or ends == "stranger":
            self._refused(command, "hold_not_open")
            return
        available = len(account.holds[held.seq][1])
        if ends == "void":
            self._accept(command)
            account.release(held.seq)
        elif number is not None and number > available:
            self._refused(command, "insufficient_points")
        else:
            entry = self._accept(command)
            account.capture(entry.seq, held.seq, available if number is None else number)

    @precondition(lambda self: any(entry.op.value == "earn" for _, entry in self.accepted))
    @rule(data=st.data(), cents=st.none() | st.integers(1, 900))
    def return_a_purchase(self, data, cents):
        bought = data.draw(st.sampled_from([entry for _, entry in self.accepted if entry.op.value == "earn"]))
        account = self._account(bought.member)
        command = take_back(self._key(), self.clock(), bought, cents)
        left = bought.amount_cents - account.returned[bought.seq]
        wanted = left if cents is None else cents
        if not 0 < wanted <= left:
            self._refused(command, "return_exceeds_purchase")
            return
        entry = self._accept(command)
        assert entry.points == earns(left) - earns(left - wanted)
        account.returned[bought.seq] += wanted
        account.take_back(bought.seq, entry.points)

    @precondition(lambda self: any(entry.op.value in ("redeem", "capture") for _, entry in self.accepted))
    @rule(data=st.data(), number=st.none() | small)
    def cancel_a_redemption(self, data, number):
        made = [entry for _, entry in self.accepted if entry.op.value in ("redeem", "capture")]
        redeemed = data.draw(st.sampled_from(made))
        account = self._account(redeemed.member)
        command = cancel(self._key(), self.clock(), redeemed, number)
        left = redeemed.points - account.cancelled[redeemed.seq]
        wanted = left if number is None else number
        if not 0 < wanted <= left:
            self._refused(command, "cancel_exceeds_redemption")
            return
        self._accept(command)
        account.cancelled[redeemed.seq] += wanted
        account.give_back(redeemed.seq, wanted, month_number(self.clock()))

    @rule(member=members, partner=partners, number=st.integers(-40, 40).filter(bool), months=st.integers(0, 2))
    def adjust(self, member, partner, number, months):
        month = month_number(self.clock()) + months
        command = adjust(self._key(), self.clock(), number, member=member, issuer=partner, expiry_month=month)
        account = self._account(member)
        if -number > len(account.active()):
            self._refused(command, "insufficient_points")
            return
        self._accept(command)
        if number > 0:
            account.earn(-self.counter, partner, month, 0, None)
            account.debt, debt = Counter(), account.debt
            account.earn(-self.counter, partner, month, number, None)
            account.debt = debt
        else:
            account.take(-number, "adjustment")

    @rule(member=members)
    def nothing_but_time(self, member):
        command = lapse(self._key(), self.clock(), member=member)
        if member in self.due:
            self._accept(command)
        else:
            self._refused(command, "nothing_due")

    @rule(data=st.data())
    def repeat_an_accepted_request(self, data):
        command, entry = data.draw(st.sampled_from(self.accepted))
        if self.clock() - command.occurred_at_ms > 30 * DAY_MS:
            return
        applied = self.ledger.apply(command)
        assert applied.replayed
        assert applied.entry == entry

    @rule(hours=st.sampled_from((1, 23, 24, 24 * 7, 24 * 25)))
    def time_passes(self, hours):
        before = {member: self._account(member).book() for member in MEMBERS}
        self.clock.advance(ms=hours * HOUR_MS)
        self.due |= {member for member in MEMBERS if self._account(member).book() != before[member]}

    @rule()
    def the_next_reply_is_lost(self):
        self.journal.lose_replies = 1

    @rule(reads=st.integers(1, 2))
    def the_next_reads_are_stale(self, reads):
        self.journal.stale_reads = reads

    @invariant()
    def histories_hold_and_agree_with_the_reference(self):
        for member in MEMBERS:
            history = list(self.ledger.history(member))
            check_history(history)
            account, _ = pass_time(history[-1].account, self.clock())
            reference = self._account(member)
            assert _lots(account.lots) == reference.lots()
            assert _lots(waiting.lot for waiting in account.pending) == reference.lots("pending")
            assert _lots(lot for hold in account.holds for lot in hold.lots) == reference.lots("held")
            assert {debt.issuer: debt.quantity for debt in account.debts} == dict(+reference.debt)

    @invariant()
    def every_issuer_balances(self):
        for member in MEMBERS:
            flows = Counter()
            for entry in self.ledger.history(member):
                for leg in postings(entry):
                    flows[leg.account.split(":")[0], leg.issuer] += leg.quantity
            for issuer in PARTNERS:
                assert sum(points for (_, who), points in flows.items() if who == issuer) == 0


def _lots(lots):
    counted = Counter()
    for lot in lots:
        counted[lot.issuer, lot.expiry_month] += lot.quantity
    return counted


TestLedgerAgainstReference = LedgerAgainstReference.TestCase
TestLedgerAgainstReference.settings = settings(max_examples=50, stateful_step_count=50, deadline=None)
