"""What one person gives back of a deposit is never what two people agreed is collateral, whatever the terms say."""

import contextlib
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from partners.funding.deposits import Deposits, Settled
from partners.funding.errors import DepositTooSmallError


class Drawer:
    """A partner's deposit in memory: what was recorded, and what is agreed to be collateral."""

    def __init__(self, prepaid: bool) -> None:
        self.recorded: list[int] = []
        self.kept = 0
        self.deposits = _Deposits(self, prepaid)

    @property
    def held(self) -> int:
        return sum(self.recorded)

    def version(self, currency: str) -> int:
        del currency
        return len(self.recorded)

    def versions(self) -> dict[str, int]:
        return {"USD": len(self.recorded)}

    def action(self, currency: str, read: int) -> dict[str, Any]:
        del currency
        return {"read": read}

    def kept_cents(self, partner_id: str, taken_by: object) -> int:
        del partner_id, taken_by
        return self.kept

    def moves(self, cents: int) -> None:
        if cents < 0:
            self.deposits.giving_back("p", "USD", -cents)
        self.recorded.append(cents)


class _Deposits(Deposits):
    def __init__(self, drawer: Drawer, prepaid: bool) -> None:
        nobody: Any = None
        super().__init__(drawer, nobody, nobody, nobody, drawer)
        self._drawer = drawer
        self._prepaid = prepaid

    def settled(self, currency: str) -> Settled:
        del currency
        return Settled({}, {}, {})

    def is_prepaid(self, partner_id: str) -> bool:
        del partner_id
        return self._prepaid

    def _by_hand(self, partner_id: str) -> list[Any]:
        del partner_id
        return [_Recorded(cents) for cents in self._drawer.recorded]


class _Recorded:
    def __init__(self, amount_cents: int) -> None:
        self.amount_cents = amount_cents
        self.waits = False


STEPS = st.lists(st.tuples(st.sampled_from(["moves", "agree"]), st.integers(-9, 9)), max_size=8)


@settings(max_examples=40, deadline=None)
@given(st.booleans(), STEPS)
def test_what_was_collateral_and_there_stays_there_until_two_people_agree_on_less(prepaid, steps):
    drawer = Drawer(prepaid)
    for what, cents in steps:
        before = drawer.held
        if what == "agree":
            drawer.kept = abs(cents)
            continue
        with contextlib.suppress(DepositTooSmallError):
            drawer.moves(cents)
        assert drawer.held >= min(before, drawer.kept) or drawer.kept == 0 or before <= 0
        if prepaid:
            assert drawer.held >= 0
