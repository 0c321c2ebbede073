"""Lambda on the journal's stream: puts a batch of entries into partner-day pages."""

from collections.abc import Mapping
from typing import Any

from partners import bootstrap
from partners.visits.errors import MalformedEventError
from partners.visits.posting import Posted
from partners.visits.stream import read_batch
from shared.kernel.logs import logger

SINGLE_SHARD_OF_SOURCE = {"aws": False, "emulator": True}


class PostingIncompleteError(Exception):
    """Part of a batch could not be posted; the whole batch must be delivered again."""


class UnknownStreamSourceError(Exception):
    """TESSERA_STREAM_SOURCE names neither `aws` nor `emulator`."""


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001
    """Post one batch and log one line about it.

    On AWS the answer names the first record that must be delivered again, if any, and an empty `state`,
    which a mapping with a tumbling window demands. The emulator ignores such answers and goes on, so there
    the same failure is raised, as PostingIncompleteError. Raises MalformedEventError,
    UnknownStreamSourceError.
    """
    services = bootstrap.services()
    single_shard = _has_single_shard(services.settings.stream_source)
    try:
        batch = read_batch(event, single_shard=single_shard)
    except MalformedEventError as error:
        logger().error("posting refused an event", extra={"reason": str(error)})
        raise
    posted = services.posting.post(batch)
    _log(batch.shard, len(batch.records), posted)
    if posted.first_failed is None:
        return {"batchItemFailures": [], "state": {}}
    if single_shard:
        raise PostingIncompleteError(f"not posted from record {posted.first_failed}")
    return {"batchItemFailures": [{"itemIdentifier": posted.first_failed}], "state": {}}


def _has_single_shard(stream_source: str) -> bool:
    try:
        return SINGLE_SHARD_OF_SOURCE[stream_source]
    except KeyError:
        raise UnknownStreamSourceError(f"TESSERA_STREAM_SOURCE is {stream_source!r}") from None


def _log(shard: str, records: int, posted: Posted) -> None:
    facts = {
        "shard": shard,
        "records": records,
        "entries_posted": posted.entries,
        "pages_added": posted.pages,
        "records_set_aside": posted.set_aside,
        "first_failed": posted.first_failed,
    }
    if posted.first_failed is None:
        logger().info("posted", extra=facts)
    else:
        logger().error("posted in part", extra=facts)
