"""Problem documents, as RFC 9457 has them. They are written by chalicelib/problems.py."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.api.schemas.fields import ReplyBody


class FieldProblem(ReplyBody):
    """One field or parameter that is wrong."""

    pointer: Annotated[str, Field(description="JSON pointer into the body.", examples=["/total/amount_cents"])] = ""
    parameter: Annotated[str, Field(description="Name of the parameter.", examples=["limit"])] = ""
    code: str
    detail: str


class Problem(BaseModel):
    """Why a request was refused. Programs read `code`, people `detail`; some codes add facts of their own."""

    model_config = ConfigDict(extra="allow", defer_build=True)

    type: Annotated[str, Field(json_schema_extra={"format": "uri"}, description="Names the code, for ever.")]
    title: str
    status: Annotated[int, Field(ge=400, le=599)]
    detail: str
    code: str
    instance: Annotated[
        str, Field(json_schema_extra={"format": "uri"}, description="Names this very request; tell it to support.")
    ]
    errors: list[FieldProblem] = Field(default=[], description="All wrong fields, for the codes about fields.")
