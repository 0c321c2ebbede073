"""What a till, the operator and time do to one account."""

from dataclasses import replace

from shared.kernel.clock import DAY_MS, month_number
from shared.ledger.model import NEVER
from tests.unit.ledger.commands import (
    RATES,
    adjust,
    cancel,
    capture,
    earn,
    earns,
    lapse,
    pay_out,
    redeem,
    reserve,
    spend,
    take_back,
    void,
)
from tests.unit.ledger.machine import (
    CASHBACK_RATES,
    CURRENCIES,
    HOUR_MS,
    PARTNERS,
    LedgerBesideReference,
    rare_step,
    step,
    step_after,
)

MINIMUM_CENTS = 8
REDEMPTIONS = ("redeem", "capture", "spend", "payout")


class OneAccountRules(LedgerBesideReference):
    def buy(self, luck, age_days, **fields):
        cents, rates = luck.choice((0, 19, 20, 100, 250, 400)), luck.choice((RATES, CASHBACK_RATES))
        bought_at = self.clock() - age_days * DAY_MS
        waits = luck.choice((None, None, 0, 3, 40))
        return self.ask(
            earn,
            earns(cents),
            age_ms=age_days * DAY_MS,
            amount_cents=cents,
            expiry_month=month_number(bought_at) + luck.randint(0, 3),
            cashback_expiry_month=luck.choice((NEVER, month_number(bought_at) + luck.randint(0, 3))),
            matures_at_ms=None if waits is None else bought_at + waits * DAY_MS,
            rates=rates,
            cashback_cents=cents * rates.cashback_bps // 10_000,
            currency=luck.choice(CURRENCIES),
            **self.at_a_till(luck),
            **fields,
        )

    def at_a_till(self, luck):
        receipt = luck.choice(("r1", "r2", "r3", "r4"))
        return {"partner": luck.choice(PARTNERS), "receipt": receipt, "key": self.key(luck)}

    @step
    def earn(self, luck):
        late_days = luck.choice((None, None, None, 0, 1, 60))
        self.buy(
            luck,
            luck.choice((0,) * 9 + (2, 29, 31, -1)),
            member=self.card(luck),
            card_issue=self.issue(luck),
            late_limit_ms=None if late_days is None else late_days * DAY_MS,
        )

    @step
    def import_a_purchase(self, luck):
        self.buy(luck, luck.choice((0, 10, 35, 60, 400)), member=self.card(luck), imported=True)

    @step_after("earn")
    def import_what_the_partner_had_sent(self, luck):
        command, entry = luck.choice([one for one in self.accepted if one[1].op.value == "earn"])
        assert self.send(replace(command, imported=True)) == entry

    @step
    def redeem(self, luck):
        card = self.card(luck)
        number = self.quantity(luck, len(self.account(card).active()))
        self.ask(redeem, number, member=card, card_issue=self.issue(luck), **self.at_a_till(luck))

    @step
    def reserve(self, luck):
        card, ttl_ms = self.card(luck), luck.choice((1, 24, 24 * 40)) * HOUR_MS
        number = self.quantity(luck, len(self.account(card).active()))
        self.ask(reserve, number, member=card, ttl_ms=ttl_ms, **self.at_a_till(luck))

    @step_after("reserve")
    def end_a_hold(self, luck):
        """Mostly one that is open."""
        entries = self.made("reserve")
        held = luck.choice([one for one in entries if self._hold(one)] * 4 + entries)
        hold, how = self._hold(held), luck.choice(("capture",) * 4 + ("void", "void", "stranger", "guess"))
        fields = {"member": held.member, "partner": held.partner, "hold_seq": held.seq, "card_issue": None}
        if how == "stranger":
            fields["partner"] = "stranger"
        if how == "guess":
            fields["member"] = self.card(luck)
        if how == "void":
            self.ask(void, **fields)
        else:
            number = luck.choice((None, self.quantity(luck, len(hold.coins) if hold else 3)))
            self.ask(capture, number, receipt=held.receipt, **fields)

    def _hold(self, entry):
        return self.account(entry.member).holds.get(entry.seq)

    @step_after("earn")
    def return_a_purchase(self, luck):
        bought, cents = luck.choice(self.made("earn")), luck.choice((None, 1, 20, 99, 250))
        bears = luck.random() < 0.2
        self.ask(take_back, bought, cents, card_issue=None, key=self.key(luck), network_bears=bears)

    @step_after(*REDEMPTIONS)
    def cancel_a_redemption(self, luck):
        redeemed = luck.choice(self.made(*REDEMPTIONS))
        left = len(self.book.redemptions[redeemed.member, redeemed.seq])
        number = luck.choice((None, self.quantity(luck, left)))
        self.ask(cancel, redeemed, number, card_issue=None, key=self.key(luck))

    @rare_step
    def undo_what_may_be_no_such_thing(self, luck):
        make, entry = luck.choice((take_back, cancel)), luck.choice(self.made())
        self.ask(make, entry, card_issue=None, partner=luck.choice(PARTNERS))

    @step
    def spend(self, luck):
        card, currency = self.card(luck), luck.choice(CURRENCIES)
        cents = self.quantity(luck, len(self.account(card).active(currency)))
        self.ask(spend, cents, member=card, currency=currency, **self.at_a_till(luck))

    @rare_step
    def pay_out(self, luck):
        """Often of somebody who owes cashback, to whom what had been spent has come back."""
        currency = luck.choice(CURRENCIES)
        owing = [card for card in self.usable() if self.account(card).owes(currency)]
        card = luck.choice([self.card(luck), *owing])
        cents = self.quantity(luck, len(self.account(card).active(currency)))
        left = [one for one in self.made("spend", "payout") if one.member in owing and one.currency == currency]
        for back in left and [luck.choice(left)]:
            self.ask(cancel, back, None, card_issue=None)
            card, cents = back.member, max(1, len(self.account(back.member).active(currency)))
        self.ask(pay_out, cents, member=card, currency=currency, minimum_cents=MINIMUM_CENTS, key=self.key(luck))

    @rare_step
    def adjust(self, luck):
        card, month = self.card(luck), month_number(self.clock()) + luck.randint(0, 2)
        number = luck.choice((7, -self.quantity(luck, len(self.account(card).active()))))
        issuer = luck.choice(PARTNERS)
        self.ask(adjust, number, member=card, issuer=issuer, expiry_month=month)

    @rare_step
    def correct_for_a_case(self, luck):
        card, month = self.card(luck), month_number(self.clock()) + luck.randint(0, 2)
        issuer, priced = luck.choice(PARTNERS), {"currency": "USD", "rates": RATES}
        self.ask(adjust, 7, member=card, issuer=issuer, partner=issuer, expiry_month=month, **priced)

    @rare_step
    def take_back_what_a_case_granted(self, luck):
        granted = [one for one in self.made("adjust") if one.rates is not None and one.points > 0]
        for one in granted and [luck.choice(granted)]:
            of = {"member": one.member, "issuer": one.partner, "partner": one.partner, "undoes": one}
            self.ask(adjust, -luck.choice((1, 3, 7, 8)), card_issue=None, rates=one.rates, **of)

    @rare_step
    def nothing_but_time(self, luck):
        """Mostly where it has done something."""
        waiting = [card for card in self.usable() if self.account(card).due]
        self.ask(lapse, member=luck.choice(waiting * 4 + self.cards))
