"""Settlement statements."""

from typing import Annotated, Literal

from pydantic import Field

from chalicelib.api.schemas.fields import (
    Currency,
    DayText,
    EntryId,
    Instant,
    Params,
    PartnerId,
    PointsMoved,
    ReplyBody,
    SignedCents,
)
from chalicelib.api.schemas.listings import LocationIdOut, NextCursor
from chalicelib.api.schemas.reports import GrossKind, Party
from chalicelib.api.schemas.windows import WindowNumber
from chalicelib.listing import PageParams

Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$", examples=["ab" * 32])]
Micros = Annotated[int, Field(description="Millionths of the currency's unit.", examples=[-2_018_750])]
ChargeNumber = Annotated[int, Field(ge=1, le=99_999, description="1 is the statement's first charge.", examples=[1])]
Form = Annotated[
    Literal["jsonl", "csv"],
    Field(description="`jsonl`, with which the statement is checked, or `csv` for a spreadsheet."),
]
Base64 = Annotated[str, Field(pattern="^[A-Za-z0-9_-]{43}$", examples=["x" * 43])]


SINCE_3 = Field(default=None, description="Left out in formats 1 and 2.")


class StatementParams(Params):
    """Of which window."""

    window: WindowNumber


class PartnerStatementParams(StatementParams):
    """Of which partner and window."""

    partner_id: PartnerId


class StatementsParams(PageParams):
    """A page of statements."""


class PartnerStatementsParams(PageParams):
    """A page of a partner's statements."""

    partner_id: PartnerId


class LinesParams(StatementParams):
    """Of which window, and in which form."""

    form: Form = "jsonl"


class PartnerLinesParams(PartnerStatementParams):
    """Of which partner and window, and in which form."""

    form: Form = "jsonl"


class ChargeParams(PageParams):
    """A page of the entries under a charge of a statement."""

    window: WindowNumber
    charge: ChargeNumber


class PartnerChargeParams(ChargeParams):
    """A page of the entries under a charge of a partner's statement."""

    partner_id: PartnerId


class StatementSummaryOut(ReplyBody):
    """A statement in one line; positive is what the network owes the partner then."""

    window: WindowNumber
    number: int = Field(description="1, 2, ... of the partner.")
    issued_at: Instant
    currency: Currency
    closing_cents: SignedCents
    sha256: Sha256 = Field(description="Of the part that is signed, as canonical JSON.")


class StatementsReply(ReplyBody):
    """Statements, newest first."""

    statements: list[StatementSummaryOut]
    next_cursor: NextCursor


class StatementPartnerOut(ReplyBody):
    """Whose statement it is."""

    id: PartnerId
    name: str


class StatementWindowOut(ReplyBody):
    """The window: entries recorded from its beginning until its end, itself excluded."""

    number: WindowNumber
    begins_at: Instant
    ends_at: Instant


class StatementPaymentOut(ReplyBody):
    """What the partner paid, or was paid if negative: by its key, and what became of it; or what was taken from its
    deposit or collateral. What is `written_off`, or `forgone` for a debt that is, is no money.
    """

    reference: str = Field(examples=["7-USD:harvest:in:1"])
    cents: SignedCents
    at: Instant


class StatementPaidInOut(ReplyBody):
    """What the partner paid besides settlements, or got back if negative, by its id in `/v1/funding`."""

    payment_id: str
    cents: SignedCents
    at: Instant


class StatementUsedOut(ReplyBody):
    """One of the `payments`, that was taken from what the network held of the partner."""

    reference: str = Field(examples=["7-USD:harvest:deposit:1"])
    cents: SignedCents


class StatementDepositOut(ReplyBody):
    """What the network holds of what the partner has paid in; it is in no position."""

    opening_cents: SignedCents = Field(description="What the statement before says is held.")
    paid_in_cents: SignedCents
    used_cents: SignedCents
    closing_cents: SignedCents = Field(description="Opening + paid in - used: what is held.")
    paid_in: list[StatementPaidInOut]
    used: list[StatementUsedOut]


class StatementChargeOut(ReplyBody):
    """A figure of the net position; what it does not have is left out."""

    kind: GrossKind
    issuer: Party
    acceptor: Party | None = None
    price_micros: Micros
    quantity: int = Field(description="Points, or cents of cashback or money, as `kind` says.")
    amount_micros: Micros
    rate_bps: int | None = None
    reference: str | None = None


class StatementTotalOut(ReplyBody):
    """All charges of a kind together."""

    kind: GrossKind
    quantity: int = Field(description="Points, or cents of cashback or money, as `kind` says.")
    amount_micros: Micros


