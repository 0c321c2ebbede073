"""Lambda on the connectors' two lines: sales told by Shopify and Square, and files put into partners' folders."""

import json
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_plus

from partners import bootstrap
from partners.connectors.facts import Fact
from partners.connectors.files import INCOMING
from partners.connectors.foreign import TillFile
from shared.kernel.errors import UnavailableError
from shared.kernel.logs import logger

FILE_KEY = re.compile(rf"{INCOMING}/([a-z][a-z0-9-]{{1,19}})/(cn_[0-9a-z]{{16}})/([A-Za-z0-9_-][A-Za-z0-9._-]{{0,79}})")


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001
    """Work on each message of a batch and log one line about it.

    A message names a sale to be worked on, or is what S3 tells of new files. Those that could not be worked on now
    are named in the answer and delivered again. What can't be mapped is no failure: it waits in the queue that
    people see, and a metric reads how much of it is new.
    """
    failed: list[str] = []
    states: Counter[str] = Counter()
    waiting = 0
    for record in event["Records"]:
        try:
            settled = _work(json.loads(record["body"]))
        except UnavailableError as error:
            failed.append(record["messageId"])
            logger().warning("connector goes on later", extra={"code": error.code, "why": error.data})
            continue
        states.update(fact.state.value for fact in settled)
        waiting += sum(fact.waiting for fact in settled)
    facts = {"messages": len(event["Records"]), "failed": len(failed), "unmapped": waiting}
    logger().info("connectors stand", extra=facts | {"settled": dict(states)})
    return {"batchItemFailures": [{"itemIdentifier": one} for one in failed]}


def _work(message: Mapping[str, Any]) -> list[Fact]:
    if "group" in message:
        return bootstrap.services().connector_work.settle(message["connection_id"], message["group"])
    for record in message.get("Records", ()):
        _hear_file(record["s3"]["object"])
    return []


def _hear_file(put: Mapping[str, Any]) -> None:
    match = FILE_KEY.fullmatch(unquote_plus(put["key"]))
    if match is None:
        logger().warning("file not taken", extra={"why": "its key names no partner, connection and file"})
        return
    partner_id, connection_id, name = match.groups()
    file = TillFile(name, match[0], put["eTag"], int(put["size"]))
    heard = bootstrap.services().intake.hear_file(partner_id, connection_id, file, put["sequencer"])
    logger().info("file heard", extra={"partner_id": partner_id, "connection_id": connection_id, "heard": heard.value})
