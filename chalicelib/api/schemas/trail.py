"""The audit trail as it is listed."""

from typing import Annotated, Any

from pydantic import Field

from chalicelib.api.schemas.fields import Day, Instant, Params, PartnerId, ReplyBody
from chalicelib.api.schemas.listings import NextCursor
from chalicelib.api.schemas.operators import OperatorId
from chalicelib.listing import PageParams
from partners.trail.model import Phase

Action = Annotated[
    str, Field(max_length=60, description="An operationId of this API, or `operator_key`.", examples=["issue_key"])
]
Hash = Annotated[str, Field(examples=["9f" * 32])]
State = dict[str, Any]
RecordId = Annotated[str, Field(description="UTC day and number.", examples=["2026-11-21.17"])]


class ChangesParams(PageParams):
    """A page of the records of a period of UTC days, both included, 92 at most."""

    first_day: Day = Field(alias="from", description="First day.")
    last_day: Day = Field(alias="to", description="Last day.")
    action: Action | None = None


class TrailParams(ChangesParams):
    """The same, of everyone, or only of an operator or of a partner's admins."""

    operator_id: OperatorId | None = None
    partner_id: PartnerId | None = None


class DayParams(Params):
    """Which UTC day."""

    day: Day


class RecordOut(ReplyBody):
    """One record. An act has two: `begun` before anything is done, then `done`, `refused` or `unknown`.

    `unknown`: the answer was a 503, and it may have been done.
    """

    record_id: RecordId
    recorded_at: Instant
    phase: Phase
    of: Annotated[RecordId | None, Field(description="The record that began what this one ends.")]
    by: Annotated[
        str,
        Field(description="Operator, id of the partner's key, or AWS identity of `operator_key`.", examples=["ann"]),
    ]
    partner_id: Annotated[str, Field(description="Whose key it was; `network` for operators.", examples=["harvest"])]
    action: Action
    about: Annotated[dict[str, str], Field(description="What the path named.", examples=[{"key_id": "7h2k9m4p0q"}])]
    reason: Annotated[str | None, Field(examples=["Lost at the store"])]
    asked: State | None = Field(description="What the request said.", examples=[{"overlap_seconds": 600}])
    outcome: Annotated[str | None, Field(description="Code of the refusal, or of the 503.", examples=["rotation_open"])]
    before: State | None = Field(description="The state before, where there was one.", examples=[{"state": "proposed"}])
    after: State | None = Field(description="The answer.", examples=[{"key_id": "7h2k9m4p0q"}])
    request_id: Annotated[str, Field(examples=["0b6f2c1e-8f0e-4e57-9d7c-2f6a0a4f3f11"])]
    previous_hash: Hash
    hash: Hash


class RecordsReply(ReplyBody):
    """A page of records, oldest first. A page may be shorter than `limit`, or empty, before the last one."""

    records: list[RecordOut]
    next_cursor: NextCursor


class TrailCheckReply(ReplyBody):
    """What a day's chain of hashes says. `first_broken` is the first record that is missing or changed, if one is."""

    day: Annotated[str, Field(examples=["2026-11-21"])]
    records: Annotated[int, Field(ge=0)]
    first_broken: int | None
