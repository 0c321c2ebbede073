"""Do a purchase's points and cashback wait and expire as the terms say that its entry names?"""

from typing import Protocol

from partners.contracts.errors import UnknownPartnerError
from partners.contracts.model import Partner, Terms, cashback_expiry_month
from shared.kernel.clock import DAY_MS, month_number
from shared.ledger.model import POINTS, Entry, Op, Place


class Partners(Protocol):
    """See `partners.contracts.service.Contracts`."""

    def partners(self) -> list[Partner]: ...

    def terms(self, partner_id: str) -> list[Terms]: ...


class Agreed:
    """The terms of all partners, read once: a version never changes."""

    def __init__(self, partners: Partners) -> None:
        self._partners = partners
        self._known: dict[tuple[str, int], Terms | None] = {}

    def breach(self, entry: Entry) -> str | None:
        """What of `entry` is not as its partner's terms of that version say; None where there are none."""
        if entry.op is not Op.EARN or entry.rates is None:
            return None
        terms = self._terms(entry.partner, entry.rates.terms_version)
        return None if terms is None else breach(entry, terms)

    def _terms(self, partner_id: str, version: int) -> Terms | None:
        if (partner_id, version) not in self._known:
            try:
                versions = self._partners.terms(partner_id)
            except UnknownPartnerError:
                versions = []
            self._known[partner_id, version] = None
            self._known |= {(partner_id, terms.version): terms for terms in versions}
        return self._known[partner_id, version]


def breach(entry: Entry, terms: Terms) -> str | None:
    """What of a purchase's `entry` is not as `terms` say, or None."""
    said = f"than terms {terms.version} say"
    month = month_number(entry.occurred_at_ms) + terms.expiry_months
    granted = [move for move in entry.moves if move.source is Place.ISSUER]
    if any(move.lot.expiry_month != month for move in granted if move.lot.unit == POINTS):
        return f"its points expire in another month {said}"
    cash_month = cashback_expiry_month(terms, entry.occurred_at_ms)
    if any(move.lot.expiry_month != cash_month for move in granted if move.lot.unit != POINTS):
        return f"its cashback expires in another month {said}, or never"
    due_ms = entry.occurred_at_ms + terms.waiting_days * DAY_MS
    there = Place.PENDING if due_ms > entry.recorded_at_ms and terms.waiting_days else Place.ACTIVE
    waiting = [one for one in entry.account.pending if (one.owner, one.purchase_seq) == (None, entry.seq)]
    if any(move.target not in (there, Place.DEBT) for move in granted) or any(
        one.matures_at_ms != due_ms for one in waiting
    ):
        return f"what it grants can be spent from another moment on {said}"
    return None
