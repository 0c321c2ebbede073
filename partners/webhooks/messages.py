"""Messages of the queue as text and back. Pure."""

import json
from typing import Any

from partners.visits.model import Bookmark
from partners.webhooks.delivery import Lane, Wake
from partners.webhooks.replaying import Replay


class MalformedMessageError(Exception):
    """The queue holds a message that is none of ours."""


def wake_to_text(wake: Wake) -> str:
    lane = wake.lane
    return _text(
        kind="wake",
        partner=lane.partner_id,
        endpoint=lane.endpoint_id,
        lane=lane.name,
        replay=lane.replay_id,
        place=wake.place,
        not_before=wake.not_before_ms,
        attempts=wake.attempts,
    )


def replay_to_text(replay: Replay, not_before_ms: int) -> str:
    mark = replay.bookmark
    return _text(
        kind="replay",
        partner=replay.partner_id,
        endpoint=replay.endpoint_id,
        replay=replay.replay_id,
        first=replay.since_ms,
        last=replay.until_ms,
        bookmark=None if mark is None else [mark.day, mark.page, mark.line],
        not_before=not_before_ms,
    )


def read_message(text: str) -> Wake | tuple[Replay, int]:
    """A wake, or a replay and when it may begin. Raises MalformedMessageError."""
    try:
        values: dict[str, Any] = json.loads(text)
        if values["kind"] == "wake":
            lane = Lane(values["partner"], values["endpoint"], values["lane"], values["replay"])
            return Wake(lane, values["place"], values["not_before"], values["attempts"])
        if values["kind"] == "replay":
            mark = None if values["bookmark"] is None else Bookmark(*values["bookmark"])
            replay = Replay(
                values["partner"], values["endpoint"], values["replay"], values["first"], values["last"], mark
            )
            return replay, values["not_before"]
    except (ValueError, KeyError, TypeError) as error:
        raise MalformedMessageError(str(error)) from error
    raise MalformedMessageError(str(values["kind"])[:40])


def _text(**values: object) -> str:
    return json.dumps(values, separators=(",", ":"))
