"""The trial balance of money: what closed windows made parties owe or be owed, and what was paid since. Pure.

A window counts by what is new in it: what is carried into it counted in the window where it came up.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from partners.books.receivables import CarriedInto, Origin, SettledDebts, is_told
from partners.settlement.by_party import News
from partners.settlement.payments.model import ENDED, NO_PARTNERS, PaidSettlement, Stage
from partners.settlement.payments.standing import balances_cents, disputed_cents
from partners.settlement.payments.sums import Moves
from partners.settlement.statements.model import CameAs

BANK, COLLATERAL, DEPOSITS, ADVANCES = "(bank)", "(collateral)", "(deposits)", "(advances)"
WRITE_OFFS, IN_TRANSIT = "(write-offs)", "(in transit)"
"""In parentheses, which no partner's id has."""
NO_PARTIES = NO_PARTNERS | {BANK, COLLATERAL, DEPOSITS, ADVANCES, WRITE_OFFS, IN_TRANSIT}

_OTHER_THAN_BANK = {
    CameAs.COLLATERAL: COLLATERAL,
    CameAs.DEPOSIT: DEPOSITS,
    CameAs.WRITTEN_OFF: WRITE_OFFS,
    CameAs.FORGONE: WRITE_OFFS,
}

Account = tuple[str, str]
"""Currency, and a partner's id, `members`, `network`, or an account in parentheses."""


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
    moves: Iterable[Moves],
    brought: Iterable[tuple[Account, int]] = (),
) -> tuple[MoneyBalance, ...]:
    """By currency and account, of what is new in closed windows, what moved in all settlements, and what was `brought`
    besides them.

    That is in cents, negative what was given back, by what it is owed as: DEPOSITS, ADVANCES or IN_TRANSIT.
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
    for one in moves:
        for party, came_as, came_cents, went_cents in one.moved:
            to = one.currency, _OTHER_THAN_BANK.get(came_as, BANK)
            post(to, (one.currency, party), came_cents)
            post(to, (one.currency, party), -went_cents)
    for account, cents in brought:
        post((account[0], BANK), account, cents)
    accounts = sorted({*debits, *credits_})
    return tuple(MoneyBalance(*account, debits[account], credits_[account]) for account in accounts)


def money_contradictions(
    balances: Iterable[MoneyBalance],
    news: Mapping[int, News],
    unfinished: Iterable[PaidSettlement],
    settled: Collection[int],
    windows: Iterable[int],
    carried: CarriedInto,
    origin: Origin,
) -> list[str]:
    """In words, where balances do not sum to zero, or a partner's is not what is open item by item, or not what
    receivables say.

    Open are what `unfinished` settlements have left, what is new in closed windows without settlements, and what is
    carried into windows without settlements. Receivables are what partners owe of that, by age: without what is new,
    and what is to their credit, and with what they dispute. `settled` are the windows that have settlements.
    """
    unfinished, windows = list(unfinished), list(windows)
    found, sums, told = [], Counter[str](), Counter[Account]()
    for one in balances:
        sums[one.currency] += one.balance
        if one.account not in NO_PARTIES:
            told[one.currency, one.account] += one.balance
    found += [f"the trial balance of {currency} is {cents:,} cents, not 0" for currency, cents in sums.items() if cents]
    open_: Counter[Account] = Counter()
    beside: Counter[Account] = Counter()
    for one_left in unfinished:
        for party, left in balances_cents(one_left).items():
            open_[one_left.currency, party] -= left
            beside[one_left.currency, party] += max(left, disputed_cents(one_left, party))
    for window in set(windows) - set(settled):
        for brought in (brought for brought in carried(window) if is_told(brought, origin)):
            open_[brought.currency, brought.party] -= brought.amount_cents
            beside[brought.currency, brought.party] += max(0, brought.amount_cents)
        for account, cents in news[window].items() if window in news else ():
            open_[account] -= cents
            beside[account] += cents
    receivable: Counter[Account] = Counter()
    for owed in SettledDebts(unfinished, settled, windows, carried, origin).receivables():
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


def deposit_contradictions(
    balances: Iterable[MoneyBalance],
    moves: Iterable[Moves],
    unfinished: Iterable[PaidSettlement],
    paid_in: Mapping[str, int],
) -> list[str]:
    """In words, where what is held of deposits, by currency what was `paid_in` less what all settlements use, is not
    what the accounts say. Collateral is used since a default was decided, and taken when creditors are paid.
    """
    held, told = Counter(paid_in), Counter[str]()
    for moved in moves:
        held[moved.currency] -= sum(moved.used_cents.values())
    for one in unfinished:
        if not (one.stage in ENDED or one.stage is Stage.PAYING):
            held[one.currency] += sum(default.collateral_cents for default in one.defaults)
    for balance in balances:
        if balance.account in (DEPOSITS, COLLATERAL):
            told[balance.currency] -= balance.balance
    return [
        f"deposits and collateral held are {held[currency]:,} cents in {currency}, {told[currency]:,} by the accounts"
        for currency in sorted({*held, *told})
        if held[currency] != told[currency]
    ]


def bank_contradictions(
    balances: Iterable[MoneyBalance], finished: Iterable[Moves], booked: Iterable[tuple[str, int]]
) -> list[str]:
    """In words, where what is in the bank is not the sum of what moved in `finished` settlements and of what, by
    currency, was `booked` besides.
    """
    sums = Counter[str]()
    for one in finished:
        sums[one.currency] += sum(came - went for _, as_, came, went in one.moved if as_ not in _OTHER_THAN_BANK)
    for currency, cents in booked:
        sums[currency] += cents
    told = {one.currency: one.balance for one in balances if one.account == BANK}
    return [
        f"{told.get(currency, 0):,} cents of {currency} are in the bank by the trial balance, {cents:,} were booked"
        for currency, cents in sorted(sums.items())
        if cents != told.get(currency, 0)
    ]
