"""What the network holds of a partner in case it does not pay: agreed on by two people, and never taken twice."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from partners.contracts.service import Contracts
from partners.settlement.payments.advances import Action
from partners.settlement.payments.agreed import Agreed, Book, TwoPeople, approved, declined
from partners.settlement.payments.errors import CollateralTooLargeError
from shared.kernel.clock import Clock

OVERTAKEN = "Some of the collateral was taken meanwhile"


@dataclass(frozen=True, slots=True)
class Collateral:
    """`held_cents` in the currency of the partner's books, and what defaults took of it since that was agreed on.

    `taken` is by settlement. `guarantee_cents` of what is held was not paid in: somebody has promised it.
    """

    held_cents: int = 0
    taken: tuple[tuple[str, int], ...] = ()
    guarantee_cents: int = 0

    @property
    def paid_in_cents(self) -> int:
        """What of it has to be in the partner's deposit; it is taken before a guarantee is."""
        return self.held_cents - self.guarantee_cents

    @property
    def set_aside_cents(self) -> int:
        """What of that no default has taken."""
        return max(0, self.paid_in_cents - sum(cents for _, cents in self.taken))

    @property
    def left_cents(self) -> int:
        return self.held_cents - sum(cents for _, cents in self.taken)

    def without(self, settlement: str) -> "Collateral":
        """As if nothing had been taken for a settlement."""
        return replace(self, taken=tuple((other, cents) for other, cents in self.taken if other != settlement))


class Deposits(Protocol):
    """See `partners.funding.deposits.Deposits`."""

    def setting_aside(self, partner_id: str, cents: int, before_cents: int) -> Sequence[Action]: ...


class CollateralBook(Book[Collateral], Protocol):
    """See `partners.settlement.payments.agreed_store.CollateralStore`."""

    def action(self, one: Agreed[Collateral]) -> Action: ...


class Collaterals:
    """Use cases of collateral. Every method may raise StoreUnavailableError and UnknownPartnerError.

    What is held is proposed by one operator and approved by another, see `TwoPeople`. A new amount is what is held from
    then on, of which nothing is taken; if something is taken while it waits, it has to be proposed anew.
    """

    def __init__(self, book: CollateralBook, contracts: Contracts, clock: Clock) -> None:
        self._book = book
        self._contracts = contracts
        self._clock = clock
        self.people = TwoPeople(book, contracts.partner, clock)

    def approve(self, deposits: Deposits, by: str, partner_id: str, number: int, reason: str) -> Agreed[Collateral]:
        """Agree on what another has proposed: but for a guarantee it is in the deposit, and nobody gives that back
        meanwhile; no more than is set aside already needs no look. Raises what `TwoPeople.approve` and
        `Deposits.setting_aside` raise.
        """
        before_cents = 0

        def made(one: Agreed[Collateral]) -> Agreed[Collateral]:
            nonlocal before_cents
            before_cents = one.value.set_aside_cents
            return approved(one, number, by, reason, self._clock())

        def also(one: Agreed[Collateral]) -> Sequence[Action]:
            return deposits.setting_aside(partner_id, one.value.paid_in_cents, before_cents)

        return self.people.change(partner_id, made, also)

    def left_cents(self, partner_id: str) -> int:
        """What is held of a partner by now."""
        return self.people.of(partner_id).value.left_cents

    def kept_cents(self, partner_id: str, taken_by: Collection[str]) -> int:
        """What has to be in a partner's deposit by now, with what was set aside for settlements that are not among
        `taken_by`: those have not written yet that they take it.
        """
        value = self.people.of(partner_id).value
        taken_cents = sum(cents for settlement, cents in value.taken if settlement in taken_by)
        return max(0, value.paid_in_cents - taken_cents)

    def taking(self, partner_id: str, settlement: str, currency: str, cents: int) -> list[Action]:
        """What is written with a settlement that takes `cents` of it, in place of what was set aside for it before.

        So no default takes what another does, and nothing stays taken for a default that is not written. Raises
        CollateralTooLargeError if less is left, or the settlement is not in the currency of the partner's books.
        """

        one = self.people.of(partner_id)
        others = one.value.without(settlement)
        left = others.left_cents if self._contracts.partner(partner_id).currency == currency else 0
        if cents > left:
            raise CollateralTooLargeError(settlement, max(0, left), "Two operators agreed on no more.")
        if (settlement, cents) in one.value.taken or (not cents and others == one.value):
            return []
        after = replace(others, taken=(*others.taken, (settlement, cents))) if cents else others
        number = 0 if one.proposal is None or not one.waits else one.proposal.number
        counted = declined(one, number, settlement, OVERTAKEN, self._clock()) if number else one
        return [self._book.action(replace(counted, value=after, version=one.version + 1))]
