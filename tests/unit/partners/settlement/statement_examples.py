"""A partner's week, and a statement of it."""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from partners.contracts.payment import PaymentMethod
from partners.settlement.model import LineKind
from partners.settlement.statements.files import written
from partners.settlement.statements.lines import blocks_of, by_location, in_order, rows_of
from partners.settlement.statements.model import Charge, DepositMoves, Payment, Statement, Way
from partners.visits.model import PAR_MICROS, CashMove, Line, MoveKind, Share
from shared.kernel.clock import DAY_MS
from shared.ledger.model import Op
from tests.fakes.clock import FakeClock

MONDAY_MS = FakeClock()() // DAY_MS * DAY_MS
ISSUE_MICROS, REDEEM_MICROS = 6_250, 5_000


def holds(public_key, signature, message):
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def a_line(number, day, location, op=Op.EARN, **changes):
    at_ms = MONDAY_MS + day * DAY_MS + number * 60_000
    facts = {
        "entry_id": f"4200000042-{number}",
        "op": op,
        "location": location,
        "receipt": f"r-{number}",
        "recorded_at_ms": at_ms,
        "occurred_at_ms": at_ms - 1_000,
        "currency": "USD",
        "amount_cents": None,
        "points": 0,
        "value_cents": None,
        "price_micros": None,
        "issued": 0,
        "owed": 0,
        "honoured": (),
        "adjusted": (),
        "expired": (),
        "written_off": (),
        "cashback_cents": None,
        "cash": (),
        "visit": True,
    }
    return Line(**(facts | changes))


def earned(number, day, location, cents, points, cashback=0):
    cash = (CashMove(MoveKind.CASHBACK_ISSUED, "harvest", "USD", cashback),) if cashback else ()
    return a_line(
        number,
        day,
        location,
        amount_cents=cents,
        points=points,
        issued=points,
        price_micros=ISSUE_MICROS,
        cashback_cents=cashback or None,
        cash=cash,
    )


def redeemed(number, day, location, **points_of):
    points = sum(points_of.values())
    return a_line(
        number,
        day,
        location,
        op=Op.REDEEM,
        points=points,
        honoured=tuple(Share(issuer.replace("_", "-"), part) for issuer, part in points_of.items()),
        price_micros=REDEEM_MICROS,
        value_cents=points * REDEEM_MICROS // PAR_MICROS,
    )


WEEK = (
    earned(7, 1, "main-st", 4_210, 210, cashback=63),
    earned(3, 0, "main-st", 1_000, 50),
    redeemed(4, 0, "main-st", harvest=100, city_market=40),
    earned(5, 0, "harbour", 2_500, 125),
    a_line(
        8, 1, "main-st", op=Op.RETURN, amount_cents=1_000, points=50, issued=-50, price_micros=ISSUE_MICROS, visit=False
    ),
)

NET_MICROS = -(210 + 50 + 125 - 50) * ISSUE_MICROS - 63 * PAR_MICROS + 140 * REDEEM_MICROS


def rows():
    return list(rows_of(in_order(by_day(WEEK))))


def by_day(lines):
    """As pages give them."""
    return sorted(lines, key=lambda line: line.recorded_at_ms // DAY_MS)


def files_of(some_rows):
    """The file of JSON lines and the one of CSV, each as text."""
    jsonl, csv = bytearray(), bytearray()
    for _ in written(some_rows, "harvest", 7, jsonl.extend, csv.extend):
        pass
    return jsonl.decode(), csv.decode()


def texts_of(some_rows):
    """The lines of the file of JSON lines."""
    return files_of(some_rows)[0].splitlines(keepends=True)


def a_statement(**changes):
    charges = (
        Charge(LineKind.ISSUED, "harvest", None, ISSUE_MICROS, 335, -335 * ISSUE_MICROS),
        Charge(LineKind.CASHBACK_ISSUED, "harvest", None, PAR_MICROS, 63, -63 * PAR_MICROS),
        Charge(LineKind.REDEEMED, "city-market", "harvest", REDEEM_MICROS, 40, 40 * REDEEM_MICROS),
        Charge(LineKind.REDEEMED, "harvest", "harvest", REDEEM_MICROS, 100, 100 * REDEEM_MICROS),
        Charge(LineKind.COMMISSION, "harvest", "harvest", REDEEM_MICROS, 140, -14_000, rate_bps=200),
    )
    facts = {
        "number": 2,
        "partner_id": "harvest",
        "partner_name": "Harvest Foods",
        "network_name": "Tessera",
        "window": 47,
        "opens_at_ms": MONDAY_MS,
        "closes_at_ms": MONDAY_MS + 7 * DAY_MS,
        "issued_at_ms": MONDAY_MS + 8 * DAY_MS,
        "currency": "USD",
        "opening_cents": -500,
        "payments": (Payment("46-USD:harvest:in:1", 500, MONDAY_MS + 2 * DAY_MS),),
        "net_cents": (NET_MICROS - 14_000) // PAR_MICROS,
        "net_micros": NET_MICROS - 14_000,
        "charges": charges,
        "blocks": tuple(blocks_of(rows())),
        "locations": by_location(blocks_of(rows())),
        "previous_sha256": None,
        "deposit": DepositMoves(),
        "way": Way(PaymentMethod.BANK_FILE),
    }
    return Statement(**(facts | changes))
