"""Lambda on the line of comparisons: a partner's file against our lines of a window."""

import json
from collections.abc import Mapping
from typing import Any

from partners import bootstrap
from shared.kernel.errors import UnavailableError
from shared.kernel.logs import logger


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001
    """Compare what each message of a batch names, and log one line about it.

    A file with mistakes is no failure: the partner sees them. What could not be done now is named in the answer and
    delivered again.
    """
    failed: list[str] = []
    for record in event["Records"]:
        asked = json.loads(record["body"])
        facts = {"partner_id": asked["partner_id"], "reconciliation": asked["reconciliation"]}
        try:
            found = bootstrap.services().comparing.work(asked["partner_id"], asked["reconciliation"])
        except UnavailableError as error:
            failed.append(record["messageId"])
            logger().warning("comparison goes on later", extra={**facts, "code": error.code, "why": error.data})
        else:
            state = "unknown" if found is None else found.state.value
            differences = 0 if found is None or found.result is None else found.result.differences
            logger().info("comparison stands", extra={**facts, "state": state, "differences": differences})
    return {"batchItemFailures": [{"itemIdentifier": one} for one in failed]}
