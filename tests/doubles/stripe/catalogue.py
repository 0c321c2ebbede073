"""Customers, products, prices and meters."""

import re

from tests.doubles.stripe.books import Books, Thing, page
from tests.doubles.stripe.errors import ApiError
from tests.doubles.stripe.routes import route

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@route("post", "/v1/customers")
def create_customer(books: Books, params: Thing) -> Thing:
    _check_email(params)
    customer = books.new("customer", "cus", **{"balance": 0, "invoice_settings": {}, **params})
    books.happen("customer.created", customer)
    return customer


@route("post", "/v1/customers/{customer}")
def update_customer(books: Books, params: Thing, customer: str) -> Thing:
    _check_email(params)
    found = books.get("customer", customer)
    found |= params
    books.happen("customer.updated", found)
    return found


def _check_email(params: Thing) -> None:
    address = params.get("email")
    if address and not _EMAIL.fullmatch(address):
        raise ApiError.invalid(f"Invalid email address: {address}", code="email_invalid", param="email")


def check_receives_invoices(customer: Thing) -> None:
    """Of a customer to whom an invoice or a subscription's invoices are to be sent."""
    if not customer.get("email"):
        message = (
            "Missing email. In order to create invoices that are sent to the customer, "
            "the customer must have a valid email."
        )
        raise ApiError.refused(message)


@route("get", "/v1/customers/{customer}")
def retrieve_customer(books: Books, params: Thing, customer: str) -> Thing:
    return books.get("customer", customer)


@route("get", "/v1/customers")
def list_customers(books: Books, params: Thing) -> Thing:
    return page(books.some("customer"), params, "/v1/customers")


@route("post", "/v1/products")
def create_product(books: Books, params: Thing) -> Thing:
    if params.get("id") in books.things["product"]:
        raise ApiError.refused(f"Product already exists: {params['id']}", code="resource_already_exists")
    about = {"images": [], "marketing_features": [], "updated": books.now}
    return books.new("product", "prod", **{"active": True, **about, **params})


@route("get", "/v1/products/{id}")
def retrieve_product(books: Books, params: Thing, id: str) -> Thing:
    return books.get("product", id)


@route("post", "/v1/prices")
def create_price(books: Books, params: Thing) -> Thing:
    books.get("product", params["product"])
    recurring = params.get("recurring")
    if recurring and recurring.get("usage_type") == "metered":
        if "meter" not in recurring:
            raise ApiError.invalid("A metered price needs a meter.", param="recurring[meter]")
        books.get("billing.meter", recurring["meter"])
    key = params.get("lookup_key")
    if key and books.some("price", lookup_key=key) and not params.get("transfer_lookup_key"):
        raise ApiError.refused(f"A price already uses the lookup key {key}.", code="resource_already_exists")
    tiers = [_tier(books, tier) for tier in params.get("tiers", [])]
    if (params.get("billing_scheme") == "tiered") != bool(tiers) or bool(tiers) != ("tiers_mode" in params):
        raise ApiError.invalid("billing_scheme=tiered goes with tiers and tiers_mode.", param="tiers")
    if tiers and ([tier["up_to"] is None for tier in tiers] != [False] * (len(tiers) - 1) + [True]):
        raise ApiError.invalid("The last tier, and only it, is up_to=inf.", param="tiers")
    if not tiers and "unit_amount" not in params and "unit_amount_decimal" not in params:
        raise ApiError.invalid("A price needs an amount.", param="unit_amount")
    known = {name: value for name, value in params.items() if name != "transfer_lookup_key"}
    kind = "recurring" if recurring else "one_time"
    defaults = {"active": True, "billing_scheme": "per_unit", "type": kind, "tiers_mode": None}
    return books.new("price", "price", **{**defaults, **known, "tiers": tiers, "recurring": _recurring(recurring)})


def _tier(books: Books, tier: Thing) -> Thing:
    if not tier.keys() & {"flat_amount", "flat_amount_decimal", "unit_amount", "unit_amount_decimal"}:
        raise ApiError.invalid("A tier needs an amount.", param="tiers")
    return {
        "up_to": None if tier["up_to"] == "inf" else tier["up_to"],
        "flat_amount": tier.get("flat_amount"),
        "unit_amount": tier.get("unit_amount"),
        "unit_amount_decimal": tier.get("unit_amount_decimal"),
        "flat_amount_decimal": tier.get("flat_amount_decimal"),
    }


def _recurring(recurring: Thing | None) -> Thing | None:
    defaults = {"interval_count": 1, "usage_type": "licensed", "meter": None, "trial_period_days": None}
    return {**defaults, **recurring} if recurring else None


@route("get", "/v1/prices")
def list_prices(books: Books, params: Thing) -> Thing:
    keys = params.get("lookup_keys")
    found = [one for one in books.some("price") if keys is None or one.get("lookup_key") in keys]
    return page(found, params, "/v1/prices")


@route("post", "/v1/billing/meters")
def create_meter(books: Books, params: Thing) -> Thing:
    if books.some("billing.meter", event_name=params["event_name"], status="active"):
        raise ApiError.refused(f"An active meter has the event name {params['event_name']}.")
    defaults: Thing = {
        "customer_mapping": {"event_payload_key": "stripe_customer_id", "type": "by_id"},
        "value_settings": {"event_payload_key": "value"},
        "event_time_window": None,
        "status": "active",
        "status_transitions": {"deactivated_at": None},
        "updated": books.now,
    }
    meter = books.new("billing.meter", "mtr", **{**defaults, **params})
    del meter["metadata"]
    return meter


@route("get", "/v1/billing/meters")
def list_meters(books: Books, params: Thing) -> Thing:
    equal = {"status": params["status"]} if "status" in params else {}
    return page(books.some("billing.meter", **equal), params, "/v1/billing/meters")
