"""The tables of the lake, version 1: what DuckDB and Athena both read. Pure.

A file is `lake/v1/<table>/window_number=<8 digits>/<partner>/<part, 4 digits>.parquet`. `window_number` is a column by
its place alone. A column that is added later is null in older files, but for `LISTED`, which `lists.sql` finds in their
records where we read them; whatever else changes is another version, in a folder of its own.
"""

from dataclasses import dataclass

VERSION = 1
FOLDER = f"lake/v{VERSION}"
WINDOW = "window_number"


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its name, its type in DuckDB and in Athena, and what it holds."""

    name: str
    type: str
    athena: str
    says: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the lake, one row for each of what it says."""

    name: str
    says: str
    columns: tuple[Column, ...]


def _text(name: str, says: str) -> Column:
    return Column(name, "VARCHAR", "string", says)


def _by_issuer(name: str, says: str) -> Column:
    return _text(name, f"{says}, `issuer:points` each with spaces between; null if none")


def _number(name: str, says: str) -> Column:
    return Column(name, "BIGINT", "bigint", says)


def _time(name: str, says: str) -> Column:
    return Column(name, "TIMESTAMP_MS", "timestamp", says)


_PLACE = (
    _text("partner", "whose line it is"),
    _number("line", "its number in the statement of the window, from 1"),
    _text("entry_id", "the journal entry"),
    Column("day", "DATE", "date", "UTC day of recording"),
    _text("location", "where"),
    _time("recorded_at", "when it was recorded, UTC"),
)

LISTED = (
    _by_issuer("honoured", "points taken, less what was undone"),
    _by_issuer("adjusted", "points that came by the operator's decision, or were given back to their issuer"),
    _text("expired", "points that had run out (`issuer:points:month` where known) or were given up; as `honoured`"),
    _by_issuer("written_off", "points owed by an account that closed"),
    _text("cashback", "where cashback went, `kind:issuer:cents` each with spaces between; null if none"),
    Column("terms_day", "DATE", "date", "by whose terms what is given back was settled, if not by its own day's"),
)
"""What `lists.sql` finds in records, which older files have no columns for. `moves` has a row for each of a list."""

LINES = Table(
    "lines",
    "journal entry of a partner, as `partners.lake.record.record_of` has it",
    (
        *_PLACE,
        _time("occurred_at", "when it happened, UTC"),
        _text("kind", "the operation: earn, redeem, …"),
        _text("receipt", "null if there is none"),
        _text("currency", "null if no money is in it"),
        _number("amount_cents", "total of the purchase; null if there is none or nothing"),
        _number("points", "what the entry was asked for"),
        _number("value_cents", "given for points; null if nothing"),
        _number("price_micros", "of a point, millionths of the currency; null if none"),
        _number("issued", "points granted, less what was undone"),
        _number("owed", "by how much the member's debt to the partner grew"),
        _number("honoured_points", "points taken, less what was undone, whoever had granted them"),
        _number("cashback_cents", "cashback that the entry was asked for; null if none"),
        *LISTED,
        Column("visit", "BOOLEAN", "boolean", "whether it is a loyalty visit"),
        _number("position_micros", "what it adds to the partner's position before fees"),
        _text("record", "all of it, as canonical JSON"),
        Column("sha256", "BLOB", "binary", "of the record, 32 bytes"),
    ),
)

MOVES = Table(
    "moves",
    "what moved in a line one way of one issuer's: sums of these are `partners.visits.model.Move`s of any `terms_day`",
    (
        *_PLACE,
        _text("kind", "issued, redeemed, owed, expired, …: `partners.visits.model.MoveKind`"),
        _text("issuer", "who granted it"),
        _text("currency", "null of points without a price"),
        _number("price_micros", "of a point, or of a cent of cashback; 0 of points without a price"),
        _number("quantity", "points, or cents of cashback; undone ones are negative"),
    ),
)

TABLES = (LINES, MOVES)


def folder(table: Table, window: int) -> str:
    """Where the files of a window are, by partner."""
    return f"{FOLDER}/{table.name}/{WINDOW}={window:08d}"


def file_key(table: Table, window: int, partner: str, part: int) -> str:
    return f"{folder(table, window)}/{partner}/{part:04d}.parquet"
