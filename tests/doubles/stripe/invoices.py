"""How invoices work: drafts that follow usage until they are finalised, and payments."""

from typing import Any

from tests.doubles.stripe.books import DAY_S, HOUR_S, Books, Thing
from tests.doubles.stripe.errors import ApiError
from tests.doubles.stripe.money import arrived, await_payment, begin_payment, failed, intent_of
from tests.doubles.stripe.rating import rated
from tests.doubles.stripe.usage import used

MOST_ITEMS = 250
"""On one invoice. Of more that wait for it, the oldest are taken, and the rest goes on waiting."""
RETRY_DAYS = (3, 5, 7)
"""Days after a payment failed until it is tried again; after the last one it is not."""


def new_invoice(
    books: Books,
    subscription: Thing,
    reason: str,
    begin: int,
    end: int,
    *,
    metered: bool = False,
    created: int | None = None,
    cancelled: bool = False,
) -> Thing:
    """A draft of a subscription. With `metered` it bills what was used from `begin` to `end`.

    That of one that is `cancelled` bills what counts by now and never more, and takes up no items but prorations.
    """
    parent = {"type": "subscription_details", "subscription_details": {"subscription": subscription["id"]}}
    customer = subscription["customer"]
    invoice = new_draft(books, customer, subscription["currency"], parent=parent, billing_reason=reason)
    counted = {
        item["id"]: _count(books, customer, item["price"], begin, end)
        for item in subscription["items"]["data"]
        if cancelled and "quantity" not in item
    }
    invoice |= {
        "created": books.now if created is None else created,
        "period_start": begin,
        "period_end": end,
        "auto_advance": True,
        "collection_method": subscription["collection_method"],
        "due_in_s": (subscription["days_until_due"] or 0) * DAY_S,
        "metered": [
            (item["id"], item["price"]["id"], begin, end, counted.get(item["id"]))
            for item in subscription["items"]["data"]
            if metered and "quantity" not in item
        ],
    }
    invoice["automatically_finalizes_at"] = invoice["created"] + HOUR_S
    waiting = books.some("invoiceitem", customer=invoice["customer"], invoice=None)
    take_up(invoice, [item for item in waiting if item["proration"] or not cancelled])
    return invoice


def take_up(invoice: Thing, waiting: list[Thing]) -> None:
    for item in waiting[:MOST_ITEMS]:
        item["invoice"] = invoice["id"]


def new_draft(books: Books, customer: str, currency: str, **more: Any) -> Thing:
    zero = dict.fromkeys(
        (
            "amount_overpaid",
            "amount_paid",
            "amount_paid_off_stripe",
            "amount_shipping",
            "attempt_count",
            "post_payment_credit_notes_amount",
            "pre_payment_credit_notes_amount",
            "starting_balance",
        ),
        0,
    )
    return books.new(
        "invoice",
        "in",
        **zero,
        customer=customer,
        currency=currency,
        status="draft",
        attempted=False,
        auto_advance=False,
        automatically_finalizes_at=None,
        automatic_tax={"enabled": False},
        collection_method="charge_automatically",
        default_tax_rates=[],
        description=None,
        discounts=[],
        due_date=None,
        due_in_s=0,
        issuer={"type": "self"},
        metered=[],
        next_payment_attempt=None,
        payment_settings={},
        period_start=books.now,
        period_end=books.now,
        status_transitions={"finalized_at": None, "paid_at": None, "voided_at": None, "marked_uncollectible_at": None},
        **more,
    )


def pending_item(
    books: Books,
    subscription: Thing,
    item: Thing,
    amount: int,
    quantity: int,
    period: tuple[int, int],
    *,
    proration: bool = False,
    invoice: str | None = None,
) -> Thing:
    """An amount of a subscription's item, on an invoice or on the next one."""
    details = {"subscription": subscription["id"], "subscription_item": item["id"]}
    return new_item(
        books,
        customer=subscription["customer"],
        currency=subscription["currency"],
        amount=amount,
        quantity=quantity,
        description=f"{quantity} x {item['price']['id']}",
        invoice=invoice,
        period={"start": period[0], "end": period[1]},
        proration=proration,
        parent={"type": "subscription_details", "subscription_details": details},
        pricing={"type": "price_details", "price_details": {"price": item["price"]["id"]}},
    )


def new_item(books: Books, **fields: Any) -> Thing:
    now = {"start": books.now, "end": books.now}
    defaults = {"date": books.now, "discountable": False, "period": now, "proration": False, "quantity": 1}
    quantity = {"quantity_decimal": str(fields.get("quantity", 1))}
    item = books.new("invoiceitem", "ii", **{**defaults, **quantity, "invoice": None, **fields})
    del item["created"]
    return item


