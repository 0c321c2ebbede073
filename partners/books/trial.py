"""The trial balance of points and of cashback: every account of the journal with what went in and out. Pure."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from partners.books.model import Count, Flow, Honour
from shared.ledger.model import Place
from shared.ledger.postings import MEMBERS_OWN

Account = tuple[str, str]
"""Unit and name: `members:active`, `issuer:harvest`, `acceptor:city-market`."""


@dataclass(frozen=True, slots=True)
class Balance:
    """An account over a month, in points or in cents. `opening` + `debits` - `credits` = `closing`.

    A debit is what reached the account. All accounts of a unit sum to zero in every column but the two in the middle,
    which are alike.
    """

    unit: str
    account: str
    opening: int
    debits: int
    credits: int

    @property
    def closing(self) -> int:
        return self.opening + self.debits - self.credits


def trial_balance(count: Count) -> tuple[Balance, ...]:
    """Every account that was ever touched, by unit and name."""
    debits_before, credits_before = _turnover(count.before, count.honoured_before)
    debits, credits_ = _turnover(count.within, count.honoured)
    accounts = sorted({*debits_before, *credits_before, *debits, *credits_})
    return tuple(
        Balance(*account, debits_before[account] - credits_before[account], debits[account], credits_[account])
        for account in accounts
    )


def _turnover(flows: Mapping[Flow, int], honoured: Mapping[Honour, int]) -> tuple[Counter[Account], Counter[Account]]:
    debits: Counter[Account] = Counter()
    credits_: Counter[Account] = Counter()
    for (issuer, unit, _, source, target), quantity in flows.items():
        if target is not Place.ACCEPTOR:
            debits[unit, _name(target, issuer)] += quantity
        if source is not Place.ACCEPTOR:
            credits_[unit, _name(source, issuer)] += quantity
    # Of what an acceptor took and gave back a count knows the difference.
    for (_, unit, acceptor), quantity in honoured.items():
        side = debits if quantity > 0 else credits_
        side[unit, f"{Place.ACCEPTOR}:{acceptor}"] += abs(quantity)
    return debits, credits_


def _name(place: Place, issuer: str) -> str:
    return f"members:{place}" if place in MEMBERS_OWN else f"{place}:{issuer}"
