"""Three partners and three members who do anything the ledger allows, in an order that a seed draws."""

import random
from collections import Counter
from dataclasses import replace

from partners.settlement.model import GrossLine, PartnerPosition
from partners.visits.lines import line_of, recount
from partners.visits.model import DayTotals
from shared.kernel.clock import DAY_MS, month_number
from shared.kernel.errors import TesseraError
from shared.ledger.audit import check_history
from shared.ledger.model import NEVER, Entry, Op
from shared.ledger.postings import postings
from shared.ledger.service import Ledger
from tests.fakes.clock import FakeClock
from tests.fakes.journal import FakeJournal
from tests.unit.ledger import commands

CURRENCY_OF = {"alpha": "USD", "beta": "USD", "gamma": "EUR"}
RATES_OF = {
    "alpha": commands.CASH_RATES,
    "beta": replace(commands.CASH_RATES, issue_price_micros=7_500, cashback_bps=333),
    "gamma": commands.CASH_RATES,
}
MEMBERS = ["0000000042", "0000000043", "0000000044"]


def plain(position: PartnerPosition) -> tuple[GrossLine, ...]:
    """The position's lines without the days they come from."""
    return tuple(replace(line, sources=()) for line in position.lines)


class Coalition:
    """`made` is what was done, `refused` counts what was not by error; `entries` are all of the journal's, in order."""

    def __init__(self, seed: int = 0) -> None:
        self.rng = random.Random(seed)
        self.clock = FakeClock()
        self.ledger = Ledger(FakeJournal(), self.clock, sleep=lambda _: None)
        self.keys = 0
        self.made: list[Entry] = []
        self.refused: Counter[str] = Counter()
        for member in MEMBERS:
            self.do(commands.enrol, member=member)

    def do(self, make, *args, **fields) -> Entry | None:
        self.keys += 1
        now_ms = self.clock()
        command = make(f"k{self.keys}", now_ms, *args, **{"card_issue": 1, **fields})
        apply = self.ledger.apply_pair if hasattr(command, "other") else self.ledger.apply
        try:
            entry = apply(command).entry
        except TesseraError as refusal:
            self.refused[refusal.code] += 1
            return None
        self.made.append(entry)
        return entry

    def buys(self, partner: str, cents: int, member: str = MEMBERS[0], **fields) -> Entry | None:
        rates = RATES_OF[partner]
        return self.do(
            commands.earn,
            cents * rates.earn_points // rates.earn_per_cents,
            member=member,
            partner=partner,
            currency=CURRENCY_OF[partner],
            amount_cents=cents,
            cashback_cents=cents * rates.cashback_bps // 10_000,
            rates=rates,
            **fields,
        )

    def redeems(self, partner: str, points: int, member: str = MEMBERS[0]) -> Entry | None:
        there = {"partner": partner, "currency": CURRENCY_OF[partner], "rates": RATES_OF[partner]}
        return self.do(commands.redeem, points, member=member, **there)

    def spends(self, partner: str, cents: int, member: str = MEMBERS[0]) -> Entry | None:
        there = {"partner": partner, "currency": CURRENCY_OF[partner], "rates": RATES_OF[partner]}
        return self.do(commands.spend, cents, member=member, **there)

    def corrects(self, partner: str, points: int, member: str) -> Entry | None:
        """For a case of the partner's, at its price."""
        priced = {"currency": CURRENCY_OF[partner], "rates": RATES_OF[partner]}
        return self.do(commands.adjust, points, member=member, issuer=partner, partner=partner, **priced)

    def takes_back(self, granted: Entry, points: int) -> Entry | None:
        """For another case, of what one has granted; of what took something back nothing."""
        if granted.points < 0:
            return None
        of = {"member": granted.member, "issuer": granted.partner, "partner": granted.partner, "undoes": granted}
        return self.do(commands.adjust, -min(points, granted.points), rates=granted.rates, **of)

    def anything(self) -> None:
        rng = self.rng
        member, other = rng.sample(MEMBERS, 2)
        partner = rng.choice(list(CURRENCY_OF))
        match rng.randrange(12):
            case 0 | 1 | 2:
                waits = self.clock() + DAY_MS if rng.random() < 0.3 else None
                ends = rng.choice([NEVER, month_number(self.clock()) + rng.randrange(2)])
                cents = rng.randrange(60_000)
                self.buys(partner, cents, member, matures_at_ms=waits, cashback_expiry_month=ends)
            case 3:
                self.redeems(partner, rng.randrange(1, 2_000), member)
            case 4 | 5:
                all_there_is = self.made[-1].account.cash_active(CURRENCY_OF[partner])
                self.spends(partner, max(1, rng.choice([all_there_is, rng.randrange(900)])), self.made[-1].member)
            case 6 | 7:
                bears = rng.random() < 0.1
                self._undo(
                    Op.EARN,
                    lambda one: self.do(commands.take_back, one, self._part(one.amount_cents), network_bears=bears),
                )
            case 8:
                self._undo(Op.SPEND, lambda one: self.do(commands.cancel, one, self._part(one.cashback_cents)))
            case 9:
                self.do(commands.pay_out, rng.randrange(1, 1_500), member=member, minimum_cents=1)
                self._undo(Op.PAYOUT, lambda one: rng.random() < 0.5 and self.do(commands.cancel, one))
            case 10:
                if rng.random() < 0.5:
                    self.corrects(partner, rng.randrange(1, 2_000), member)
                else:
                    self._undo(Op.ADJUST, lambda one: self.takes_back(one, rng.randrange(1, 2_000)))
                self.clock.advance(ms=rng.randrange(1, 40 * DAY_MS))
                self.do(commands.lapse, member=member)
            case _:
                self._between(member, other)

    def _between(self, member: str, other: str) -> None:
        pair = {"member": member, "other": other, "partner": "network"}
        made = self.rng.choice([commands.transfer, commands.join, commands.leave, commands.merge, commands.unmerge])
        if made is commands.transfer:
            self.do(made, self.rng.randrange(1, 500), **pair)
        elif self.rng.random() < 0.3:
            in_debt = [entry.member for entry in self.made if entry.account.debts]
            self.do(commands.close, member=[member, *in_debt][-1], forfeit=True)
        else:
            self.do(made, **pair)

    def _undo(self, op: Op, undo) -> None:
        made = [entry for entry in self.made if entry.op is op]
        if made:
            undo(self.rng.choice(made))

    def _part(self, whole: int | None) -> int | None:
        return self.rng.randrange(1, (whole or 0) + 2) if self.rng.random() < 0.6 else None

    @property
    def entries(self) -> list[Entry]:
        histories = [list(self.ledger.history(member)) for member in MEMBERS]
        for history in histories:
            check_history(history)
        return sorted((entry for history in histories for entry in history), key=lambda one: one.recorded_at_ms)

    def totals(self) -> list[DayTotals]:
        """As pages of one long day for each party would have them."""
        lines: dict[str, list] = {}
        for entry in self.entries:
            lines.setdefault(entry.partner, []).append(line_of(entry))
        return [DayTotals(partner, "2026-11-21", recount(partner, those)) for partner, those in lines.items()]

    def book(self) -> Counter[tuple[str, str, str]]:
        """Quantities by account kind (`acceptor:beta`, `issuer`, `active`, ...), issuer and unit, from postings."""
        book: Counter[tuple[str, str, str]] = Counter()
        for entry in self.entries:
            for posting in postings(entry):
                kind, _, owner = posting.account.partition(":")
                book[f"{kind}:{owner}" if kind == "acceptor" else kind, posting.issuer, posting.unit] += (
                    posting.quantity
                )
        return book
