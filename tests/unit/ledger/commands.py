"""Commands as tests need them: every field has an ordinary value."""

from typing import Any

from shared.kernel.clock import month_number
from shared.kernel.ids import digest
from shared.ledger.commands import Earn, Enrol, Redeem
from shared.ledger.model import Rates

RATES = Rates(terms_version=1, earn_points=5, earn_per_cents=100, issue_price_micros=6000, redeem_price_micros=5000)


def _common(key: str, now_ms: int, fields: dict[str, Any]) -> dict[str, Any]:
    partner = fields.get("partner", "alpha")
    body = fields.pop("body", repr(sorted(fields.items())))
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
