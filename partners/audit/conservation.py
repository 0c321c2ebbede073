"""Does every issuer's book add up? Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from partners.audit.model import Check, Finding, IssuerPlace, Part
from shared.ledger.model import POINTS, Place
from shared.ledger.postings import MEMBERS_OWN, Posting

ISSUED, REVERSED = "issued", "reversed"
TRANSFER_YOUNG = "transfer_young"


def flows_of(postings: Iterable[Posting], *, settled: bool) -> Iterable[tuple[IssuerPlace, int]]:
    """Where points and cashback went. What left the issuer counts as issued, what came back to it as reversed.

    `settled` says that the entry is old enough for its counterpart in another account to be seen too.
    """
    for posting in postings:
        place = posting.account.partition(":")[0]
        if place == Place.TRANSFER and not settled:
            place = TRANSFER_YOUNG
        if place != Place.ISSUER:
            yield (posting.issuer, posting.unit, place), posting.quantity
        elif posting.quantity < 0:
            yield (posting.issuer, posting.unit, ISSUED), -posting.quantity
        else:
            yield (posting.issuer, posting.unit, REVERSED), posting.quantity


@dataclass(frozen=True, slots=True)
class IssuerBook:
    """All that one issuer granted in one unit, from the journal's beginning: points, or cents of cashback.

    `issued` and `adjusted` are where it comes from. `active`, `pending` and `held` are with members by the
    accounts' own word, less what is `owed` to the issuer; `redeemed` includes what was paid out, `expired` what
    was forfeited. `elsewhere` is in no known place, `between` in no account: given by one whose counterpart this
    count has not seen.
    """

    issuer: str
    unit: str
    issued: int
    adjusted: int
    active: int
    pending: int
    held: int
    owed: int
    redeemed: int
    expired: int
    reversed: int
    between: int
    elsewhere: int

    @property
    def with_members(self) -> int:
        """What members hold, spendable or not, less what they owe."""
        return self.active + self.pending + self.held - self.owed

    @property
    def unaccounted(self) -> int:
        """What came into being without ending anywhere; 0 if the book adds up."""
        ended = self.redeemed + self.expired + self.reversed + self.between + self.elsewhere
        return self.issued + self.adjusted - (self.with_members + ended)


def issuer_books(total: Part) -> list[IssuerBook]:
    """A book for every issuer and unit, by issuer, points first."""
    flows, states = total.flows, total.states
    books = {(issuer, unit) for issuer, unit, _ in (*flows, *states)}
    return [_book(*of, flows, states) for of in sorted(books, key=lambda of: (of[0], of[1] != POINTS, of[1]))]


def book_findings(total: Part) -> list[Finding]:
    """Issuers whose points or cashback do not add up, whose members hold other than entries moved to them, or of
    which one account gave what no other took."""
    flows, states = total.flows, total.states
    found = [
        Finding(
            issuer,
            Check.BOOK,
            f"accounts hold {has:,} {place} {_unit(unit)}, their entries moved {moved:,} there",
        )
        for issuer, unit, place in sorted({*flows, *states})
        if place in MEMBERS_OWN
        and (has := states.get((issuer, unit, place), 0)) != (moved := flows.get((issuer, unit, place), 0))
    ]
    for (issuer, unit, place), quantity in sorted(flows.items()):
        if place == Place.TRANSFER and quantity:
            way = "left one account and reached no other" if quantity > 0 else "reached an account and left no other"
            found.append(Finding(issuer, Check.BOOK, f"{abs(quantity):,} {_unit(unit)} {way}"))
    for book in issuer_books(total):
        if book.redeemed < 0:
            found.append(
                Finding(
                    book.issuer, Check.BOOK, f"{-book.redeemed:,} {_unit(book.unit)} more were given back than redeemed"
                )
            )
        if book.unaccounted:
            came = f"{book.issued + book.adjusted:,} {_unit(book.unit)} came into being"
            found.append(Finding(book.issuer, Check.BOOK, f"{came}, {book.unaccounted:,} are unaccounted for"))
    return found


_BETWEEN = (Place.TRANSFER, TRANSFER_YOUNG)
_KNOWN = {ISSUED, REVERSED, Place.ACCEPTOR, Place.BREAKAGE, Place.ADJUSTMENT, *_BETWEEN, *MEMBERS_OWN}


def _unit(unit: str) -> str:
    return unit if unit == POINTS else f"cents of cashback in {unit}"


def _book(issuer: str, unit: str, flows: Mapping[IssuerPlace, int], states: Mapping[IssuerPlace, int]) -> IssuerBook:
    def moved(*places: str) -> int:
        return sum(flows.get((issuer, unit, place), 0) for place in places)

    def held(place: str) -> int:
        return states.get((issuer, unit, place), 0)

    return IssuerBook(
        issuer=issuer,
        unit=unit,
        issued=moved(ISSUED),
        adjusted=-moved(Place.ADJUSTMENT),
        active=held(Place.ACTIVE),
        pending=held(Place.PENDING),
        held=held(Place.HELD),
        owed=-held(Place.DEBT),
        redeemed=moved(Place.ACCEPTOR),
        expired=moved(Place.BREAKAGE),
        reversed=moved(REVERSED),
        between=moved(*_BETWEEN),
        elsewhere=moved(*(place for of, what, place in flows if (of, what) == (issuer, unit) and place not in _KNOWN)),
    )
