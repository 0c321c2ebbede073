"""What an invoice would say, and what is taken back from one."""

import copy

from tests.doubles.stripe.books import Books, Thing, page
from tests.doubles.stripe.errors import ApiError
from tests.doubles.stripe.invoices import lines, settle, shown
from tests.doubles.stripe.routes import route
from tests.doubles.stripe.subscriptions import renew


@route("post", "/v1/invoices/create_preview")
def preview_invoice(books: Books, params: Thing) -> Thing:
    """The next invoice of a subscription as things stand now: the cycle is run on a copy of the books."""
    if "subscription" not in params:
        raise ApiError.invalid("The double previews invoices of subscriptions.", param="subscription")
    books.get("subscription", params["subscription"])
    copied = Books(books.clock_ms, books.api_version, things=copy.deepcopy(books.things))
    copied.meter_events = books.meter_events
    subscription = copied.get("subscription", params["subscription"])
    renew(copied, subscription)
    invoice = copied.get("invoice", subscription["latest_invoice"])
    for number, item in enumerate(params.get("invoice_items", [])):
        extra = {"object": "invoiceitem", "quantity": 1, "metadata": {}, "id": f"ii_preview_{number}", **item}
        copied.things["invoiceitem"][extra["id"]] = {**extra, "invoice": invoice["id"]}
    answer = shown(copied, invoice)
    answer["lines"]["data"] = lines(copied, invoice)
    answer["lines"]["has_more"] = False
    return {**answer, "id": f"upcoming_in_{subscription['id']}"}


@route("post", "/v1/credit_notes")
def create_credit_note(books: Books, params: Thing) -> Thing:
    invoice = books.get("invoice", params["invoice"])
    if invoice["status"] not in ("open", "paid"):
        raise ApiError.refused("Only an open or paid invoice can be credited.", code="invoice_not_editable")
    if "amount" not in params:
        raise ApiError.invalid("The double credits amounts.", param="amount")
    amount, due = params["amount"], shown(books, invoice)
    credited = sum(one["amount"] for one in books.some("credit_note", invoice=invoice["id"], status="issued"))
    if not 0 < amount <= due["total"] - credited:
        raise ApiError.refused("The amount exceeds what is left of the invoice.", code="credit_note_amount_invalid")
    paid = invoice["status"] == "paid"
    given_back = sum(params.get(name, 0) for name in ("refund_amount", "credit_amount", "out_of_band_amount"))
    if given_back != (amount if paid else 0):
        raise ApiError.refused("What is given back must be the amount of a paid invoice, of an open one nothing.")
    invoice["post_payment_credit_notes_amount" if paid else "pre_payment_credit_notes_amount"] += amount
    note = books.new(
        "credit_note",
        "cn",
        amount=amount,
        amount_shipping=0,
        currency=invoice["currency"],
        customer=invoice["customer"],
        discount_amount=0,
        discount_amounts=[],
        invoice=invoice["id"],
        lines={"object": "list", "data": [], "has_more": False, "url": "/v1/credit_notes/lines"},
        memo=params.get("memo"),
        metadata=params.get("metadata", {}),
        number=f"{invoice['number']}-CN-{books.number()}",
        pdf="",
        post_payment_amount=amount if paid else 0,
        pre_payment_amount=0 if paid else amount,
        pretax_credit_amounts=[],
        reason=params.get("reason"),
        refunds=[],
        status="issued",
        subtotal=amount,
        total=amount,
        type="post_payment" if paid else "pre_payment",
    )
    books.happen("credit_note.created", note)
    if not paid and shown(books, invoice)["amount_due"] == 0:
        settle(books, invoice)
    return note


@route("get", "/v1/credit_notes")
def list_credit_notes(books: Books, params: Thing) -> Thing:
    equal = {key: params[key] for key in ("customer", "invoice") if key in params}
    return page(books.some("credit_note", **equal), params, "/v1/credit_notes")
