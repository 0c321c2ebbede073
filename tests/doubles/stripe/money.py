"""Money that comes and goes: payments of invoices, what is given back of them, and the balance they leave."""

from tests.doubles.stripe.books import DAY_S, Books, Thing
from tests.doubles.stripe.errors import ApiError


def await_payment(books: Books, invoice: Thing, amount: int) -> None:
    """A finalised invoice has a payment intent, by which it is paid in however many attempts."""
    intent = books.new(
        "payment_intent",
        "pi",
        amount=amount,
        currency=invoice["currency"],
        customer=invoice["customer"],
        latest_charge=None,
        status="requires_payment_method",
    )
    payment = books.new(
        "invoice_payment",
        "inpay",
        amount_requested=amount,
        currency=invoice["currency"],
        invoice=invoice["id"],
        is_default=True,
        payment={"type": "payment_intent", "payment_intent": intent["id"]},
        status="open",
        status_transitions={"canceled_at": None, "paid_at": None},
    )
    del payment["metadata"]


def intent_of(books: Books, invoice: Thing) -> Thing | None:
    payments = books.some("invoice_payment", invoice=invoice["id"])
    return books.get("payment_intent", payments[-1]["payment"]["payment_intent"]) if payments else None


def begin_payment(books: Books, intent: Thing) -> bool:
    """Try to collect; whether it is under way, as a bank debit is for days, instead of done at once."""
    days = books.debit_days.get(intent["customer"], 0)
    if days:
        intent["status"] = "processing"
        books.under_way[intent["id"]] = books.now + days * DAY_S
    return bool(days)


def failed(books: Books, intent: Thing) -> None:
    intent["status"] = "requires_payment_method"
    books.under_way.pop(intent["id"], None)


def arrived(books: Books, intent: Thing) -> None:
    """The money is there, and in the balance once that takes it."""
    books.under_way.pop(intent["id"], None)
    charge = books.new(
        "charge",
        "ch",
        amount=intent["amount"],
        amount_captured=intent["amount"],
        amount_refunded=0,
        billing_details={"address": None, "email": None, "name": None, "phone": None, "tax_id": None},
        captured=True,
        currency=intent["currency"],
        customer=intent["customer"],
        disputed=False,
        paid=True,
        payment_intent=intent["id"],
        refunded=False,
        status="succeeded",
    )
    intent |= {"status": "succeeded", "latest_charge": charge["id"]}
    for payment in books.some("invoice_payment"):
        if payment["payment"]["payment_intent"] == intent["id"]:
            payment["status"] = "paid"
            payment["status_transitions"]["paid_at"] = books.now
    move(books, intent["currency"], intent["amount"], books.now + books.funds_delay_s)


def move(books: Books, currency: str, amount: int, at: int | None = None) -> None:
    """Bring an amount into the balance, or out of it, available from then on."""
    books.movements.append((books.now if at is None else at, currency.lower(), amount))


def available(books: Books, currency: str) -> int:
    return sum(amount for at, of, amount in books.movements if of == currency and (at <= books.now or amount < 0))


def refund(books: Books, charge: Thing, amount: int | None) -> Thing:
    left = charge["amount"] - charge["amount_refunded"]
    amount = left if amount is None else amount
    if not 0 < amount <= left:
        raise ApiError.refused("Refund amount is greater than charge amount", code="charge_already_refunded")
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    move(books, charge["currency"], -amount)
    books.happen("charge.refunded", charge)
    made = books.new("refund", "re", amount=amount, currency=charge["currency"], charge=charge["id"])
    del made["livemode"]
    return made


def dispute(books: Books, charge: Thing) -> Thing:
    """The debtor's bank takes the money back until it is decided."""
    charge["disputed"] = True
    made = books.new(
        "dispute",
        "du",
        amount=charge["amount"],
        balance_transactions=[],
        charge=charge["id"],
        currency=charge["currency"],
        enhanced_eligibility_types=[],
        evidence={},
        evidence_details={"due_by": None, "has_evidence": False, "past_due": False, "submission_count": 0},
        is_charge_refundable=False,
        payment_intent=charge["payment_intent"],
        reason="general",
        status="needs_response",
    )
    move(books, charge["currency"], -charge["amount"])
    books.happen("charge.dispute.created", made)
    books.happen("charge.dispute.funds_withdrawn", made)
    return made


def decide(books: Books, disputed: Thing, status: str) -> None:
    """A dispute ends `won` or `lost`."""
    disputed["status"] = status
    if status == "won":
        move(books, disputed["currency"], disputed["amount"])
        books.happen("charge.dispute.funds_reinstated", disputed)
    books.happen("charge.dispute.closed", disputed)
