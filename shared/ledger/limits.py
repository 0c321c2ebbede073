"""How late and how early a request may be. Apart from the ledger, so that terms can be bounded without loading it."""

from shared.kernel.clock import DAY_MS

LATE_LIMIT_DAYS = 30
LATE_LIMIT_MS = LATE_LIMIT_DAYS * DAY_MS
CLOCK_SKEW_MS = 5 * 60 * 1000
