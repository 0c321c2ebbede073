"""Any sequence of commands, faults included, against a plain reference that shares no code with the ledger."""

from collections import Counter
from dataclasses import replace

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import initialize, invariant, precondition, rule

from shared.kernel.clock import DAY_MS
from tests.unit.ledger.commands import (
    RATES,
    adjust,
    cancel,
    capture,
    close,
    earn,
    earns,
    join,
    lapse,
    leave,
    merge,
    pay_out,
    redeem,
    reserve,
    spend,
    take_back,
    transfer,
    unmerge,
    void,
)
from tests.unit.ledger.machine import CURRENCIES, MOST_MEMBERS, POINTS, BookOfAccounts
from tests.unit.ledger.reference import Purchase

PARTNERS = ("alpha", "beta", "gamma")
HOUR_MS = 3_600_000
PAYOUT_MINIMUM = 5
UNMERGE_MS = 30 * DAY_MS
partners = st.sampled_from(PARTNERS)
currencies = st.sampled_from(CURRENCIES)
small = st.integers(1, 40)
cashback = st.sampled_from((0, 100, 1_000))


class LedgerAgainstReference(BookOfAccounts):
    def _card(self, data):
        return data.draw(st.sampled_from(self.members), label="card")

    def _some(self, data, there):
        """Mostly no more than there is."""
        if data.draw(st.integers(0, 9), label="too much") == 9:
            return there + 1
        return data.draw(st.integers(1, max(1, there)), label="number")

    @initialize(
        data=st.data(),
        bought=st.lists(st.tuples(partners, st.integers(300, 900), cashback, currencies), min_size=3, max_size=8),
    )
    def everybody_has_shopped(self, data, bought):
        for number, (partner, cents, bps, currency) in enumerate(bought):
            place = self._place(f"first-{number}")
            month = self._month() + number % 4
            self._earn(self._earning(data, partner, cents, bps, currency, month, **place))

    def _earning(self, data, partner, cents, bps, currency, month, **fields):
        return earn(
            self._key(),
            fields.pop("occurred_at_ms", self.clock()),
            earns(cents),
            member=self._card(data),
            amount_cents=cents,
            partner=partner,
            expiry_month=month,
            currency=currency,
            rates=replace(RATES, cashback_bps=bps),
            cashback_cents=cents * bps // 10_000,
            **fields,
        )

    def _earn(self, command):
        waits = command.matures_at_ms if (command.matures_at_ms or 0) > self.clock() else None
        account = self._answering(command.member)

        def effect(entry):
            assert entry.member == account.member
            bought = Purchase(
                entry.member, command.partner, command.currency, command.expiry_month, command.amount_cents
            )
            account.earn(entry.entry_id, bought, command.points, command.cashback_cents, waits)

        self._do(command, self._why_not_earn(command), effect)

    @rule(
        data=st.data(),
        partner=partners,
        cents=st.integers(0, 900),
        bps=cashback,
        currency=currencies,
        months=st.integers(0, 3),
        receipt=st.integers(0, 5),
        wait_days=st.sampled_from((None, 0, 3, 40)),
        days_late=st.sampled_from((0, 0, 0, 5, 29, 31)),
        limit_days=st.sampled_from((None, None, 2, 10, 90)),
    )
    def earn(self, data, partner, cents, bps, currency, months, receipt, wait_days, days_late, limit_days):
        now = self.clock()
        command = self._earning(
            data,
            partner,
            cents,
            bps,
            currency,
            self._month() + months,
            occurred_at_ms=now - days_late * DAY_MS,
            matures_at_ms=None if wait_days is None else now + wait_days * DAY_MS,
            late_limit_ms=None if limit_days is None else limit_days * DAY_MS,
            **self._place(receipt),
        )
        self._earn(command)

    @rule(
        data=st.data(),
        partner=partners,
        cents=st.integers(0, 900),
        bps=cashback,
        months=st.integers(-1, 2),
        days_ago=st.sampled_from((0, 20, 100, 500)),
        receipt=st.integers(0, 9),
    )
    def import_a_purchase(self, data, partner, cents, bps, months, days_ago, receipt):
        command = self._earning(
            data,
            partner,
            cents,
            bps,
            "USD",
            self._month() + months,
            occurred_at_ms=self.clock() - days_ago * DAY_MS,
            receipt=f"old-{receipt}",
            imported=True,
        )
        self._earn(command)

    @rule(data=st.data(), partner=partners, receipt=st.integers(0, 5))
    def redeem(self, data, partner, receipt):
        member = self._card(data)
        account = self._answering(member)
        number = self._some(data, len(account.active()))
        command = redeem(self._key(), self.clock(), number, member=member, partner=partner, **self._place(receipt))
        self._take(command, account, number, POINTS, "insufficient_points")

    @rule(data=st.data(), partner=partners, currency=currencies, receipt=st.integers(0, 5))
    def spend_cashback(self, data, partner, currency, receipt):
        member = self._card(data)
        account = self._answering(member)
        cents = self._some(data, len(account.active(currency)))
        command = spend(
            self._key(),
            self.clock(),
            cents,
            member=member,
            partner=partner,
            currency=currency,
            **self._place(receipt),
        )
        self._take(command, account, cents, currency, "insufficient_cashback")

    @rule(data=st.data(), currency=currencies)
    def pay_cashback_out(self, data, currency):
        member = self._card(data)
        account = self._answering(member)
        cents = self._some(data, len(account.active(currency)))
        command = pay_out(
            self._key(),
            self.clock(),
            cents,
            member=member,
            currency=currency,
            minimum_cents=PAYOUT_MINIMUM,
            receipt=None,
        )
        too_little = "payout_below_minimum" if cents < PAYOUT_MINIMUM else None
        self._take(command, account, cents, currency, "insufficient_cashback", too_little)

    def _take(self, command, account, number, unit, not_enough, otherwise=None):
        code = self._why_not(command.member) or otherwise
        code = code or (not_enough if number > len(account.active(unit)) else None)

        def effect(entry):
            account.redeem(entry.entry_id, number, unit)
            taken = Counter(point.lot for point in self.reference.redemptions[entry.entry_id].taken)
            said = Counter()
            for lot in entry.lots_moved:
                said[lot.issuer, lot.unit, lot.expiry_month] += lot.quantity
            assert taken == said

        self._do(command, code, effect)

    @rule(data=st.data(), partner=partners, hours=st.sampled_from((1, 24, 24 * 40)))
    def reserve(self, data, partner, hours):
        member = self._card(data)
        account = self._answering(member)
        number = self._some(data, len(account.active()))
        command = reserve(self._key(), self.clock(), number, member=member, partner=partner, ttl_ms=hours * HOUR_MS)
        not_enough = "insufficient_points" if number > len(account.active()) else None
        self._do(
            command,
            self._why_not(member) or not_enough,
            lambda entry: account.reserve(entry.entry_id, number, entry.recorded_at_ms + hours * HOUR_MS),
        )

    @precondition(lambda self: self._made("reserve"))
    @rule(data=st.data(), number=st.none() | small, ends=st.sampled_from(("capture", "void", "stranger", "another")))
    def end_a_hold(self, data, number, ends):
        made = self._made("reserve")
        still_open = [held for held in made if held.entry_id in self.reference.accounts[held.member].holds]
        held = data.draw(st.sampled_from(still_open) | st.sampled_from(made) if still_open else st.sampled_from(made))
        member = self._card(data) if ends == "another" else held.member
        hold = f"{member}-{held.seq}"
        now, account = self.clock(), self._account(member)
        own = {"member": member, "partner": held.partner if ends != "stranger" else "stranger"}
        if ends == "void":
            command = void(self._key(), now, hold_seq=held.seq, **own)
        else:
            command = capture(self._key(), now, number, hold_seq=held.seq, **own)
        if account.closed:
            self._refused(command, "account_closed")
            return
        its_own = [entry.partner for entry in self._made("reserve") if entry.entry_id == hold]
        if hold not in account.holds or its_own != [own["partner"]]:
            self._refused(command, "hold_not_open")
            return
        available = len(account.holds[hold][1])
        if ends == "void":
            self._do(command, None, lambda entry: account.release(hold))
            return
        points = available if number is None else number
        too_many = "insufficient_points" if points > available else None
        self._do(command, too_many, lambda entry: account.capture(entry.entry_id, hold, points))

    @precondition(lambda self: self._made("earn"))
    @rule(data=st.data(), cents=st.none() | st.integers(1, 900))
    def return_a_purchase(self, data, cents):
        bought = data.draw(st.sampled_from(self._made("earn")), label="purchase")
        account, purchase = self._answering(bought.member), self.reference.purchases[bought.entry_id]
        command = take_back(self._key(), self.clock(), bought, cents, body=f"{bought.entry_id} {cents}")
        left = purchase.amount - purchase.returned
        wanted = left if cents is None else cents
        bps = bought.rates.cashback_bps

        def effect(entry):
            points, back = (by(left) - by(left - wanted) for by in (earns, lambda paid: paid * bps // 10_000))
            assert (entry.points, entry.cashback_cents or 0) == (points, back)
            purchase.returned += wanted
            account.take_back(bought.entry_id, points, POINTS)
            account.take_back(bought.entry_id, back, purchase.currency)

        too_much = None if 0 < wanted <= left else "return_exceeds_purchase"
        self._do(command, self._why_not(bought.member) or too_much, effect)

    @precondition(lambda self: self.reference.redemptions)
    @rule(data=st.data(), number=st.none() | small)
    def cancel_a_redemption(self, data, number):
        taken = data.draw(st.sampled_from(self._made("redeem", "capture", "spend", "payout")), label="redemption")
        account, redemption = self._answering(taken.member), self.reference.redemptions[taken.entry_id]
        command = cancel(self._key(), self.clock(), taken, number, body=f"{taken.entry_id} {number}")
        left = len(redemption.taken)
        wanted = left if number is None else number

        def effect(entry):
            self.reference.cancelled[taken.entry_id] += wanted
            account.give_back(taken.entry_id, wanted, self._month())

        too_much = None if 0 < wanted <= left else "cancel_exceeds_redemption"
        self._do(command, self._why_not(taken.member) or too_much, effect)

    @rule(data=st.data(), partner=partners, number=st.integers(-40, 40).filter(bool), months=st.integers(0, 2))
    def adjust(self, data, partner, number, months):
        member, month = self._card(data), self._month() + months
        command = adjust(self._key(), self.clock(), number, member=member, issuer=partner, expiry_month=month)
        account = self._answering(member)
        not_enough = "insufficient_points" if -number > len(account.active()) else None
        self._do(
            command,
            self._why_not(member) or not_enough,
            lambda entry: self.reference.adjust(account, partner, month, number),
        )

    @rule(data=st.data())
    def nothing_but_time(self, data):
        member = data.draw(st.sampled_from(sorted(self.due))) if self.due else self._card(data)
        account = self._answering(member)
        not_due = None if account.member in self.due else "nothing_due"
        command = lapse(self._key(), self.clock(), member=member)
        self._do(command, self._why_not(member) or not_due, lambda entry: None)

    @rule(data=st.data())
    def transfer(self, data):
        card, other = self._card(data), self._card(data)
        giver, taker = self._answering(card), self._answering(other)
        number = self._some(data, len(giver.active()))
        command = transfer(self._key(), self.clock(), number, other, member=card)
        closed = any(self.reference.accounts[one].closed for one in (card, other))
        code = "account_closed" if closed else None
        if code is None and giver is taker:
            code = "same_account"
        if code is None and (giver.closed or taker.closed):
            code = "account_closed"
        if code is None and giver.owed():
            code = "debt_outstanding"
        if code is None and number > len(giver.active()):
            code = "insufficient_points"
        self._do(command, code, lambda entry: giver.give(taker, number))

    @rule(data=st.data(), merged=st.booleans())
    def join_or_merge(self, data, merged):
        card, other = self._card(data), self._card(data)
        member, leader = self._account(card), self._account(other)
        command = (merge if merged else join)(self._key(), self.clock(), other, member=card)
        code = self._why_not_two(member, leader)
        if code is None and (member.follows or member.followers or leader.follows):
            code = "account_linked"
        if code is None and member.holds:
            code = "holds_open"

        def effect(entry):
            self.ever[card].add(other)
            member.is_absorbed_by(leader, self.clock(), merged)

        self._do(command, code, effect)

    def _why_not_two(self, one, other):
        if one is other:
            return "same_account"
        return "account_closed" if one.closed or other.closed else None

    def _two(self, data):
        """Mostly a member and the account that it follows."""
        linked = [one for one in self.members if self.reference.accounts[one].follows]
        card = data.draw(st.sampled_from(linked or self.members), label="card")
        member = self._account(card)
        stray = data.draw(st.integers(0, 4), label="stray") == 0
        leader = self._account(self._card(data)) if stray or not member.follows else member.follows
        return member, self._account(leader.member)

    @precondition(lambda self: any(one.follows for one in self.reference.accounts.values()))
    @rule(data=st.data(), number=st.sampled_from((0, 0, 1, 7, 40)))
    def leave(self, data, number):
        member, household = self._two(data)
        command = leave(self._key(), self.clock(), household.member, number, member=member.member)
        code = self._why_not_two(member, household)
        if code is None and (member.follows is not household or member.merge):
            code = "not_linked"
        if code is None and number and any(owed for (_, unit), owed in household.debt.items() if unit == POINTS):
            code = "debt_outstanding"
        if code is None and number > len(household.active()):
            code = "insufficient_points"

        def effect(entry):
            household.give(member, number)
            member.parts_from(household)
            self._parted(member.member, household.member)

        self._do(command, code, effect)

    @precondition(lambda self: any(one.merge for one in self.reference.accounts.values()))
    @rule(data=st.data())
    def unmerge(self, data):
        member, leader = self._two(data)
        command = unmerge(self._key(), self.clock(), leader.member, member=member.member)
        code = self._why_not_two(member, leader)
        given = None
        if code is None and (member.follows is not leader or not member.merge):
            code = "not_linked"
        if code is None and self.clock() > member.merge.at_ms + UNMERGE_MS:
            code = "unmerge_too_late"
        if code is None:
            given = member.brought_and_not_used(leader, self._month())
            code = "merged_points_used" if given is None else None

        def effect(entry):
            member.unmerge_from(leader, given)
            self._parted(member.member, leader.member)

        self._do(command, code, effect)

    @precondition(lambda self: len(self.reference.accounts) < MOST_MEMBERS)
    @rule()
    def enrol(self):
        self._enrol()

    @rule(data=st.data(), forfeit=st.booleans(), sure=st.integers(0, 2))
    def close(self, data, forfeit, sure):
        account = self._account(self._card(data))
        command = close(self._key(), self.clock(), member=account.member, forfeit=forfeit)
        code = None
        if account.closed:
            code = "account_closed"
        elif account.follows:
            code = "account_linked"
        elif account.holds:
            code = "holds_open"
        elif any(not one.merge for one in account.followers):
            code = "household_not_empty"
        elif account.at("active", "pending") and not forfeit:
            code = "account_not_empty"
        if code is None and sure:
            return  # accounts that close at every turn leave nothing to look at
        self._do(command, code, lambda entry: account.close())

    @rule(data=st.data())
    def repeat_an_accepted_request(self, data):
        newest = self.accepted[-8:]
        command, entry = data.draw(st.sampled_from(newest) | st.sampled_from(self.accepted), label="request")
        self._again(command, entry)

    @rule(hours=st.sampled_from((1, 23, 24, 24 * 7, 24 * 25)))
    def time_passes(self, hours):
        for member in self.members:
            self._account(member)
        before = [(point.owner, point.where) for point in self.reference.points]
        self.clock.advance(ms=hours * HOUR_MS)
        for member in self.members:
            self._account(member)
        for point, (owner, where) in zip(self.reference.points, before, strict=True):
            if (point.owner, point.where) != (owner, where):
                self.due.add(owner)

    @rule()
    def the_next_reply_is_lost(self):
        self.journal.lose_replies = 1

    @rule(reads=st.integers(1, 4))
    def the_next_reads_are_stale(self, reads):
        self.journal.stale_reads = reads

    @invariant()
    def histories_hold_and_accounts_and_books_agree_with_the_reference(self):
        self.check_books()
        self.check_accounts()
        self.check_sums()


TestLedgerAgainstReference = LedgerAgainstReference.TestCase
TestLedgerAgainstReference.settings = settings(max_examples=140, stateful_step_count=80, deadline=None)
