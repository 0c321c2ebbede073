"""Without a key: is the API up, and what does it offer."""

from functools import cache
from typing import Any, Literal

from chalicelib.api.schemas.fields import NoBody, NoParams, ReplyBody
from chalicelib.operations import Call, Reply, Resource

resource = Resource("meta", __name__)

KEPT_SECONDS = 300
"""The document changes with a deployment alone, and is long."""


class HealthReply(ReplyBody):
    """The API answers."""

    status: Literal["ok"]


@resource.get("/v1/health", scope=None, params=NoParams, reply=HealthReply)
def get_health(_: Call[NoParams, NoBody]) -> Reply:
    """Tell that the API answers.

    Reads no store, so it says nothing about them.
    """
    return Reply(HealthReply(status="ok"))


@resource.get("/v1/openapi.json", scope=None, params=NoParams, reply=None)
def get_openapi(_: Call[NoParams, NoBody]) -> Reply:
    """Get this API's OpenAPI 3.1 document."""
    return Reply(_document_text(resource.blueprint.current_app), public_for_seconds=KEPT_SECONDS)


@cache
def _document_text(app: Any) -> str:
    from chalicelib.openapi import document_text

    return document_text(app)
