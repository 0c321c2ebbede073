"""What must hold after every step: the ledger's accounts, links and books are those of the reference."""

import math
from collections import Counter

from hypothesis.stateful import RuleBasedStateMachine, invariant

from shared.ledger.codec import entry_from_item
from shared.ledger.counterparts import counterpart_of, disagreement
from shared.ledger.model import NEVER, POINTS
from shared.ledger.passing_time import pass_time
from shared.ledger.postings import postings

CURRENCIES = ("EUR", "USD")


class Invariants(RuleBasedStateMachine):
    def head(self, member):
        """The member's account after its last entry; decoded once for each entry."""
        items = self.journal.items[member]
        if self.heads.get(member, (0,))[0] != len(items):
            self.heads[member] = (len(items), entry_from_item(items[-1]).account)
        return self.heads[member][1]

    @invariant()
    def accounts_hold_what_the_reference_holds(self):
        for member in self.cards:
            account, _ = pass_time(self.head(member), self.clock())
            reference = self.book.accounts[member]
            reference.time_passes(self.clock())
            assert _in_order(account.lots, POINTS) == reference.lots(POINTS)
            for currency in CURRENCIES:
                assert _in_order(account.cash, currency) == reference.lots(currency)
            waiting = Counter()
            for one in account.pending:
                purchase = (one.owner or member, one.purchase_seq)
                waiting[one.lot.issuer, one.lot.unit, _month(one.lot), purchase, one.matures_at_ms] += one.lot.quantity
            assert waiting == Counter((*coin.kind, coin.purchase, coin.matures) for coin in reference.at("pending"))
            held = {hold.seq: (hold.deadline_ms, kinds_of(hold.lots)) for hold in account.holds}
            assert held == {
                seq: (hold.deadline, Counter(coin.kind for coin in hold.coins)) for seq, hold in reference.holds.items()
            }
            assert {(debt.issuer, debt.unit): debt.quantity for debt in account.debts} == reference.owes()

    @invariant()
    def accounts_are_linked_as_in_the_reference(self):
        for member in self.cards:
            account, reference = self.head(member), self.book.accounts[member]
            linked = {one.member: "merged" if one.merged else "household" for one in account.followers}
            assert (account.follows, account.closed) == (reference.follows, reference.closed)
            assert linked == reference.followers
            assert all(len(self.journal.items[one.member]) == one.seq for one in account.followers)
            if account.follows or account.closed:
                assert (account.lots, account.pending, account.holds, account.debts) == ((),) * 4
                assert account.closed or not account.cash

    @invariant()
    def the_book_balances_and_every_point_is_where_the_reference_has_it(self):
        expected, now = Counter(self.book.gone), Counter()
        for member in self.cards:
            history, reference = self.histories[member], self.book.accounts[member]
            for item in self.journal.items[member][history.seq :]:
                entry = entry_from_item(item)
                history.add(entry)
                self.what_was_written_in_two_accounts_agrees(entry)
                for leg in postings(entry):
                    self.flows[leg.account.split(":")[0], leg.issuer, leg.unit] += leg.quantity
            assert history.seq == len(reference.log)
            for move in pass_time(self.head(member), self.clock())[1]:
                lot = move.lot
                now[move.source, lot.issuer, lot.unit] -= lot.quantity
                now[move.target, lot.issuer, lot.unit] += lot.quantity
            expected.update((coin.where, coin.issuer, coin.unit) for coin in reference.coins)
            expected.subtract({("debt", *whom): number for whom, number in reference.owes().items()})
        now.update(self.flows)
        assert _not_zero(now) == _not_zero(expected)
        sums = Counter()
        for (_, issuer, unit), quantity in now.items():
            sums[issuer, unit] += quantity
        assert not any(sums.values())

    def what_was_written_in_two_accounts_agrees(self, entry):
        there = counterpart_of(entry)
        if there is not None:
            other, seq = there
            assert disagreement(entry, entry_from_item(self.journal.items[other][seq - 1])) is None


def _not_zero(counted):
    return {what: number for what, number in counted.items() if number}


def _month(lot):
    return math.inf if lot.expiry_month == NEVER else lot.expiry_month


def _in_order(lots, unit):
    return [[(lot.issuer, _month(lot)), lot.quantity] for lot in lots if lot.unit == unit]


def kinds_of(lots):
    kinds = Counter()
    for lot in lots:
        kinds[lot.issuer, lot.unit, _month(lot)] += lot.quantity
    return kinds
