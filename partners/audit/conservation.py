"""Does every issuer's book add up? Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from partners.audit.model import Check, Finding, IssuerPlace, Part
from shared.ledger.model import POINTS, Place
from shared.ledger.postings import MEMBERS_OWN, Posting

ISSUED, REVERSED = "issued", "reversed"


def flows_of(postings: Iterable[Posting]) -> Iterable[tuple[IssuerPlace, int]]:
    """Where points went. What left the issuer counts as issued, what came back to it as reversed."""
    for posting in postings:
        if posting.unit != POINTS:
            continue
        place = posting.account.partition(":")[0]
        if place != Place.ISSUER:
            yield (posting.issuer, place), posting.quantity
        elif posting.quantity < 0:
            yield (posting.issuer, ISSUED), -posting.quantity
        else:
            yield (posting.issuer, REVERSED), posting.quantity


@dataclass(frozen=True, slots=True)
class IssuerBook:
    """All points of one issuer, from the journal's beginning, or of all issuers.

    `issued` and `adjusted` are where points come from. `active`, `pending` and `held` ones are with members
    by the accounts' own word, less those `owed` to the issuer; `elsewhere` are those in no known place.
    """

    issuer: str
    issued: int
    adjusted: int
    active: int
    pending: int
    held: int
    owed: int
    redeemed: int
    expired: int
    reversed: int
    elsewhere: int

    @property
    def with_members(self) -> int:
        """Points that members hold, spendable or not, less what they owe."""
        return self.active + self.pending + self.held - self.owed

    @property
    def unaccounted(self) -> int:
        """Points that came into being without ending anywhere; 0 if the book adds up."""
        ended = self.redeemed + self.expired + self.reversed + self.elsewhere
        return self.issued + self.adjusted - (self.with_members + ended)


def issuer_books(total: Part) -> list[IssuerBook]:
    """A book for every issuer, by issuer."""
    flows, states = total.flows, total.states
    issuers = sorted({issuer for issuer, _ in (*flows, *states)})
    return [_book(issuer, flows, states) for issuer in issuers]


def book_findings(total: Part) -> list[Finding]:
    """Issuers whose points do not add up, or whose members hold other points than entries moved."""
    flows, states = total.flows, total.states
    found = [
        Finding(issuer, Check.BOOK, f"accounts hold {has:,} {place} points, their entries moved {moved:,} there")
        for issuer, place in sorted({*flows, *states})
        if place in MEMBERS_OWN and (has := states.get((issuer, place), 0)) != (moved := flows.get((issuer, place), 0))
    ]
    for book in issuer_books(total):
        if book.unaccounted:
            what = f"{book.issued + book.adjusted:,} points came into being, {book.unaccounted:,} are unaccounted for"
            found.append(Finding(book.issuer, Check.BOOK, what))
    return found


_KNOWN = {ISSUED, REVERSED, Place.ACCEPTOR, Place.BREAKAGE, Place.ADJUSTMENT, *MEMBERS_OWN}


def _book(issuer: str, flows: Mapping[IssuerPlace, int], states: Mapping[IssuerPlace, int]) -> IssuerBook:
    return IssuerBook(
        issuer=issuer,
        issued=flows.get((issuer, ISSUED), 0),
        adjusted=-flows.get((issuer, Place.ADJUSTMENT), 0),
        active=states.get((issuer, Place.ACTIVE), 0),
        pending=states.get((issuer, Place.PENDING), 0),
        held=states.get((issuer, Place.HELD), 0),
        owed=-states.get((issuer, Place.DEBT), 0),
        redeemed=flows.get((issuer, Place.ACCEPTOR), 0),
        expired=flows.get((issuer, Place.BREAKAGE), 0),
        reversed=flows.get((issuer, REVERSED), 0),
        elsewhere=sum(points for (of, place), points in flows.items() if of == issuer and place not in _KNOWN),
    )
