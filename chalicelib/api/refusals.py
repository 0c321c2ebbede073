"""The refusals that several operations share, for their documentation."""

from partners.contracts.errors import NoTermsInForceError, UnknownLocationError
from partners.till.errors import CurrencyMismatchError, UnknownEntryError
from shared.kernel.errors import TesseraError
from shared.ledger.errors import (
    AccountBusyError,
    CardReplacedError,
    IdempotencyKeyReusedError,
    OccurredInFutureError,
    OccurredTooLongAgoError,
    UnknownCardError,
)
from shared.members.errors import InvalidCardNumberError

Refusals = tuple[type[TesseraError], ...]

CARD: Refusals = (InvalidCardNumberError, UnknownCardError, CardReplacedError)
TIME: Refusals = (OccurredTooLongAgoError, OccurredInFutureError)
QUOTE: Refusals = (*CARD, UnknownLocationError, NoTermsInForceError, CurrencyMismatchError)
POSTING: Refusals = (
    *CARD,
    UnknownLocationError,
    NoTermsInForceError,
    IdempotencyKeyReusedError,
    *TIME,
    AccountBusyError,
)
UNDOING: Refusals = (UnknownEntryError, UnknownLocationError, IdempotencyKeyReusedError, *TIME, AccountBusyError)
