"""Settling a period from the pages of all partners."""

from datetime import date

from partners.contracts.model import NETWORK
from partners.contracts.service import Contracts
from partners.settlement.model import Book
from partners.settlement.positions import book
from partners.settlement.rates import TermsRates
from partners.visits.service import Pages
from shared.kernel.clock import DAY_MS, midnight_ms


class Settlements:
    """Use cases of settlement. Every method may raise StoreUnavailableError."""

    def __init__(self, contracts: Contracts, pages: Pages) -> None:
        self._contracts = contracts
        self._pages = pages

    def positions(self, first: date, last: date) -> Book:
        """The positions of all that was recorded from `first` to `last` (UTC days) and posted by now.

        Raises InvalidRangeError.
        """
        totals = [
            day
            for party in (*(partner.partner_id for partner in self._contracts.partners()), NETWORK)
            for day in self._pages.day_totals(party, first, last)
        ]
        return book(totals, TermsRates(self._contracts, midnight_ms(last) + DAY_MS))
