"""Which members are paid at one bank account, as two operators agreed; else it is one member's. Pure.

Whoever asks for a payout tells the account of it by its fingerprint. Two agree besides where that is not enough: of
payouts whose account nobody told, or was wrong, and of members who share one.
"""

from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Protocol

from partners.payouts.model import Origin
from partners.settlement.payments.agreed import Book, TwoPeople
from shared.kernel.clock import Clock


@dataclass(frozen=True, slots=True)
class PaidThere:
    """`members` may all be paid at an account."""

    members: tuple[str, ...] = ()


class Requests(Protocol):
    """See `partners.payouts.request_store.PayoutRequestStore`."""

    def origin(self, entry_id: str) -> Origin | None: ...

    def told_at(self, account: str) -> frozenset[str]: ...


ReversedAmong = Callable[[Iterable[str]], set[str]]


class MemberAccounts:
    """Use cases of where members are paid. Every method may raise StoreUnavailableError.

    `people` agree on who is paid at an account, named by its fingerprint; see `TwoPeople`. `reversed_among` has those
    of some payouts that were taken back; see `Payouts.reversed_among`.
    """

    def __init__(self, book: Book[PaidThere], requests: Requests, reversed_among: ReversedAmong, clock: Clock) -> None:
        self._book = book
        self._requests = requests
        self._reversed_among = reversed_among
        self.people = TwoPeople(book, _any_account, clock)

    def contradictions(self, paid: Iterable[tuple[str, str]]) -> list[str]:
        """In words, what speaks against paying payouts, each at the account of a fingerprint."""
        found, members = list[str](), dict[str, set[str]]()
        told: dict[str, list[str]] = {}
        for payout, account in paid:
            member = member_of(payout)
            members.setdefault(account, set()).add(member)
            told.setdefault(account, []).append(payout)
            origin = self._requests.origin(payout)
            known = None if origin is None else origin.account
            if known != account and member not in self._agreed(account):
                found.append(_differs(payout, known))
        for account, here in members.items():
            agreed = self._agreed(account)
            all_there = here | agreed | self._others_at(account, here | agreed)
            if len(all_there) > 1 and not all_there <= agreed:
                found.append(
                    f"The account of {', '.join(told[account])} is of several members: {', '.join(sorted(all_there))}. "
                    f"No two operators have agreed that they share it ({account})."
                )
        return found

    def _others_at(self, account: str, known: AbstractSet[str]) -> set[str]:
        """Members beside those `known`. What was taken back went nowhere, so it stands in nobody's way."""
        others = {told for told in self._requests.told_at(account) if member_of(told) not in known}
        gone = self._reversed_among(sorted(told for told in others if "-" in told)) if others else set[str]()
        return {member_of(told) for told in others - gone}

    def _agreed(self, account: str) -> frozenset[str]:
        return frozenset(self._book.get(account).value.members)


def member_of(payout: str) -> str:
    """Whose a payout is: the account of the journal that its entry is of."""
    return payout.partition("-")[0]


def _any_account(account: str) -> None:
    """There is no list of those that there are."""
    del account


def _differs(payout: str, known: str | None) -> str:
    if known is None:
        return f"Nobody has told the account of payout {payout}, and no two operators have agreed on it."
    return f"The account of payout {payout} in the file is not the one that was told when it was asked for."


Contradictions = Callable[[Iterable[tuple[str, str]]], list[str]]
"""See `MemberAccounts.contradictions`."""
