"""What is done to two accounts at once, and the end of an account."""

from tests.unit.ledger.commands import close, enrol, join, leave, merge, transfer, unmerge
from tests.unit.ledger.machine import LedgerBesideReference, rare_step, step, step_if

CARDS_IN_USE = 4


class TwoAccountRules(LedgerBesideReference):
    @step
    def transfer(self, luck):
        giver, taker = self.card(luck), self.card(luck)
        number = self.quantity(luck, len(self.account(giver).active()))
        fields = {"card_issue": self.issue(luck), "other_card_issue": self.issue(luck), "key": self.key(luck)}
        self.ask(transfer, number, taker, member=giver, **fields)

    @step
    def link(self, luck):
        """Mostly two that can be linked."""
        free = [card for card in self.usable() if not self.book.accounts[card].follows]
        alone = [card for card in free if not self.book.accounts[card].followers]
        member = luck.choice(alone * 3 + [self.card(luck)])
        other = luck.choice(free * 3 + [self.card(luck)])
        self.ask(luck.choice((join, merge)), other, member=member, key=self.key(luck))

    @step_if(lambda self: any(account.follows for account in self.book.accounts.values()))
    def part(self, luck):
        """Mostly those who are linked, and in the way in which they are."""
        account = luck.choice([one for one in self.book.accounts.values() if one.follows])
        member, other, joined = account.member, account.follows, account.merge is None
        if luck.random() < 0.2:
            other, joined = luck.choice((other, self.card(luck))), luck.choice((True, False))
        if joined:
            number = luck.choice((0, 0, self.quantity(luck, len(self.account(other).active()))))
            self.ask(leave, other, number, member=member, key=self.key(luck))
        else:
            self.ask(unmerge, other, member=member, key=self.key(luck))

    @rare_step
    def close(self, luck):
        self.ask(close, member=self.card(luck), forfeit=luck.random() < 0.3, key=self.key(luck))
        if len(self.usable()) < CARDS_IN_USE:
            self.enrol_another()

    @rare_step
    def enrol_under_a_number_that_is_taken(self, luck):
        self.ask(enrol, member=luck.choice(self.cards))