def lines(books: Books, invoice: Thing) -> list[Thing]:
    """What an invoice bills: of a draft as things stand now, else as they stood when it was finalised."""
    if "frozen" in invoice:
        return list(invoice["frozen"])
    items = books.some("invoiceitem", invoice=invoice["id"])
    found = [_line(books, {**item, "parent": _parent(item)}, item["id"]) for item in items]
    for item_id, price_id, begin, end, counted in invoice["metered"]:
        price = books.get("price", price_id)
        count = _count(books, invoice["customer"], price, begin, end) if counted is None else counted
        for quantity, amount, name in rated(price, count):
            fields = {
                "amount": amount,
                "currency": invoice["currency"],
                "quantity": quantity,
                "description": f"{quantity} visits ({name})",
                "period": {"start": begin, "end": end},
                "metadata": {},
                "parent": {
                    "type": "subscription_item_details",
                    "invoice_item_details": None,
                    "subscription_item_details": {"subscription_item": item_id, "proration": False},
                },
                "pricing": {"type": "price_details", "price_details": {"price": price_id}},
            }
            found.append(_line(books, fields, f"{item_id}_{name}"))
    return found


def _count(books: Books, customer: str, price: Thing, begin: int, end: int) -> int:
    return used(books, books.get("billing.meter", price["recurring"]["meter"]), customer, begin, end)


def _parent(item: Thing) -> Thing:
    details = {"invoice_item": item["id"], "proration": item["proration"], "proration_details": None}
    return {
        "type": "invoice_item_details",
        "invoice_item_details": {**details, "subscription": None},
        "subscription_item_details": None,
    }


def _line(books: Books, source: Thing, name: str) -> Thing:
    copied = ("amount", "currency", "quantity", "description", "period", "metadata", "parent", "pricing")
    return {
        "id": f"il_{name}".replace(" ", "_"),
        "object": "line_item",
        "discountable": False,
        "discounts": [],
        "livemode": False,
        "subtotal": source["amount"],
        **{key: source.get(key) for key in copied},
    }


def shown(books: Books, invoice: Thing) -> Thing:
    """The invoice as the API gives it."""
    found = lines(books, invoice)
    total = sum(line["amount"] for line in found)
    due = max(total, 0) - invoice["pre_payment_credit_notes_amount"]
    hidden = ("metered", "frozen", "due_in_s")
    return {
        **{key: value for key, value in invoice.items() if key not in hidden},
        "lines": {"object": "list", "data": found[:10], "has_more": len(found) > 10, "url": _lines_url(invoice)},
        "subtotal": total,
        "total": total,
        "amount_due": due,
        "amount_remaining": 0 if invoice["status"] == "paid" else due - invoice["amount_paid"],
    }


def _lines_url(invoice: Thing) -> str:
    return f"/v1/invoices/{invoice['id']}/lines"


def finalize(books: Books, invoice: Thing) -> Thing:
    if invoice["status"] != "draft":
        raise ApiError.refused("The invoice is no draft.", code="invoice_not_editable")
    invoice["frozen"] = lines(books, invoice)
    invoice["status"] = "open"
    invoice["automatically_finalizes_at"] = None
    invoice["status_transitions"]["finalized_at"] = books.now
    invoice["number"] = f"TESSERA-{books.number():04d}"
    if invoice["collection_method"] == "send_invoice":
        invoice["due_date"] = books.now + invoice["due_in_s"]
    books.happen("invoice.finalized", shown(books, invoice))
    due = shown(books, invoice)["amount_due"]
    if due == 0:
        settle(books, invoice)
        return invoice
    await_payment(books, invoice, due)
    if invoice["auto_advance"] and invoice["collection_method"] == "charge_automatically":
        charge(books, invoice)
    return invoice


def charge(books: Books, invoice: Thing) -> bool:
    """Try a payment; False if it failed, True if it is done or under way."""
    invoice["attempted"] = True
    invoice["attempt_count"] += 1
    intent = intent_of(books, invoice)
    if intent is not None and begin_payment(books, intent):
        invoice["next_payment_attempt"] = None
        return True
    return end_payment(books, invoice)


def end_payment(books: Books, invoice: Thing) -> bool:
    """What came of a payment that was tried; False if it failed."""
    intent = intent_of(books, invoice)
    if invoice["customer"] in books.declining:
        tried = invoice["attempt_count"] - 1
        again = tried < len(RETRY_DAYS) and invoice["auto_advance"]
        invoice["next_payment_attempt"] = books.now + RETRY_DAYS[tried] * DAY_S if again else None
        if intent is not None:
            failed(books, intent)
        books.happen("invoice.payment_failed", shown(books, invoice))
        return False
    if intent is not None:
        arrived(books, intent)
    settle(books, invoice)
    return True


def settle(books: Books, invoice: Thing) -> None:
    invoice["amount_paid"] = shown(books, invoice)["amount_due"]
    invoice["status"] = "paid"
    invoice["next_payment_attempt"] = None
    invoice["status_transitions"]["paid_at"] = books.now
    books.happen("invoice.paid", shown(books, invoice))
