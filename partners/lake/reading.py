"""Lines out of the lake as the records they went in as, one at a time however many there are."""

from collections.abc import Iterator

from partners.lake.database import Database
from partners.lake.record import Record, pruned
from shared.kernel.clock import to_rfc3339

_AS_TIMES = ("recorded_at", "occurred_at")
_NAMES = (
    "entry_id", "kind", "location", "receipt", *_AS_TIMES, "currency", "amount_cents", "points", "value_cents",
    "price_micros", "issued", "owed", "honoured", "adjusted", "expired", "written_off", "cashback", "visit",
    "position_micros",
)  # fmt: skip


def records(database: Database) -> Iterator[Record]:
    """Every record of the open holdings, in the order of their statements; see `partners.lake.record.record_of`."""
    selected = ", ".join(f"epoch_ms({name}) AS {name}" if name in _AS_TIMES else name for name in _NAMES)
    for row in database.rows(f"SELECT {selected} FROM lines"):  # noqa: S608 (names that stand above)
        record = dict(zip(_NAMES, row, strict=True))
        record |= {name: to_rfc3339(record[name]) for name in _AS_TIMES}
        yield pruned(record | {"visit": record["visit"] or None})
