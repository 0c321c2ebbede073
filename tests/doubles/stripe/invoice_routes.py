"""Invoices and their items: what can be asked and done."""

from tests.doubles.stripe.books import DAY_S, HOUR_S, Books, Thing, page
from tests.doubles.stripe.catalogue import check_receives_invoices
from tests.doubles.stripe.errors import ApiError
from tests.doubles.stripe.invoices import (
    MOST_ITEMS,
    charge,
    finalize,
    lines,
    new_draft,
    new_item,
    settle,
    shown,
    take_up,
)
from tests.doubles.stripe.money import intent_of
from tests.doubles.stripe.routes import route


@route("post", "/v1/invoiceitems")
def create_item(books: Books, params: Thing) -> Thing:
    books.get("customer", params["customer"])
    if "amount" not in params and "unit_amount_decimal" not in params and "pricing" not in params:
        raise ApiError.invalid("An item needs an amount.", param="amount")
    if "invoice" in params:
        if books.get("invoice", params["invoice"])["status"] != "draft":
            raise ApiError.refused("The invoice is no draft.", code="invoice_not_editable")
        if len(books.some("invoiceitem", invoice=params["invoice"])) >= MOST_ITEMS:
            raise ApiError.refused(f"An invoice has {MOST_ITEMS} items at most.")
    return new_item(books, **params)


@route("get", "/v1/invoiceitems")
def list_items(books: Books, params: Thing) -> Thing:
    equal = {key: params[key] for key in ("customer", "invoice") if key in params}
    found = [one for one in books.some("invoiceitem", **equal) if not params.get("pending") or one["invoice"] is None]
    for one in found:
        one.setdefault("created", one["date"])
    answer = page(found, params, "/v1/invoiceitems")
    for one in found:
        del one["created"]
    return answer


@route("post", "/v1/invoices")
def create_invoice(books: Books, params: Thing) -> Thing:
    customer = books.get("customer", params["customer"])
    if params.get("collection_method") == "send_invoice":
        check_receives_invoices(customer)
    subscription = params.get("subscription")
    if subscription:
        raise ApiError.refused("The double makes invoices of subscriptions by cycle only.")
    invoice = new_draft(books, params["customer"], params.get("currency", "usd"), billing_reason="manual", parent=None)
    known = ("auto_advance", "collection_method", "description", "metadata")
    invoice |= {key: params[key] for key in known if key in params}
    invoice["due_in_s"] = params.get("days_until_due", 0) * DAY_S
    if params.get("pending_invoice_items_behavior", "exclude") == "include":
        take_up(invoice, books.some("invoiceitem", customer=invoice["customer"], invoice=None))
    books.happen("invoice.created", shown(books, invoice))
    return shown(books, invoice)


@route("get", "/v1/invoices")
def list_invoices(books: Books, params: Thing) -> Thing:
    found = [
        shown(books, one)
        for one in books.some("invoice", **{key: params[key] for key in ("customer", "status") if key in params})
        if "subscription" not in params or _subscription(one) == params["subscription"]
    ]
    return page(found, params, "/v1/invoices")


def _subscription(invoice: Thing) -> str | None:
    parent = invoice["parent"]
    return parent["subscription_details"]["subscription"] if parent else None


@route("get", "/v1/invoices/{invoice}")
def retrieve_invoice(books: Books, params: Thing, invoice: str) -> Thing:
    return shown(books, books.get("invoice", invoice))


@route("get", "/v1/invoices/{invoice}/lines")
def list_lines(books: Books, params: Thing, invoice: str) -> Thing:
    found = lines(books, books.get("invoice", invoice))[::-1]
    return page(found, params, f"/v1/invoices/{invoice}/lines")


@route("post", "/v1/invoices/{invoice}")
def update_invoice(books: Books, params: Thing, invoice: str) -> Thing:
    found = books.get("invoice", invoice)
    if "metadata" in params:
        found["metadata"] = {**found["metadata"], **params["metadata"]}
    if "auto_advance" in params:
        found["auto_advance"] = params["auto_advance"]
        waits = params["auto_advance"] and found["status"] == "draft"
        found["automatically_finalizes_at"] = books.now + HOUR_S if waits else None
    if "description" in params:
        found["description"] = params["description"]
    return shown(books, found)


@route("delete", "/v1/invoices/{invoice}")
def delete_invoice(books: Books, params: Thing, invoice: str) -> Thing:
    found = books.get("invoice", invoice)
    if found["status"] != "draft":
        raise ApiError.refused("You can only delete draft invoices.", code="invoice_not_editable")
    for item in books.some("invoiceitem", invoice=invoice):
        del books.things["invoiceitem"][item["id"]]
    del books.things["invoice"][invoice]
    books.happen("invoice.deleted", shown(books, found))
    return {"id": invoice, "object": "invoice", "deleted": True}


@route("post", "/v1/invoices/{invoice}/finalize")
def finalize_invoice(books: Books, params: Thing, invoice: str) -> Thing:
    found = books.get("invoice", invoice)
    if "auto_advance" in params:
        found["auto_advance"] = params["auto_advance"]
    return shown(books, finalize(books, found))


@route("post", "/v1/invoices/{invoice}/pay")
def pay_invoice(books: Books, params: Thing, invoice: str) -> Thing:
    found = books.get("invoice", invoice)
    if found["status"] not in ("open", "uncollectible"):
        raise ApiError.refused("The invoice can't be paid.", code="invoice_not_open")
    if params.get("paid_out_of_band"):
        settle(books, found)
    elif not charge(books, found):
        raise ApiError(402, "card_error", "The card was declined.", code="card_declined")
    return shown(books, found)


@route("post", "/v1/invoices/{invoice}/void")
def void_invoice(books: Books, params: Thing, invoice: str) -> Thing:
    return _end(books, invoice, "void", "voided_at", "invoice.voided")


@route("post", "/v1/invoices/{invoice}/mark_uncollectible")
def mark_uncollectible(books: Books, params: Thing, invoice: str) -> Thing:
    return _end(books, invoice, "uncollectible", "marked_uncollectible_at", "invoice.marked_uncollectible")


def _end(books: Books, name: str, status: str, when: str, event: str) -> Thing:
    invoice = books.get("invoice", name)
    intent = intent_of(books, invoice)
    if invoice["status"] not in ("open", "uncollectible") or (intent and intent["status"] == "processing"):
        raise ApiError.refused("The invoice is not open, or is being paid.", code="invoice_not_open")
    invoice["status"] = status
    invoice["next_payment_attempt"] = None
    invoice["status_transitions"][when] = books.now
    books.happen(event, shown(books, invoice))
    return shown(books, invoice)
