"""Subscriptions of licensed and metered items, their cycles, and proration."""

from datetime import UTC, datetime
from decimal import Decimal

from tests.doubles.stripe.books import DAY_S, Books, Thing, page
from tests.doubles.stripe.catalogue import check_receives_invoices
from tests.doubles.stripe.errors import ApiError
from tests.doubles.stripe.invoices import finalize, new_invoice, pending_item, shown
from tests.doubles.stripe.rating import cents, rated
from tests.doubles.stripe.routes import route

FINISHED = ("canceled", "incomplete_expired")
LONGEST_MONTH_S = 31 * DAY_S


def month_later(moment: int, months: int = 1) -> int:
    """The same day and hour of another month; the double knows anchors on the days 1 to 28 only."""
    at = datetime.fromtimestamp(moment, UTC)
    assert at.day <= 28, "the double knows anchors on the days 1 to 28 only"
    number = at.year * 12 + at.month - 1 + months
    return int(at.replace(year=number // 12, month=number % 12 + 1).timestamp())


@route("post", "/v1/subscriptions")
def create_subscription(books: Books, params: Thing) -> Thing:
    customer = books.get("customer", params["customer"])
    _check_collection(params)
    if params.get("collection_method") == "send_invoice":
        check_receives_invoices(customer)
    anchor = params.get("billing_cycle_anchor", books.now)
    if not books.now <= anchor <= books.now + LONGEST_MONTH_S:
        raise ApiError.invalid("billing_cycle_anchor lies in the past or too far ahead.", param="billing_cycle_anchor")
    ends = anchor if anchor > books.now else month_later(anchor)
    subscription = books.new(
        "subscription",
        "sub",
        customer=customer["id"],
        status="active",
        automatic_tax={"enabled": False},
        billing_cycle_anchor=anchor,
        billing_mode={"type": "flexible"},
        billing_schedules=[],
        cancel_at=None,
        cancel_at_period_end=False,
        collection_method=params.get("collection_method", "charge_automatically"),
        days_until_due=params.get("days_until_due"),
        currency="",
        discounts=[],
        invoice_settings={"issuer": {"type": "self"}},
        metadata=params.get("metadata", {}),
        start_date=books.now,
        latest_invoice=None,
        items={"object": "list", "data": [], "has_more": False, "url": "/v1/subscription_items"},
    )
    for item in params.get("items", []):
        price = books.get("price", item["price"])
        metered = price["recurring"]["usage_type"] == "metered"
        if metered and "quantity" in item:
            raise ApiError.invalid("A metered item has no quantity.", param="items[quantity]")
        if subscription["currency"] not in ("", price["currency"]):
            raise ApiError.invalid("All prices of a subscription have one currency.", param="items")
        subscription["currency"] = price["currency"]
        made = books.new(
            "subscription_item",
            "si",
            current_period_start=books.now,
            current_period_end=ends,
            discounts=[],
            price=price,
            subscription=subscription["id"],
            metadata=item.get("metadata", {}),
            **({} if metered else {"quantity": item.get("quantity", 1)}),
        )
        del made["livemode"]
        subscription["items"]["data"].append(made)
    if not subscription["items"]["data"]:
        raise ApiError.invalid("A subscription needs items.", param="items")
    _bill_beginning(books, subscription, anchor, params.get("proration_behavior", "create_prorations"))
    books.happen("customer.subscription.created", subscription)
    return subscription


def _check_collection(params: Thing) -> None:
    sends = params.get("collection_method") == "send_invoice"
    if sends != ("days_until_due" in params):
        raise ApiError.invalid("days_until_due goes with collection_method=send_invoice.", param="days_until_due")


def _bill_beginning(books: Books, subscription: Thing, anchor: int, behavior: str) -> None:
    """Licensed items are paid ahead: a part until the anchor, or the first month."""
    if anchor > books.now and behavior == "none":
        return
    begin, end = books.now, anchor if anchor > books.now else month_later(anchor)
    share = (end - begin, month_length(end))
    invoice = new_invoice(books, subscription, "subscription_create", begin, begin)
    for item in licensed(subscription):
        amount = part_of(item["price"], item["quantity"], *share)
        pending_item(books, subscription, item, amount, item["quantity"], (begin, end), invoice=invoice["id"])
    finalize(books, invoice)


def month_length(ends: int) -> int:
    return ends - month_later(ends, -1)


def licensed(subscription: Thing) -> list[Thing]:
    return [item for item in subscription["items"]["data"] if item["price"]["recurring"]["usage_type"] == "licensed"]


def part_of(price: Thing, quantity: int, part: int, whole: int) -> int:
    full = sum(amount for _, amount, _ in rated(price, quantity))
    return cents(Decimal(full) * part / whole)


@route("get", "/v1/subscriptions/{subscription_exposed_id}")
def retrieve_subscription(books: Books, params: Thing, subscription_exposed_id: str) -> Thing:
    return books.get("subscription", subscription_exposed_id)


@route("get", "/v1/subscriptions")
def list_subscriptions(books: Books, params: Thing) -> Thing:
    equal = {"customer": params["customer"]} if "customer" in params else {}
    status = params.get("status")
    found = [
        one
        for one in books.some("subscription", **equal)
        if "price" not in params or params["price"] in [item["price"]["id"] for item in one["items"]["data"]]
        if status == "all" or (one["status"] == status if status else one["status"] not in FINISHED)
    ]
    return page(found, params, "/v1/subscriptions")


@route("post", "/v1/subscriptions/{subscription_exposed_id}")
def update_subscription(books: Books, params: Thing, subscription_exposed_id: str) -> Thing:
    subscription = books.get("subscription", subscription_exposed_id)
    if subscription["status"] in FINISHED:
        raise ApiError.refused("The subscription is canceled.")
    if "cancel_at" in params:
        _end_at(books, subscription, params)
    books.happen("customer.subscription.updated", subscription)
    return subscription


def _end_at(books: Books, subscription: Thing, params: Thing) -> None:
    """Let it end at a moment ahead, which the double knows at the end of a period only."""
    cancel_at, end = params["cancel_at"], subscription["items"]["data"][0]["current_period_end"]
    if cancel_at <= books.now:
        raise ApiError.invalid("cancel_at lies in the past.", param="cancel_at")
    while end < cancel_at:
        end = month_later(end)
    assert end == cancel_at, "the double ends a subscription with a period only"
    subscription["cancel_at"] = cancel_at


@route("get", "/v1/subscription_items/{item}")
def retrieve_item(books: Books, params: Thing, item: str) -> Thing:
    return books.get("subscription_item", item)


@route("post", "/v1/subscription_items/{item}")
def update_item(books: Books, params: Thing, item: str) -> Thing:
    """A new quantity; what the change costs until the end of the period becomes two items of the next invoice."""
    changed = books.get("subscription_item", item)
    subscription = books.get("subscription", changed["subscription"])
    if subscription["status"] in FINISHED:
        raise ApiError.refused("The subscription is canceled.")
    if "quantity" in params and "quantity" not in changed:
        raise ApiError.refused("A metered item has no quantity.")
    at = params.get("proration_date", books.now)
    begin, end = changed["current_period_start"], changed["current_period_end"]
    if not begin <= at < end:
        raise ApiError.refused("proration_date lies outside the current period.", code="invalid_proration_date")
    before, after = changed["quantity"], params.get("quantity", changed["quantity"])
    if params.get("proration_behavior", "create_prorations") != "none" and before != after:
        share = (end - at, month_length(end))
        credit = -part_of(changed["price"], before, *share)
        charge = part_of(changed["price"], after, *share)
        pending_item(books, subscription, changed, credit, before, (at, end), proration=True)
        pending_item(books, subscription, changed, charge, after, (at, end), proration=True)
    changed["quantity"] = after
    changed["metadata"] = {**changed["metadata"], **params.get("metadata", {})}
    books.happen("customer.subscription.updated", subscription)
    return changed


@route("delete", "/v1/subscriptions/{subscription_exposed_id}")
def cancel_subscription(books: Books, params: Thing, subscription_exposed_id: str) -> Thing:
    """Without `invoice_now` the usage of the running period is never billed; with it, what counts by now and no more.

    Prorations that wait go on that invoice, but are removed if `prorate` is set too; other items go on waiting.
    """
    subscription = books.get("subscription", subscription_exposed_id)
    if subscription["status"] in FINISHED:
        raise ApiError.missing("subscription", subscription_exposed_id)
    begin = min(item["current_period_start"] for item in subscription["items"]["data"])
    if params.get("prorate"):
        if params.get("invoice_now"):
            _remove_prorations(books, subscription)
        for item in licensed(subscription):
            end = item["current_period_end"]
            credit = -part_of(item["price"], item["quantity"], end - books.now, month_length(end))
            pending_item(books, subscription, item, credit, item["quantity"], (books.now, end), proration=True)
    if params.get("invoice_now"):
        invoice = new_invoice(books, subscription, "manual", begin, books.now, metered=True, cancelled=True)
        books.happen("invoice.created", shown(books, invoice))
    _end(books, subscription, books.now)
    return subscription


def _remove_prorations(books: Books, subscription: Thing) -> None:
    for item in books.some("invoiceitem", customer=subscription["customer"], invoice=None, proration=True):
        del books.things["invoiceitem"][item["id"]]


def _end(books: Books, subscription: Thing, at: int) -> None:
    """Automatic collection of all that is due from the customer stops."""
    subscription["status"] = "canceled"
    subscription["canceled_at"] = subscription["ended_at"] = at
    for invoice in books.some("invoice", customer=subscription["customer"], status="open"):
        invoice["auto_advance"] = False
    books.happen("customer.subscription.deleted", subscription)


def renew(books: Books, subscription: Thing) -> None:
    """Bill the period that is over: what was used in it, and the licensed items of the next, if there is one."""
    items = subscription["items"]["data"]
    begin, end = items[0]["current_period_start"], items[0]["current_period_end"]
    following = month_later(end)
    invoice = new_invoice(books, subscription, "subscription_cycle", begin, end, metered=True, created=end)
    ending = subscription["cancel_at"] is not None and subscription["cancel_at"] <= end
    for item in items:
        if "quantity" in item and not ending:
            amount = part_of(item["price"], item["quantity"], 1, 1)
            period = (end, following)
            pending_item(books, subscription, item, amount, item["quantity"], period, invoice=invoice["id"])
        item["current_period_start"], item["current_period_end"] = end, following
    subscription["latest_invoice"] = invoice["id"]
    if ending:
        _end(books, subscription, end)
    books.happen("invoice.created", shown(books, invoice))
