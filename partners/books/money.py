"""The trial balance of money: what closed windows made parties owe or be owed, and what was paid since. Pure.

A window counts by what is new in it: what is carried into it counted in the window where it came up.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from partners.books.receivables import CarriedInto, SettledDebts, balance_cents, disputed_cents
from partners.settlement.by_party import News
from partners.settlement.payments.legs import CAME_BACK, Direction
from partners.settlement.payments.model import NO_PARTNERS, PaidSettlement
from partners.settlement.statements.model import CameAs
from partners.settlement.statements.paid import moved_in

BANK, COLLATERAL, DEPOSITS, ADVANCES = "(bank)", "(collateral)", "(deposits)", "(advances)"
WRITE_OFFS = "(write-offs)"
"""In parentheses, which no partner's id has."""
NO_PARTIES = NO_PARTNERS | {BANK, COLLATERAL, DEPOSITS, ADVANCES, WRITE_OFFS}

_OTHER_THAN_BANK = {
    CameAs.COLLATERAL: COLLATERAL,
    CameAs.DEPOSIT: DEPOSITS,
    CameAs.WRITTEN_OFF: WRITE_OFFS,
    CameAs.FORGONE: WRITE_OFFS,
}

Account = tuple[str, str]
"""Currency, and a partner's id, `members`, `network`, or one of BANK, COLLATERAL, DEPOSITS, ADVANCES and WRITE_OFFS."""


@dataclass(frozen=True, slots=True)
class MoneyBalance:
    """An account in the network's books, in cents: what a partner owes is a debit. All balances of a currency sum to
    zero.
    """

    currency: str
    account: str
    debits: int
    credits: int

    @property
    def balance(self) -> int:
        return self.debits - self.credits


def money_balance(
    news: Mapping[int, News],
    settlements: Iterable[PaidSettlement],
    brought: Iterable[tuple[Account, int]] = (),
) -> tuple[MoneyBalance, ...]:
    """By currency and account, of what is new in closed windows, all settlements, and what was `brought` besides them.

    That is in cents, negative what was given back, by what it is owed as: DEPOSITS or ADVANCES.
    """
    debits: Counter[Account] = Counter()
    credits_: Counter[Account] = Counter()

    def post(debit: Account, credit: Account, cents: int) -> None:
        if cents < 0:
            debit, credit, cents = credit, debit, -cents
        debits[debit] += cents
        credits_[credit] += cents

    for window in news.values():
        for account, cents in window.items():
            (credits_ if cents > 0 else debits)[account] += abs(cents)
    for one in settlements:
        for moved in moved_in(one):
            to = _OTHER_THAN_BANK.get(moved.payment.came_as, BANK)
            post((moved.currency, to), (moved.currency, moved.partner_id), moved.payment.cents)
        for leg in one.legs:
            for step in leg.moves if leg.party in NO_PARTNERS else ():
                inwards = (leg.direction is Direction.IN) is not (step.state in CAME_BACK)
                post(
                    (one.currency, BANK), (one.currency, leg.party), leg.amount_cents if inwards else -leg.amount_cents
                )
    for account, cents in brought:
        post((account[0], BANK), account, cents)
    accounts = sorted({*debits, *credits_})
    return tuple(MoneyBalance(*account, debits[account], credits_[account]) for account in accounts)


def money_contradictions(
    balances: Iterable[MoneyBalance],
    news: Mapping[int, News],
    settlements: Iterable[PaidSettlement],
    windows: Iterable[int],
    carried: CarriedInto,
) -> list[str]:
    """In words, where balances do not sum to zero, or a partner's is not what is open item by item, or not what
    receivables say.

    Open are what settlements have left, what is new in closed windows without settlements, and what is carried into
    windows without settlements. Receivables are what partners owe of that, by age: without what is new, and what is
    to their credit, and with what they dispute.
    """
    settlements, windows = list(settlements), list(windows)
    found, sums, told = [], Counter[str](), Counter[Account]()
    for one in balances:
        sums[one.currency] += one.balance
        if one.account not in NO_PARTIES:
            told[one.currency, one.account] += one.balance
    found += [f"the trial balance of {currency} is {cents:,} cents, not 0" for currency, cents in sums.items() if cents]
    open_: Counter[Account] = Counter()
    beside: Counter[Account] = Counter()
    calculated, gone = set(), set[str]()
    for settled in settlements:
        calculated.add(settled.window)
        gone.update(settled.carried)
        for party, _ in settled.net_cents:
            left, disputed = balance_cents(settled, party), disputed_cents(settled, party)
            open_[settled.currency, party] -= left
            beside[settled.currency, party] += max(left, disputed)
    for window in set(windows) - calculated:
        # What is carried at this moment is told by the settlement that it comes from.
        for brought in (brought for brought in carried(window) if brought.reference in gone):
            open_[brought.currency, brought.party] -= brought.amount_cents
            beside[brought.currency, brought.party] += max(0, brought.amount_cents)
        for account, cents in news[window].items() if window in news else ():
            open_[account] -= cents
            beside[account] += cents
    receivable: Counter[Account] = Counter()
    for owed in SettledDebts(settlements, windows, carried).receivables():
        receivable[owed.currency, owed.partner_id] += owed.amount_cents
    for account in sorted({*told, *open_, *receivable}):
        currency, party = account
        aged = told[account] + beside[account]
        if party in NO_PARTNERS:
            continue
        if told[account] != open_[account]:
            says = f"{told[account]:,} cents by the trial balance, {open_[account]:,} item by item"
            found.append(f"{party} owes {says} in {currency}")
        elif receivable[account] != aged:
            says = f"{receivable[account]:,} cents in {currency}, {aged:,} by the trial balance"
            found.append(f"receivables of {party} are {says}")
    return found
