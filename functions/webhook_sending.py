"""Lambda on the queue of wakes: sends webhooks that are due, and prepares replays."""

from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Protocol

from partners import bootstrap
from partners.webhooks.delivery import Wake
from partners.webhooks.messages import MalformedMessageError, read_message
from partners.webhooks.model import Disabled
from shared.kernel.errors import StoreUnavailableError
from shared.kernel.logs import logger

if TYPE_CHECKING:
    from partners.webhooks.replaying import Replays
    from partners.webhooks.sending import Sending

SPARE_MS = 20_000
"""Left for the attempt under way, and the writes after it."""


class Context(Protocol):
    """What is needed of Lambda's context."""

    def get_remaining_time_in_millis(self) -> int: ...


def handler(event: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Look after the lanes that a batch of wakes names, all at once, since most time is spent waiting for receivers.

    Returns which messages must come again because a store did not answer or they do not read; the queue sets the
    latter aside in the end.
    """
    # Built before several threads ask for them.
    sending, replays = bootstrap.services().sending, bootstrap.services().replays

    def may_go_on() -> bool:
        return context.get_remaining_time_in_millis() > SPARE_MS

    records = event["Records"]
    with ThreadPoolExecutor(max_workers=len(records)) as pool:
        outcomes = list(pool.map(lambda record: _look_after(record["body"], sending, replays, may_go_on), records))
    failed = [record["messageId"] for record, outcome in zip(records, outcomes, strict=True) if outcome is None]
    total: Counter[str] = sum((outcome for outcome in outcomes if outcome is not None), Counter())
    facts = {name: total[name] for name in ("delivered", "failed", "dead_lettered", "replayed")}
    # Alarms read this: one that says it is gone was disabled as it wished.
    facts["disabled"] = total[f"disabled, {Disabled.FAILING}"]
    logger().info("webhooks sent", extra={"wakes": len(records), "put_off": len(failed), **facts})
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}


def _look_after(
    body: str, sending: "Sending", replays: "Replays", may_go_on: Callable[[], bool]
) -> Counter[str] | None:
    """What was done, None if the message must come again."""
    try:
        message = read_message(body)
        if not isinstance(message, Wake):
            replay, not_before_ms = message
            return Counter(replayed=replays.work(replay, not_before_ms, may_go_on))
        done = sending.attend(message, may_go_on)
    except StoreUnavailableError as error:
        logger().warning("webhook put off", extra={"code": error.code, "why": error.data})
        return None
    except MalformedMessageError as error:
        logger().error("message of the webhook queue not understood", extra={"why": str(error)})
        return None
    for why in Disabled:
        if done[f"disabled, {why}"]:
            facts = {"partner_id": message.lane.partner_id, "endpoint_id": message.lane.endpoint_id, "why": why.value}
            logger().warning("webhook endpoint disabled", extra=facts)
    return done
