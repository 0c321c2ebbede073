"""The refusals that several operations share, for their documentation."""

from partners.contracts.errors import (
    FundingExhaustedError,
    NoTermsInForceError,
    PartnerNotActiveError,
    PartnerWasSuspendedError,
    UnknownLocationError,
)
from partners.till.errors import CurrencyMismatchError, LocationClosedError, LocationNotOpenError, UnknownEntryError
from shared.kernel.errors import TesseraError
from shared.ledger.errors import (
    AccountBusyError,
    AccountClosedError,
    AccountFullError,
    AccountFullTodayError,
    CardReplacedError,
    IdempotencyKeyReusedError,
    OccurredInFutureError,
    OccurredTooLongAgoError,
    SameAccountError,
    UnknownCardError,
)
from shared.members.errors import InvalidCardNumberError

Refusals = tuple[type[TesseraError], ...]

CARD: Refusals = (InvalidCardNumberError, UnknownCardError, CardReplacedError, AccountClosedError)
TIME: Refusals = (OccurredTooLongAgoError, OccurredInFutureError)
QUOTE: Refusals = (
    *CARD,
    PartnerNotActiveError,
    UnknownLocationError,
    LocationNotOpenError,
    LocationClosedError,
    NoTermsInForceError,
    PartnerWasSuspendedError,
    FundingExhaustedError,
    CurrencyMismatchError,
    *TIME,
)
POSTING: Refusals = (
    *CARD,
    PartnerNotActiveError,
    UnknownLocationError,
    LocationNotOpenError,
    LocationClosedError,
    NoTermsInForceError,
    IdempotencyKeyReusedError,
    *TIME,
    AccountFullError,
    AccountFullTodayError,
    AccountBusyError,
)
UNDOING: Refusals = (
    UnknownEntryError,
    PartnerNotActiveError,
    UnknownLocationError,
    LocationNotOpenError,
    LocationClosedError,
    IdempotencyKeyReusedError,
    *TIME,
    AccountClosedError,
    AccountFullError,
    AccountFullTodayError,
    AccountBusyError,
)
SHARING: Refusals = (
    *CARD,
    PartnerNotActiveError,
    UnknownLocationError,
    LocationNotOpenError,
    LocationClosedError,
    SameAccountError,
    IdempotencyKeyReusedError,
    *TIME,
    AccountFullError,
    AccountFullTodayError,
    AccountBusyError,
)
