"""Use cases of cases: the partner opens and comments, operators answer, and each ends once."""

from partners.cases.ending import Ending
from partners.cases.handling import Handling
from partners.cases.listing import Listing
from partners.cases.opening import Opening


class Cases(Opening, Listing, Handling, Ending):
    """All that can be done with cases. Every method may raise StoreUnavailableError."""