class StatementBridgeOut(ReplyBody):
    """A step from what the lines, and so locations and days, add up to, to the net position."""

    item: str = Field(description="`lines`, each kind of charge that has no lines, `net`.", examples=["commission"])
    amount_micros: Micros


class StatementToPayOut(ReplyBody):
    """How the net position is paid, as was agreed when the statement was issued."""

    cents: SignedCents = Field(description="As `net_cents`.")
    method: Literal["bank_file", "stripe", "by_hand"]
    deposit_first: bool = Field(description="What is owed is taken from the deposit as far as that goes.")
    charged: bool = Field(description="Through Stripe: charged to what was agreed on there, or else by an invoice.")
    due_at: Instant | None = Field(description="When it was first collected; null if it had not been yet.")


class StatementSumsOut(ReplyBody):
    """What lines add up to."""

    lines: int
    visits: int
    sales_cents: SignedCents
    issued_points: PointsMoved
    honoured_points: PointsMoved
    position_micros: Micros
    issued_cashback_cents: SignedCents | None = SINCE_3
    honoured_cashback_cents: SignedCents | None = SINCE_3


class StatementLocationOut(StatementSumsOut):
    """What the lines of a location add up to."""

    location: LocationIdOut


class StatementBlockOut(StatementSumsOut):
    """What the lines of a location and day add up to, and the running hash of the lines at its end."""

    location: str = Field(description="`*`: all of them, where blocks would be too many.", examples=["store-7"])
    day: DayText
    chain_after: Sha256


class StatementOut(ReplyBody):
    """What is signed."""

    format: Literal["tessera-statement/1", "tessera-statement/2", "tessera-statement/3"]
    number: int
    network: str
    partner: StatementPartnerOut
    window: StatementWindowOut
    issued_at: Instant = Field(description="Payments count as far as they were known then.")
    currency: Currency
    opening_cents: SignedCents
    paid_cents: SignedCents
    net_cents: SignedCents
    carried_cents: SignedCents = Field(
        description="Left open by an earlier settlement: in `net_cents` to be paid now, and in `opening_cents`."
    )
    closing_cents: SignedCents = Field(description="Opening + paid + net - carried: what is open.")
    net_micros: Micros
    payments: list[StatementPaymentOut]
    deposit: StatementDepositOut | None = Field(default=None, description="Left out in format 1.")
    to_pay: StatementToPayOut | None = SINCE_3
    totals: list[StatementTotalOut] | None = Field(
        default=None, description="One of each kind of charge; their sum is `net_micros`. Left out in formats 1 and 2."
    )
    charges: list[StatementChargeOut]
    bridge: list[StatementBridgeOut] | None = SINCE_3
    sums: StatementSumsOut
    locations: list[StatementLocationOut]
    blocks: list[StatementBlockOut]
    previous_sha256: Sha256 | None = Field(description="Of the statement before; null of the first.")


class SignatureOut(ReplyBody):
    """Of "tessera-statement-v1:" followed by the SHA-256 of `statement` as canonical JSON (RFC 8785), hexadecimal."""

    algorithm: Literal["Ed25519"]
    key_id: Base64
    value: str = Field(pattern="^[0-9a-f]{128}$", examples=["cd" * 64])


class StatementReply(ReplyBody):
    """A signed statement. It never changes: the same bytes each time."""

    statement: StatementOut
    signature: SignatureOut


class LinesFileReply(ReplyBody):
    """Where the file of the lines can be fetched, without a key, until it expires."""

    url: str = Field(examples=["https://bucket.s3.eu-central-1.amazonaws.com/statements/..."])
    expires_at: Instant
    form: Form
    lines: int = Field(description="How many it has.")


class CountedEntryOut(ReplyBody):
    """An entry under a figure. Of one at another partner, in which points of yours ran out, only the day is told."""

    day: DayText
    quantity: int = Field(description="By how much it adds to the charge's quantity.")
    entry_id: EntryId | None
    recorded_at: Instant | None
    location_id: str | None = Field(examples=["store-7"])
    receipt: str | None = Field(examples=["2026-000117"])


class CountedEntriesReply(ReplyBody):
    """Entries under a charge; of all pages together the quantities sum to the charge's."""

    charge: StatementChargeOut
    entries: list[CountedEntryOut]
    next_cursor: NextCursor


class StatementKeyOut(ReplyBody):
    """A public key (RFC 8037)."""

    kty: Literal["OKP"]
    crv: Literal["Ed25519"]
    x: Base64
    kid: Base64
    use: Literal["sig"]
    alg: Literal["EdDSA"]


class StatementKeysReply(ReplyBody):
    """A JSON Web Key Set (RFC 7517) of all keys that statements were ever signed with."""

    keys: list[StatementKeyOut]
