"""Commands as tests need them: every field has an ordinary value."""

from dataclasses import replace
from typing import Any

from shared.kernel.clock import month_number
from shared.kernel.ids import digest
from shared.ledger.commands import (
    Adjust,
    Cancel,
    Capture,
    Close,
    Earn,
    Enrol,
    Join,
    Leave,
    Merge,
    PassTime,
    Payout,
    Redeem,
    Reserve,
    Return,
    Spend,
    Transfer,
    Unmerge,
    Void,
)
from shared.ledger.model import Entry, Rates

RATES = Rates(terms_version=1, earn_points=5, earn_per_cents=100, issue_price_micros=6000, redeem_price_micros=5000)
CASH_RATES = replace(RATES, cashback_bps=200)


def earns(cents: int) -> int:
    """Points for an amount by RATES."""
    return cents * 5 // 100


def _common(key: str, now_ms: int, fields: dict[str, Any]) -> dict[str, Any]:
    partner = fields.get("partner", "alpha")
    body = fields.pop(
        "body", repr(sorted((name, value) for name, value in fields.items() if not name.endswith("_for")))
    )
    return {
        "member": "0000000042",
        "card_issue": 1,
        "partner": partner,
        "location": "s1",
        "receipt": f"r-{key}",
        "occurred_at_ms": now_ms,
        "key_hash": digest("key", partner, key)[:16],
        "body_hash": digest("body", body)[:16],
        **fields,
    }


def enrol(key: str, now_ms: int, **fields: Any) -> Enrol:
    return Enrol(**_common(key, now_ms, fields))


def earn(key: str, now_ms: int, points: int = 100, **fields: Any) -> Earn:
    given = {
        "currency": "USD",
        "amount_cents": points * 20,
        "points": points,
        "expiry_month": month_number(now_ms) + 24,
        "rates": RATES,
        **fields,
    }
    return Earn(**_common(key, now_ms, given))


def redeem(key: str, now_ms: int, points: int = 100, **fields: Any) -> Redeem:
    given = {"currency": "USD", "points": points, "value_cents": points // 2, "rates": RATES, **fields}
    return Redeem(**_common(key, now_ms, given))


def reserve(key: str, now_ms: int, points: int = 100, **fields: Any) -> Reserve:
    given = {
        "currency": "USD",
        "points": points,
        "value_cents": points // 2,
        "ttl_ms": 900_000,
        "rates": RATES,
        **fields,
    }
    return Reserve(**_common(key, now_ms, given))


def capture(key: str, now_ms: int, points: int | None = None, **fields: Any) -> Capture:
    return Capture(**_common(key, now_ms, {"points": points, **fields}))


def void(key: str, now_ms: int, **fields: Any) -> Void:
    return Void(**_common(key, now_ms, fields))


def take_back(key: str, now_ms: int, purchase: Entry, cents: int | None = None, **fields: Any) -> Return:
    given = {
        "member": purchase.member,
        "partner": purchase.partner,
        "purchase": purchase,
        "amount_cents": cents,
        "points_for": earns,
        "cashback_for": lambda cents: cents * purchase.rates.cashback_bps // 10_000,
        **fields,
    }
    return Return(**_common(key, now_ms, given))


def cancel(key: str, now_ms: int, redemption: Entry, quantity: int | None = None, **fields: Any) -> Cancel:
    given = {
        "member": redemption.member,
        "partner": redemption.partner,
        "redemption": redemption,
        "quantity": quantity,
        **fields,
    }
    return Cancel(**_common(key, now_ms, given))


def adjust(key: str, now_ms: int, points: int, **fields: Any) -> Adjust:
    given = {
        "issuer": "alpha",
        "partner": "network",
        "points": points,
        "expiry_month": month_number(now_ms) + 24,
        "reason": "goodwill",
        **fields,
    }
    return Adjust(**_common(key, now_ms, given))


def spend(key: str, now_ms: int, cents: int = 100, **fields: Any) -> Spend:
    given = {"partner": "beta", "currency": "USD", "cashback_cents": cents, "rates": CASH_RATES, **fields}
    return Spend(**_common(key, now_ms, given))


def pay_out(key: str, now_ms: int, cents: int = 1_000, **fields: Any) -> Payout:
    given = {"partner": "network", "currency": "USD", "cashback_cents": cents, "minimum_cents": 1_000, **fields}
    return Payout(**_common(key, now_ms, given))


def close(key: str, now_ms: int, **fields: Any) -> Close:
    return Close(**_common(key, now_ms, {"partner": "network", "forfeit": False, **fields}))


def transfer(key: str, now_ms: int, points: int, other: str, **fields: Any) -> Transfer:
    return Transfer(**_pair(key, now_ms, other, {"points": points, **fields}))


def join(key: str, now_ms: int, other: str, **fields: Any) -> Join:
    return Join(**_pair(key, now_ms, other, fields))


def leave(key: str, now_ms: int, other: str, points: int = 0, **fields: Any) -> Leave:
    return Leave(**_pair(key, now_ms, other, {"points": points, **fields}))


def merge(key: str, now_ms: int, other: str, **fields: Any) -> Merge:
    return Merge(**_pair(key, now_ms, other, fields))


def unmerge(key: str, now_ms: int, other: str, **fields: Any) -> Unmerge:
    return Unmerge(**_pair(key, now_ms, other, fields))


def _pair(key: str, now_ms: int, other: str, fields: dict[str, Any]) -> dict[str, Any]:
    return _common(key, now_ms, {"other": other, "other_card_issue": 1, **fields})


def lapse(key: str, now_ms: int, **fields: Any) -> PassTime:
    return PassTime(**_common(key, now_ms, {"partner": "network", **fields}))
