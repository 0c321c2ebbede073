"""How a purchase is written in JSON, in requests and in files alike."""

from typing import Annotated, Literal

from pydantic import Field

from partners.contracts.model import LOCATION_ID
from partners.till.forms import IDEMPOTENCY_KEY, RECEIPT
from partners.till.model import PurchaseRequest, ReceiptReturnRequest
from shared.kernel.fields import Body, Moment, Money

CardNumber = Annotated[
    str,
    Field(
        pattern="^[0-9]( ?[0-9]){15}$",
        description="The 16 digits of the card; single spaces between digits are ignored.",
        examples=["9770 0123 4567 8912"],
    ),
]
LocationId = Annotated[
    str,
    Field(
        pattern=f"^{LOCATION_ID.pattern}$",
        description="The partner's own number of the store.",
        examples=["store-7"],
    ),
]
Receipt = Annotated[
    str,
    Field(
        pattern=f"^{RECEIPT.pattern}$",
        description="The receipt's number: 1 to 40 printable ASCII characters, no space at either end. "
        "Two are the same if every character is.",
        examples=["2026-000117"],
    ),
]


class PurchaseBody(Body):
    """A purchase with a card; `total` is what was paid in money."""

    card_number: CardNumber
    location_id: LocationId
    receipt: Receipt
    occurred_at: Moment
    total: Money


class PurchaseLine(PurchaseBody):
    """A purchase with the key that it keeps in every delivery."""

    idempotency_key: Annotated[
        str,
        Field(
            pattern=f"^{IDEMPOTENCY_KEY.pattern}$",
            description="As the Idempotency-Key header of a single purchase.",
            examples=["receipt-1001"],
        ),
    ]


class ReturnLine(PurchaseLine):
    """Goods of an earlier receipt that come back: `receipt` is the return's own, `total` what they had cost."""

    kind: Literal["return"]
    original_receipt: Receipt
    original_location_id: LocationId | None = None


def return_request(line: ReturnLine) -> ReceiptReturnRequest:
    """What the till is asked to take back: where it was bought is where it comes back, unless the line says so."""
    return ReceiptReturnRequest(
        card_number=line.card_number,
        location_id=line.location_id,
        receipt=line.receipt,
        occurred_at_ms=line.occurred_at,
        amount_cents=line.total.amount_cents,
        currency=line.total.currency,
        original_location_id=line.original_location_id or line.location_id,
        original_receipt=line.original_receipt,
    )


def purchase_request(body: PurchaseBody) -> PurchaseRequest:
    """What the till is asked to record."""
    return PurchaseRequest(
        card_number=body.card_number,
        location_id=body.location_id,
        receipt=body.receipt,
        occurred_at_ms=body.occurred_at,
        amount_cents=body.total.amount_cents,
        currency=body.total.currency,
    )
