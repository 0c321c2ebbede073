"""What partners have paid in: how much of it is held, and what settlements and operators may take of it.

A deposit is what operators recorded of a partner, less what settlements took of it, as deposit or as collateral. What
it pays for was granted before, so nothing of a partner's exposure changes when a settlement takes it:

    what is held  =  what the partner is ahead  +  what it owes for all that was granted, honoured and charged
                                                   and is neither collected nor paid
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from partners.contracts.payment import FundingKind
from partners.contracts.service import Contracts
from partners.funding.errors import CollateralNotPaidInError, DepositTooSmallError
from partners.funding.model import Payment, by_hand, recorders, waiting_cents
from partners.settlement.payments.advances import Action
from partners.settlement.payments.legs import Direction, Leg, LegState
from partners.settlement.payments.model import PaidSettlement
from partners.settlement.payments.sums import Known, Moves
from partners.settlement.statements.model import PaidIn
from shared.kernel.errors import StoreUnavailableError

Found = TypeVar("Found")
MOST_READINGS = 8
"""So often what changes meanwhile is read; then another request goes on."""


class Guard(Protocol):
    """See `partners.funding.deposit_store.DepositStore`."""

    def version(self, currency: str) -> int: ...

    def versions(self) -> Mapping[str, int]: ...

    def action(self, currency: str, read: int) -> Action: ...


class PaymentBook(Protocol):
    """See `partners.funding.store.FundingStore`."""

    def payments(self, partner_id: str) -> list[Payment]: ...


class Settlements(Protocol):
    """See `partners.settlement.payments.store.PaymentStore`."""

    def known(self, currency: str = "") -> Known: ...

    def moves(self, known: Known, currency: str = "") -> list[Moves]: ...


class Collateral(Protocol):
    """See `partners.settlement.payments.collateral.Collaterals`."""

    def kept_cents(self, partner_id: str, taken_by: Collection[str]) -> int: ...


@dataclass(frozen=True, slots=True)
class Deposit:
    """What a partner has paid in by all that operators recorded, and what settlements have taken of it.

    That `waiting_cents` of it came no second person has said: it is held, but no collateral, and not given back.
    """

    paid_in_cents: int
    used_cents: int
    waiting_cents: int

    @property
    def held_cents(self) -> int:
        return self.paid_in_cents - self.used_cents

    @property
    def sure_cents(self) -> int:
        return self.held_cents - self.waiting_cents


@dataclass(frozen=True, slots=True)
class Settled:
    """By partner, what settlements took of its deposit, on whose word so much of it rests, and in which of them it has
    defaulted.
    """

    used_cents: Mapping[str, int]
    rests_on: Mapping[str, Mapping[str, int]]
    defaults: Mapping[str, Collection[str]]


class Deposits:
    """Use cases of deposits. Every method may raise StoreUnavailableError and UnknownPartnerError."""

    def __init__(
        self,
        guard: Guard,
        settlements: Settlements,
        book: PaymentBook,
        contracts: Contracts,
        collateral: Collateral,
    ) -> None:
        self._guard = guard
        self._settlements = settlements
        self._book = book
        self._contracts = contracts
        self._collateral = collateral

    def held_cents(self, partner_id: str) -> int:
        """What is held of a partner's deposit."""
        currency = self._contracts.partner(partner_id).currency
        return self.at_rest(lambda: self._deposit(partner_id, self.settled(currency))).held_cents

    def at_rest(self, read: Callable[[], Found]) -> Found:
        """What `read` finds while nobody takes anything of a deposit, puts it back or gives it back: read again
        until that is so, MOST_READINGS times. Of what is paid in meanwhile, it should read settlements first. Raises
        StoreUnavailableError.
        """
        before = self._guard.versions()
        for _ in range(MOST_READINGS):
            found = read()
            after = self._guard.versions()
            if after == before:
                return found
            before = after
        raise StoreUnavailableError("deposits change as fast as they are read")

    def settled(self, currency: str) -> Settled:
        """By all settlements in a currency."""
        return settled_by(self._settlements.moves(self._settlements.known(currency), currency))

    def paid_in(self, partner_ids: Sequence[str]) -> dict[str, tuple[PaidIn, ...]]:
        """What operators recorded of each partner, in no order."""
        recorded = {one: self._by_hand(one) for one in partner_ids}
        return {
            partner_id: tuple(PaidIn(one.payment_id, one.amount_cents, one.at_ms) for one in payments)
            for partner_id, payments in recorded.items()
        }

    def drawing(self, currency: str) -> "Drawing":
        """For a settlement in a currency, which takes from the deposits of its debtors."""
        return Drawing(self, self._guard, currency)

    def is_prepaid(self, partner_id: str) -> bool:
        """Whether its terms in force say so."""
        terms = self._contracts.terms_view(partner_id).in_force
        return terms is not None and terms.funding.kind is FundingKind.PREPAID

    def drawable_cents(self, partner_id: str, settled: Settled) -> int:
        """What a settlement may take of a partner's deposit: nothing of what two people agreed is collateral."""
        held_cents = self._deposit(partner_id, settled).held_cents
        return self._free_cents(partner_id, settled, held_cents)

    def giving_back(self, partner_id: str, currency: str, cents: int) -> Sequence[Action]:
        """What is written with a payment of `cents` to a partner.

        Raises DepositTooSmallError if the deposit is less, without what waits for a second person and what two people
        agreed is held as collateral. What a partner gets that is not prepaid, of whose deposit nothing was taken or is
        collateral, may be more than it paid.
        """
        return self._leaving(partner_id, currency, cents, lambda deposit: deposit.waiting_cents)

    def declining(self, partner_id: str, currency: str, cents: int) -> Sequence[Action]:
        """What is written when `cents` that a partner was recorded to have paid in, and that wait, never came.

        Raises DepositTooSmallError if the deposit does not do without them: a settlement took them, or collateral is
        all that is left.
        """
        return self._leaving(partner_id, currency, cents, lambda _: 0)

    def _leaving(
        self, partner_id: str, currency: str, cents: int, staying: Callable[[Deposit], int]
    ) -> Sequence[Action]:
        # The guard before all others: whoever draws after they were read has changed it.
        read = self._guard.version(currency)
        settled = self.settled(currency)
        deposit = self._deposit(partner_id, settled)
        stays_cents = staying(deposit)
        free_cents = self._free_cents(partner_id, settled, deposit.held_cents - stays_cents)
        is_collateral = self._free_cents(partner_id, settled, deposit.held_cents) < deposit.held_cents
        if free_cents < cents and (is_collateral or deposit.used_cents or self.is_prepaid(partner_id)):
            raise DepositTooSmallError(partner_id, max(0, deposit.held_cents), free_cents, stays_cents)
        return [self._guard.action(currency, read)]

    def setting_aside(self, partner_id: str, cents: int, before_cents: int) -> Sequence[Action]:
        """What is written with an agreement that `cents` of a partner's deposit are collateral, where `before_cents`
        are: less than that takes nothing, whatever is there.

        Raises CollateralNotPaidInError if the deposit is less, without what waits for a second person.
        """
        if cents <= before_cents:
            return ()
        currency = self._contracts.partner(partner_id).currency
        # The guard before all others: whoever gives back or draws after they were read has changed it.
        read = self._guard.version(currency)
        self.check_there(partner_id, self.settled(currency), cents)
        return [self._guard.action(currency, read)]

    def check_there(self, partner_id: str, settled: Settled, cents: int) -> None:
        """Raises CollateralNotPaidInError if a deposit is less than `cents`, without what waits for a second person."""
        sure_cents = self._deposit(partner_id, settled).sure_cents
        if sure_cents < cents:
            raise CollateralNotPaidInError(partner_id, max(0, sure_cents))

    def vouchers(self, partner_id: str, settled: Settled, cents: int) -> tuple[tuple[str, int], ...]:
        """On whose word it rests that the next `cents` of a partner's deposit are there, and how many on each."""
        held_cents = self._deposit(partner_id, settled).held_cents
        return recorders(self._by_hand(partner_id), settled.rests_on.get(partner_id, {}), held_cents, cents)

    def _free_cents(self, partner_id: str, settled: Settled, held_cents: int) -> int:
        """What of a deposit is no collateral, never negative."""
        if held_cents <= 0:
            return 0
        kept_cents = self._collateral.kept_cents(partner_id, settled.defaults.get(partner_id, ()))
        return max(0, held_cents - kept_cents)

    def _by_hand(self, partner_id: str) -> list[Payment]:
        return by_hand(self._book.payments(partner_id))

    def _deposit(self, partner_id: str, settled: Settled) -> Deposit:
        paid_in = self._by_hand(partner_id)
        paid_in_cents = sum(one.amount_cents for one in paid_in)
        return Deposit(paid_in_cents, settled.used_cents.get(partner_id, 0), waiting_cents(paid_in))


