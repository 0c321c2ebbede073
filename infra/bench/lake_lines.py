"""A partner's window of any size, and a folder in the place of the bucket that holds it."""

import json
import random
import shutil
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from partners.lake.model import Part
from partners.visits.model import CashMove, Line, MoveKind, Share
from shared.kernel.clock import DAY_MS
from shared.ledger.model import Op

WINDOW, PARTNER = 7, "harvest"
DAYS, LOCATIONS = 30, 45
BEGINS_MS = 20_758 * DAY_MS
_NOTHING: dict[str, Any] = {
    **dict.fromkeys(("amount_cents", "value_cents", "price_micros", "cashback_cents")),
    **dict.fromkeys(("points", "issued", "owed"), 0),
    **dict.fromkeys(("honoured", "adjusted", "expired", "written_off", "cash"), ()),
}


def lines(count: int) -> Iterator[Line]:
    """`count` lines of a month, the same every time: of 20, 15 purchases, 4 redemptions of two issuers, a return."""
    rng = random.Random(count)  # noqa: S311 (figures, not secrets)
    a_day = -(-count // DAYS)
    for number in range(count):
        day, place = divmod(number, a_day)
        at_ms = BEGINS_MS + day * DAY_MS + place * DAY_MS // a_day
        yield Line(
            **_NOTHING
            | _moved(rng, number)
            | {
                "entry_id": f"{10**9 + number * 7_919_777 % (9 * 10**9)}-{rng.randrange(1, 400)}",
                "location": str(100 + rng.randrange(LOCATIONS)),
                "receipt": f"r-{number}",
                "recorded_at_ms": at_ms,
                "occurred_at_ms": at_ms - rng.randrange(50, 3_000),
                "currency": "USD",
            }
        )


def _moved(rng: random.Random, number: int) -> dict[str, Any]:
    cents = rng.randrange(100, 20_000)
    points = cents // 20
    if number % 20 == 0:
        back = {"amount_cents": cents, "points": points, "issued": -points, "price_micros": 6_000}
        return {"op": Op.RETURN, "visit": False, **back}
    if number % 5 == 0:
        honoured = (Share("city-market", points + 1), Share(PARTNER, 2 * points + 1))
        asked = {"points": 3 * points + 2, "value_cents": points, "price_micros": 5_000}
        return {"op": Op.REDEEM, "visit": True, "honoured": honoured, **asked}
    granted = {"amount_cents": cents, "points": points, "issued": points, "price_micros": 6_000}
    cash = (CashMove(MoveKind.CASHBACK_ISSUED, PARTNER, "USD", cents // 100),) if number % 2 else ()
    return {"op": Op.EARN, "visit": True, "cashback_cents": cents // 100 if cash else None, "cash": cash, **granted}


class FolderShelf:
    """The lake's objects as files below `folder`; see `partners.lake.bucket_gateway.LakeBucket`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def part(self, window: int, partner: str, number: int) -> Part | None:
        file = self._part_file(window, partner, number)
        return Part(**json.loads(file.read_text())) if file.exists() else None

    def add_part(self, window: int, partner: str, part: Part) -> None:
        self._part_file(window, partner, part.number).write_text(json.dumps(asdict(part)))

    def add_file(self, key: str, file: Path) -> bool:
        place = self._folder / key
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, place)
        return True

    def fetch(self, key: str, file: Path) -> None:
        shutil.copyfile(self._folder / key, file)

    def is_whole(self, window: int) -> bool:
        return (self._folder / f"whole-{window}").exists()

    def set_whole(self, window: int, partners: list[str]) -> None:
        (self._folder / f"whole-{window}").write_text(" ".join(partners))

    def _part_file(self, window: int, partner: str, number: int) -> Path:
        return self._folder / f"part-{window}-{partner}-{number}.json"
