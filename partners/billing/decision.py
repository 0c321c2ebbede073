"""What the operator decides about billing through Stripe: who, what, why. Pure."""

from dataclasses import dataclass
from enum import StrEnum


class What(StrEnum):
    """`open` and `end`: a partner's billing through Stripe. `confirm`, `release`, `write_off`: how a held month stands.
    `credit`: a part of an invoice is taken back. `replace`: visits of a lost message are told anew. `backfill`: missed
    webhooks are asked for. `retry_event`, `dismiss_event`: what becomes of an event that had no effect.
    """

    OPEN = "open"
    END = "end"
    CONFIRM = "confirm"
    RELEASE = "release"
    WRITE_OFF = "write_off"
    CREDIT = "credit"
    REPLACE = "replace"
    BACKFILL = "backfill"
    RETRY_EVENT = "retry_event"
    DISMISS_EVENT = "dismiss_event"


@dataclass(frozen=True, slots=True)
class Asked:
    """A decision as it was asked for. What `what` does not need is empty; `since_s` is in epoch seconds, `at_once` says
    that an account is to end before its month does.
    """

    what: What
    partner_id: str
    reason: str
    month: str = ""
    identifier: str = ""
    amount_cents: int = 0
    since_s: int = 0
    at_once: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision of the operator whose key is `decided_by`; `outcome` says what came of it, None until it is done."""

    decision_id: str
    asked: Asked
    decided_by: str
    decided_at_ms: int
    outcome: str | None = None
