"""Positions of a window as canonical JSON, the same bytes whenever computed, and what is kept of an extract."""

import json
import zlib
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from partners.settlement.extract import Extract, Reach
from partners.settlement.model import (
    Bilateral,
    Book,
    CashbackFlow,
    CurrencySettlement,
    GrossLine,
    LineKind,
    MatrixCell,
    PartnerPosition,
    PointsFlow,
    Source,
)
from partners.visits.codec import totals_from_text, totals_to_text
from partners.visits.model import DayTotals
from shared.kernel.canonical import canonical_json


def document_of(book: Book) -> bytes:
    """A source without a day of terms has no name for one: so had all of windows that closed before there was one."""
    document = asdict(book)
    for currency in document["currencies"]:
        for line in (line for position in currency["positions"] for line in position["lines"]):
            for source in line["sources"]:
                if source["terms_day"] is None:
                    del source["terms_day"]
    return canonical_json(document)


def book_of(document: bytes) -> Book:
    """The book that `document_of` was given."""
    read: dict[str, Any] = json.loads(document)
    return Book(
        tuple(_currency(one) for one in read["currencies"]),
        tuple(PointsFlow(**one) for one in read["flows"]),
        tuple(CashbackFlow(**one) for one in read["cashback_flows"]),
    )


def pack_extract(extract: Extract) -> bytes:
    reaches = {day: [dict(one.upto), sorted(one.redriven)] for day, one in extract.reaches.items()}
    days = [[day.day, totals_to_text(day.totals)] for day in extract.days]
    return zlib.compress(canonical_json([extract.partner_id, reaches, days]), level=9)


def unpack_extract(packed: bytes) -> Extract:
    partner_id, reaches, days = json.loads(zlib.decompress(packed))
    return Extract(
        partner_id,
        {day: Reach(upto, frozenset(redriven)) for day, (upto, redriven) in reaches.items()},
        tuple(DayTotals(partner_id, day, totals_from_text(text)) for day, text in days),
    )


def _currency(read: Mapping[str, Any]) -> CurrencySettlement:
    return CurrencySettlement(
        read["currency"],
        tuple(_position(one) for one in read["positions"]),
        tuple(MatrixCell(**one) for one in read["matrix"]),
        tuple(Bilateral(**one) for one in read["bilateral"]),
    )


def _position(read: Mapping[str, Any]) -> PartnerPosition:
    lines = tuple(
        GrossLine(
            **{
                **line,
                "kind": LineKind(line["kind"]),
                "sources": tuple(Source(**source) for source in line["sources"]),
            }
        )
        for line in read["lines"]
    )
    return PartnerPosition(read["party"], lines, read["net_micros"], read["net_cents"])
