"""What those get who tell us things by webhook."""

from chalicelib.api.schemas.fields import ReplyBody


class HeardReply(ReplyBody):
    """What became of the event: `new` has its effect now, `known` had had it before, `ignored` has none here."""

    heard: str
