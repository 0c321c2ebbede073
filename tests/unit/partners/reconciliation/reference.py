"""What matching.sql is to do, by plain loops over small lists: the same rules, told once more."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from partners.reconciliation.model import COMPARED_KINDS, QUANTITIES

Row = dict[str, Any]
KINDS = {kind.value for kind in COMPARED_KINDS}


@dataclass(frozen=True)
class Compared:
    outcome: str
    entry_id: str | None
    line: int | None


def cashback_of(record: Row) -> int:
    signs = {"cashback_issued": 1, "cashback_redeemed": 1, "cashback_owed": -1}
    return abs(sum(signs.get(one["kind"], 0) * one["cents"] for one in record.get("cashback", [])))


def our_rows(records: list[Row], columns: tuple[str, ...]) -> list[Row]:
    rows = []
    for record in records:
        if record["kind"] in KINDS:
            figures = {name: record.get(name) or 0 for name in QUANTITIES} | {"cashback_cents": cashback_of(record)}
            masked = {name: value if name in columns else 0 for name, value in figures.items()}
            rows.append({name: record.get(name) for name in ("entry_id", "kind", "location", "receipt")} | masked)
    return rows


def figures(row: Row) -> tuple[int, ...]:
    return tuple(row[name] for name in QUANTITIES)


def place(row: Row) -> tuple[Any, ...]:
    return row["location"], row["receipt"], row["kind"]


def matched(records: list[Row], theirs: list[Row], columns: tuple[str, ...]) -> list[Compared]:
    ours = {row["entry_id"]: row for row in our_rows(records, columns)}
    found: list[Compared] = []
    by_entry: dict[str, list[Row]] = {}
    for row in theirs:
        if row["entry_id"] is not None:
            by_entry.setdefault(row["entry_id"], []).append(row)
    for entry_id, rows in by_entry.items():
        entry = ours.pop(entry_id, None)

        def says(row: Row, entry: Row | None = entry) -> bool:
            return entry is not None and (row["kind"], *figures(row)) == (entry["kind"], *figures(entry))

        first, *rest = sorted(rows, key=lambda row: (not says(row), row["kind"], figures(row), row["line"]))
        outcome = "only_theirs" if entry is None else "matched" if says(first) else "amount_differs"
        found.append(Compared(outcome, entry and entry_id, first["line"]))
        found += [Compared("duplicate", None, row["line"]) for row in rest]
    left = sorted(ours.values(), key=lambda row: (figures(row), row["entry_id"]))
    seen: Counter[Any] = Counter()
    waiting: list[tuple[int, Row]] = []
    for row in sorted((row for row in theirs if row["entry_id"] is None), key=lambda row: row["line"]):
        seen[place(row), figures(row)] += 1
        same = [one for one in left if (place(one), figures(one)) == (place(row), figures(row))]
        if same:
            left.remove(same[0])
            found.append(Compared("matched", same[0]["entry_id"], row["line"]))
        else:
            waiting.append((seen[place(row), figures(row)], row))
    for copy, row in sorted(waiting, key=lambda one: (one[0], figures(one[1]), one[1]["line"])):
        near = [one for one in left if place(one) == place(row)]
        if near:
            left.remove(near[0])
            found.append(Compared("amount_differs", near[0]["entry_id"], row["line"]))
        else:
            found.append(Compared("duplicate" if copy > 1 else "only_theirs", None, row["line"]))
    return found + [Compared("only_ours", one["entry_id"], None) for one in left]
