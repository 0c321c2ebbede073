"""Meter events, their adjustments and their summaries."""

from tests.doubles.stripe.books import DAY_S, HOUR_S, Books, MeterEvent, Thing, page
from tests.doubles.stripe.errors import ApiError
from tests.doubles.stripe.routes import route

OLDEST_S = 35 * DAY_S
AHEAD_S = 300
REMEMBERED_S = DAY_S
"""How long an identifier is refused again: Stripe promises no more than this."""
CANCELLABLE_S = DAY_S


@route("post", "/v1/billing/meter_events")
def create_meter_event(books: Books, params: Thing) -> Thing:
    now = books.now
    identifier = params.get("identifier") or f"generated-{books.number()}"
    timestamp = params.get("timestamp", now)
    if any(one.identifier == identifier and one.received_at > now - REMEMBERED_S for one in books.meter_events):
        raise ApiError.refused(f"An event already exists with identifier {identifier}.")
    if timestamp < now - OLDEST_S:
        raise ApiError.refused("The timestamp is more than 35 days in the past.", code="timestamp_too_far_in_past")
    if timestamp > now + AHEAD_S:
        raise ApiError.refused("The timestamp is more than 5 minutes in the future.", code="timestamp_in_future")
    payload = params["payload"]
    value = payload.get("value", "1")
    trouble = _trouble(books, params["event_name"], payload, value)
    books.meter_events.append(
        MeterEvent(
            identifier=identifier,
            event_name=params["event_name"],
            customer=payload.get("stripe_customer_id", ""),
            value=0 if trouble else int(value),
            timestamp=timestamp,
            received_at=now,
            seen_at=now + books.summary_delay_s,
            dropped=trouble is not None,
        )
    )
    if trouble is not None:
        report(books, params["event_name"], identifier, trouble)
    return {
        "object": "billing.meter_event",
        "created": now,
        "event_name": params["event_name"],
        "identifier": identifier,
        "livemode": False,
        "payload": payload,
        "timestamp": timestamp,
    }


def _trouble(books: Books, event_name: str, payload: Thing, value: str) -> str | None:
    """Why an accepted event comes to nothing, said later only."""
    if not books.some("billing.meter", event_name=event_name, status="active"):
        return "no_meter"
    if "stripe_customer_id" not in payload:
        return "meter_event_no_customer_defined"
    if payload["stripe_customer_id"] not in books.things["customer"]:
        return "meter_event_customer_not_found"
    return None if value.isdigit() else "meter_event_invalid_value"


def report(books: Books, event_name: str, identifier: str, code: str) -> Thing:
    """The thin event that tells of an asynchronous error."""
    meters = books.some("billing.meter", event_name=event_name)
    meter = meters[0] if meters else {"id": "", "object": "billing.meter"}
    sample = {"error_message": code, "request": {"identifier": identifier}}
    reason = {"error_count": 1, "error_types": [{"code": code, "error_count": 1, "sample_errors": [sample]}]}
    data = {"developer_message_summary": code, "reason": reason}
    kind = "v1.billing.meter.error_report_triggered" if meters else "v1.billing.meter.no_meter_found"
    return books.happen_thinly(kind, meter, f"/v1/billing/meters/{meter['id']}", data)


@route("post", "/v1/billing/meter_event_adjustments")
def cancel_meter_event(books: Books, params: Thing) -> Thing:
    identifier = params.get("cancel", {}).get("identifier")
    found = [one for one in books.meter_events if one.identifier == identifier and not one.dropped]
    if not found:
        raise ApiError.refused(f"There is no event with identifier {identifier}.", code="resource_missing")
    if found[-1].received_at < books.now - CANCELLABLE_S:
        raise ApiError.refused("An event can be cancelled for 24 hours.")
    found[-1].dropped = True
    return {
        "object": "billing.meter_event_adjustment",
        "cancel": {"identifier": identifier},
        "event_name": params["event_name"],
        "livemode": False,
        "status": "pending",
        "type": "cancel",
    }


@route("get", "/v1/billing/meters/{id}/event_summaries")
def list_event_summaries(books: Books, params: Thing, id: str) -> Thing:
    meter = books.get("billing.meter", id)
    customer, start, end = params["customer"], params["start_time"], params["end_time"]
    window = {"hour": HOUR_S, "day": DAY_S}.get(params.get("value_grouping_window", ""), end - start)
    step = window if "value_grouping_window" in params else 60
    if start % step or end % step or end <= start:
        raise ApiError.invalid(f"start_time and end_time must stand at multiples of {step} seconds.")
    summaries = []
    for begin in range(start, end, window):
        value = used(books, meter, customer, begin, begin + window)
        if value:
            summaries.append(
                {
                    "id": f"mes_{customer}_{begin}",
                    "object": "billing.meter_event_summary",
                    "aggregated_value": value,
                    "start_time": begin,
                    "end_time": begin + window,
                    "livemode": False,
                    "meter": id,
                }
            )
    return page(summaries, params, f"/v1/billing/meters/{id}/event_summaries")


def used(books: Books, meter: Thing, customer: str, start: int, end: int) -> int:
    """What counts so far of the time from `start` to before `end`."""
    return sum(
        one.value
        for one in books.meter_events
        if one.event_name == meter["event_name"]
        and one.customer == customer
        and start <= one.timestamp < end
        and one.seen_at <= books.now
        and not one.dropped
    )
