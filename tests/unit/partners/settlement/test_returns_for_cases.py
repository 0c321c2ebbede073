"""A purchase that is taken back for a case leaves its issuer and the debts to it as if it had never been."""

from collections import Counter

from hypothesis import example, given, settings
from hypothesis import strategies as st

from shared.ledger.model import POINTS
from tests.support.examples import examples
from tests.unit.ledger import commands
from tests.unit.partners.settlement.coalition import Coalition
from tests.unit.partners.settlement.test_cashback import net

CENTS = st.integers(0, 40_000)
PART = st.floats(0, 1)


class Till(Coalition):
    """Of one member, who buys at alpha and spends at beta."""

    def spends_of_all(self, part: float) -> Counter[str]:
        account = self.made[-1].account
        points, cents = int(part * account.points_active), int(part * account.cash_active("USD"))
        if points:
            self.redeems("beta", points)
        if cents:
            self.spends("beta", cents)
        return Counter({POINTS: points, "USD": cents})

    def returns_of(self, bought, part: float, **fields) -> None:
        cents = int(part * (bought.amount_cents - self.made[-1].account.undone_of(bought)))
        if cents:
            self.do(commands.take_back, bought, cents, **fields)

    @property
    def owed(self) -> dict[str, int]:
        return {debt.unit: debt.quantity for debt in self.made[-1].account.debts}

    @property
    def borne(self) -> Counter[str]:
        return Counter({unit: -self.book()["adjustment", "alpha", unit] for unit in (POINTS, "USD")})


@settings(max_examples=examples(quick=25, full=400), deadline=None)
@given(first=CENTS, spent=PART, returned=PART, wrong=CENTS, since=PART, parts=st.lists(PART, max_size=3))
@example(first=10_000, spent=1.0, returned=1.0, wrong=10_000, since=0.0, parts=[])
@example(first=10_000, spent=1.0, returned=0.5, wrong=10_000, since=1.0, parts=[0.7, 0.5])
def test_issuer_and_debts_are_what_they_were_and_the_network_bears_what_was_spent_since(
    first, spent, returned, wrong, since, parts
):
    till = Till()
    bought = till.buys("alpha", first)
    till.spends_of_all(spent)
    till.returns_of(bought, returned)
    owed, paid = till.owed, net(till).get("alpha", 0)
    there = Counter({POINTS: till.made[-1].account.points_active, "USD": till.made[-1].account.cash_active("USD")})
    doubted = till.buys("alpha", wrong)
    spent_since = till.spends_of_all(since)
    for part in (*parts, 1.0):
        till.returns_of(doubted, part, network_bears=True)
    assert (till.owed, net(till).get("alpha", 0)) == (owed, paid)
    assert +till.borne == spent_since - there
    assert not till.refused
