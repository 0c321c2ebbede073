"""Payments, the balance, connected accounts and transfers to them: what can be asked and done."""

from tests.doubles.stripe import money
from tests.doubles.stripe.books import Books, Thing, page
from tests.doubles.stripe.errors import ApiError
from tests.doubles.stripe.routes import route


@route("get", "/v1/invoice_payments")
def list_invoice_payments(books: Books, params: Thing) -> Thing:
    named = params.get("payment", {}).get("payment_intent")
    found = [
        one
        for one in books.some("invoice_payment", **{key: params[key] for key in ("invoice", "status") if key in params})
        if named is None or one["payment"]["payment_intent"] == named
    ]
    return page(found, params, "/v1/invoice_payments")


@route("get", "/v1/payment_intents/{intent}")
def retrieve_intent(books: Books, params: Thing, intent: str) -> Thing:
    return books.get("payment_intent", intent)


@route("get", "/v1/charges/{charge}")
def retrieve_charge(books: Books, params: Thing, charge: str) -> Thing:
    return books.get("charge", charge)


@route("get", "/v1/disputes")
def list_disputes(books: Books, params: Thing) -> Thing:
    equal = {key: params[key] for key in ("charge", "payment_intent") if key in params}
    return page(books.some("dispute", **equal), params, "/v1/disputes")


@route("post", "/v1/refunds")
def create_refund(books: Books, params: Thing) -> Thing:
    charge = params.get("charge") or books.get("payment_intent", params["payment_intent"])["latest_charge"]
    return money.refund(books, books.get("charge", charge), params.get("amount"))


@route("get", "/v1/balance")
def retrieve_balance(books: Books, params: Thing) -> Thing:
    currencies = sorted({currency for _, currency, _ in books.movements})
    waiting = {
        currency: sum(amount for at, of, amount in books.movements if of == currency and at > books.now and amount > 0)
        for currency in currencies
    }
    return {
        "object": "balance",
        "livemode": False,
        "available": [{"currency": one, "amount": money.available(books, one)} for one in currencies],
        "pending": [{"currency": one, "amount": waiting[one]} for one in currencies],
    }


@route("post", "/v1/accounts")
def create_account(books: Books, params: Thing) -> Thing:
    asked = params.get("capabilities", {}).get("transfers", {}).get("requested")
    account = books.new(
        "account",
        "acct",
        type=params.get("type", "express"),
        capabilities={"transfers": "active" if asked else "inactive"},
        metadata=params.get("metadata", {}),
    )
    del account["livemode"]
    return account


@route("post", "/v1/transfers")
def create_transfer(books: Books, params: Thing) -> Thing:
    account = books.things["account"].get(params["destination"])
    if account is None:
        raise ApiError.refused(f"No such destination: '{params['destination']}'", code="resource_missing")
    if account["capabilities"]["transfers"] != "active":
        message = "Your destination account needs to have the transfers capability enabled."
        raise ApiError.refused(message, code="insufficient_capabilities_for_transfer")
    if money.available(books, params["currency"]) < params["amount"]:
        raise ApiError.refused(
            "You have insufficient available funds in your Stripe account.", code="balance_insufficient"
        )
    transfer = books.new(
        "transfer",
        "tr",
        amount=params["amount"],
        amount_reversed=0,
        currency=params["currency"],
        description=params.get("description"),
        destination=params["destination"],
        metadata=params.get("metadata", {}),
        reversals={"object": "list", "data": [], "has_more": False, "url": ""},
        reversed=False,
        transfer_group=params.get("transfer_group"),
    )
    transfer["reversals"]["url"] = f"/v1/transfers/{transfer['id']}/reversals"
    money.move(books, params["currency"], -params["amount"])
    books.happen("transfer.created", transfer)
    return transfer


@route("get", "/v1/transfers")
def list_transfers(books: Books, params: Thing) -> Thing:
    equal = {key: params[key] for key in ("destination", "transfer_group") if key in params}
    return page(books.some("transfer", **equal), params, "/v1/transfers")


@route("post", "/v1/transfers/{id}/reversals")
def reverse_transfer(books: Books, params: Thing, id: str) -> Thing:
    transfer = books.get("transfer", id)
    left = transfer["amount"] - transfer["amount_reversed"]
    amount = params.get("amount", left)
    if not 0 < amount <= left:
        raise ApiError.refused("Reversal amount is greater than what is left of the transfer.")
    transfer["amount_reversed"] += amount
    transfer["reversed"] = transfer["amount_reversed"] == transfer["amount"]
    money.move(books, transfer["currency"], amount)
    made = books.new("transfer_reversal", "trr", amount=amount, currency=transfer["currency"], transfer=id)
    del made["livemode"]
    transfer["reversals"]["data"].append(made)
    books.happen("transfer.reversed", transfer)
    return made