class Drawing:
    """What one settlement takes from deposits of prepaid partners, all of it or nothing.

    Of two that draw on the same deposit at once, or a settlement and an operator who gives it back, one finds it
    changed and begins again.
    """

    def __init__(self, deposits: Deposits, guard: Guard, currency: str) -> None:
        self._deposits = deposits
        self._guard = guard
        self._currency = currency
        self._read: tuple[int, Settled] | None = None

    def begin(self) -> None:
        """Forget what was read."""
        self._read = None

    def cents(self, partner_id: str) -> int:
        """What may be taken of a partner's deposit, never negative."""
        if not self._deposits.is_prepaid(partner_id):
            return 0
        return self._deposits.drawable_cents(partner_id, self._settled())

    def check_there(self, partner_id: str, cents: int) -> None:
        """Creditors are paid from what is there: a default takes no collateral that is promised, or waits, alone.

        Raises CollateralNotPaidInError if the deposit is less than `cents`.
        """
        self._deposits.check_there(partner_id, self._settled(), cents)

    def _settled(self) -> Settled:
        if self._read is None:
            # The guard before all others: whoever draws after they were read has changed it.
            self._read = self._guard.version(self._currency), self._deposits.settled(self._currency)
        return self._read[1]

    def vouched(self, before: PaidSettlement, after: PaidSettlement) -> PaidSettlement:
        """The settlement with on whose word rests what it takes now."""
        if self._read is None:
            return after
        settled, (known, _) = self._read[1], _taken(before)

        def noted(leg: Leg) -> Leg:
            if leg.direction is not Direction.DEPOSIT or leg.key in known:
                return leg
            return replace(leg, rests_on=self._deposits.vouchers(leg.party, settled, leg.amount_cents))

        return replace(after, legs=tuple(map(noted, after.legs)))

    def actions(self, before: PaidSettlement, after: PaidSettlement) -> Sequence[Action]:
        """What is written with the settlement: nothing if it takes from no deposit and puts nothing back."""
        if _taken(before) == _taken(after):
            return ()
        version = self._guard.version(self._currency) if self._read is None else self._read[0]
        return [self._guard.action(self._currency, version)]


def settled_by(settlements: Iterable[Moves]) -> Settled:
    used_cents: Counter[str] = Counter()
    rests_on: defaultdict[str, Counter[str]] = defaultdict(Counter)
    defaults: defaultdict[str, set[str]] = defaultdict(set)
    for one in settlements:
        used_cents.update(one.used_cents)
        for party, of in one.rests_on.items():
            rests_on[party].update(of)
        for party in one.defaults:
            defaults[party].add(one.settlement_id)
    return Settled(used_cents, rests_on, defaults)


def _taken(one: PaidSettlement) -> tuple[dict[str, LegState], int]:
    legs = {leg.key: leg.state for leg in one.legs if leg.direction is Direction.DEPOSIT}
    return legs, sum(default.collateral_cents for default in one.defaults)
