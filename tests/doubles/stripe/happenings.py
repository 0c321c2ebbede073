"""Events: asked for, and sent as signed webhooks."""

import json
from datetime import datetime

from stripe import WebhookSignature

from tests.doubles.stripe.books import Books, Thing, page
from tests.doubles.stripe.routes import route


@route("get", "/v1/events")
def list_events(books: Books, params: Thing) -> Thing:
    kinds = params.get("types")
    found = [one for one in books.some("event") if kinds is None or one["type"] in kinds]
    return page(found, params, "/v1/events")


@route("get", "/v1/events/{id}")
def retrieve_event(books: Books, params: Thing, id: str) -> Thing:
    return books.get("event", id)


@route("get", "/v2/core/events/{id}")
def retrieve_thin_event(books: Books, params: Thing, id: str) -> Thing:
    return books.get("v2.core.event", id)


@route("get", "/v2/core/events")
def list_thin_events(books: Books, params: Thing) -> Thing:
    """All on one page, newest first."""
    kinds, created = params.get("types"), params.get("created", {})
    bounds = {"gt": "__gt__", "gte": "__ge__", "lt": "__lt__", "lte": "__le__"}
    found = [
        one
        for one in books.some("v2.core.event")
        if (kinds is None or one["type"] in kinds)
        and all(getattr(_moment(one["created"]), bounds[name])(_moment(at)) for name, at in created.items())
    ]
    return {"data": found[::-1], "next_page_url": None, "previous_page_url": None}


def _moment(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def signed(event: Thing, secret: str) -> tuple[bytes, str]:
    """Body and Stripe-Signature header of a webhook that tells of an event, signed at the time of this machine."""
    body = json.dumps(event)
    return body.encode(), str(WebhookSignature.generate_signature_header(body, secret))
