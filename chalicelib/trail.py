"""Every change by an operator or a partner's admin leaves two records in the audit trail, around the handler.

The first is written before the handler is called, and if it can't be written the handler is not called. So no change
can be lost from the trail, whatever dies when: what has no second record may or may not have been done, and what was
asked stands in the first.
"""

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pydantic import BaseModel

from partners import bootstrap
from partners.contracts.model import NETWORK
from partners.trail.model import Act, Phase, Record
from partners.trail.service import ATTEMPTS, ATTEMPTS_FOR_A_PARTNER
from shared.kernel.errors import StoreUnavailableError, TesseraError, UnavailableError
from shared.kernel.logs import logger

if TYPE_CHECKING:
    from chalicelib.operations import Call, Operation, Reply

WITHHELD = re.compile(
    r"card_numbers?|contact|api_key|credential|token|.*secret.*|url|receipt|email|phone|headers|body_base64|"
    r"member_account_fingerprint",
    re.IGNORECASE,
)
"""Names of fields whose values are secrets, or could tell who a customer is."""
WITHHELD_VALUE = "withheld"
MANY = 50
LONGEST_BYTES = 16_384


def kept(
    operation: "Operation",
    call: "Call[Any, Any]",
    handler: "Callable[[Call[Any, Any]], Reply]",
    check_caller: Callable[[], None],
) -> "Reply":
    """The handler's reply, after both records were written; `check_caller` is asked between the first and the handler.

    Raises what these two raise, StoreUnavailableError.
    """
    trail = bootstrap.services().trail
    # Without warnings: a batch keeps its lines as they came, each to be looked at by itself.
    asked = call.body.model_dump(mode="json", by_alias=True, warnings=False)
    act = Act(
        by=call.caller.acting_as,
        partner_id=call.caller.partner_id,
        action=operation.operation_id,
        about={name: str(value) for name, value in call.params.model_dump(mode="json").items() if not _withheld(name)},
        asked=scrubbed(asked),
        reason=asked.get("reason"),
        request_id=call.request_id,
    )
    begun = trail.begin(act, attempts=ATTEMPTS if act.partner_id == NETWORK else ATTEMPTS_FOR_A_PARTNER)
    before = None
    try:
        check_caller()
        before = None if operation.before is None else _facts(operation.before(call))
        reply = handler(call)
    except UnavailableError as lost:
        _end(begun, Phase.UNKNOWN, lost.code, before, None)
        raise
    except TesseraError as refusal:
        _end(begun, Phase.REFUSED, refusal.code, None, None)
        raise
    _end(begun, Phase.DONE, None, before, _facts(reply.body))
    return reply


def scrubbed(value: Any) -> Any:
    """JSON without secrets and personal data, and without the lines of long lists."""
    if isinstance(value, dict):
        return {
            name: _what_is_told(name, one) if _withheld(name) and one is not None else scrubbed(one)
            for name, one in value.items()
        }
    if isinstance(value, list):
        if len(value) > MANY or any(isinstance(one, dict) and any(map(_withheld, one)) for one in value):
            return f"{len(value)} of them"
        return [scrubbed(one) for one in value]
    return value


def _what_is_told(name: str, value: Any) -> str:
    """Of a URL, whose it is: who changes it may be leading events elsewhere. Its path may be a secret."""
    if name != "url":
        return WITHHELD_VALUE
    try:
        parts = urlsplit(str(value))
    except ValueError:
        return WITHHELD_VALUE
    return f"{parts.scheme}://{parts.hostname}/{WITHHELD_VALUE}" if parts.hostname else WITHHELD_VALUE


def _withheld(name: str) -> bool:
    return WITHHELD.fullmatch(name.removeprefix("to_").removeprefix("into_").removeprefix("household_")) is not None


def _facts(body: BaseModel | str | bytes | None) -> dict[str, Any] | None:
    if body is None or isinstance(body, bytes):
        return None
    facts = scrubbed(json.loads(body) if isinstance(body, str) else body.model_dump(mode="json", by_alias=True))
    size = len(json.dumps(facts))
    return facts if size <= LONGEST_BYTES else {"bytes": size}


def _end(begun: Record, phase: Phase, outcome: str | None, before: Any, after: Any) -> None:
    try:
        bootstrap.services().trail.end(begun, phase, outcome, before, after)
    except StoreUnavailableError as error:
        # The change is made and its beginning recorded: to refuse now would be a lie, and lose a new key's text.
        facts = {"record_id": begun.record_id, "phase": phase.value, "reason": error.data["reason"]}
        logger().error("the end of an act is not in the trail", extra=facts)
