"""Lambda on the journal's stream, beside posting: lets webhooks wait for what partners want to be told."""

from collections.abc import Mapping
from typing import Any

from partners import bootstrap
from partners.visits.stream import read_batch
from shared.kernel.logs import logger


def handler(event: Mapping[str, Any], context: object) -> None:  # noqa: ARG001
    """Tell of one batch and log one line about it.

    If a store does not answer the whole batch must come again, which has no further effect on what was done. Raises
    StoreUnavailableError, MalformedEventError.
    """
    batch = read_batch(event, single_shard=True)
    told = bootstrap.services().telling.tell_of_records(batch.records)
    facts = {"records": len(batch.records), "deliveries": told.deliveries, "unreadable": list(told.unreadable)}
    if told.unreadable:
        logger().error("webhooks told in part", extra=facts)
    else:
        logger().info("webhooks told", extra=facts)
