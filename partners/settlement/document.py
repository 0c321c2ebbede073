"""Positions of a window as canonical JSON, the same bytes whenever computed, and what is kept of an extract."""

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, astuple
from typing import Any

from partners.settlement.extract import Extract, Reach
from partners.settlement.model import (
    Bilateral,
    Book,
    CashbackFlow,
    CurrencyNets,
    CurrencySettlement,
    GrossLine,
    LineKind,
    MatrixCell,
    Net,
    PartnerPosition,
    PointsFlow,
    Source,
)
from partners.visits.codec import totals_from_text, totals_to_text
from partners.visits.model import DayTotals
from shared.kernel.canonical import canonical_json


def document_of(book: Book) -> bytes:
    """A book as canonical JSON."""
    currencies = [
        currency_text(settled, (_position_text(position) for position in settled.positions))
        for settled in book.currencies
    ]
    return b"".join(book_text(currencies, book))


def book_text(currencies: Iterable[Iterable[bytes]], book: Book) -> Iterator[bytes]:
    """The document of a book piece by piece, of the texts of its currencies and the flows of `book`."""
    yield b'{"cashback_flows":' + canonical_json([_cashback(one) for one in book.cashback_flows]) + b',"currencies":['
    for number, pieces in enumerate(currencies):
        yield b"," if number else b""
        yield from pieces
    yield b'],"flows":' + canonical_json([asdict(one) for one in book.flows]) + b"}"


def currency_text(settled: CurrencySettlement, positions: Iterable[Iterable[bytes]]) -> Iterator[bytes]:
    """A currency with its pairs in `settled`, and the texts of its positions."""
    yield b'{"bilateral":' + canonical_json([asdict(one) for one in settled.bilateral])
    yield b',"currency":' + canonical_json(settled.currency)
    yield b',"matrix":' + canonical_json([asdict(one) for one in settled.matrix]) + b',"positions":['
    for number, pieces in enumerate(positions):
        yield b"," if number else b""
        yield from pieces
    yield b"]}"


def position_text(position: PartnerPosition, lines: Iterable[bytes]) -> Iterator[bytes]:
    """What a position comes to, and its lines in texts of some of them at a time, each as `lines_text` has them."""
    yield b'{"lines":['
    begun = False
    for some in lines:
        inner = some[1:-1]
        yield b"," + inner if begun and inner else inner
        begun = begun or bool(inner)
    yield b'],"net_cents":%d,"net_micros":%d,"party":' % (position.net_cents, position.net_micros)
    yield canonical_json(position.party) + b"}"


def lines_text(lines: Iterable[GrossLine]) -> bytes:
    """Lines as canonical JSON.

    A source without a day of terms has no name for one: so had all of windows that closed before there was one.
    """
    return canonical_json([_line(line) for line in lines])


def mirrored_text(lines: bytes) -> bytes:
    """The network's lines: those of a text with the opposite sign."""
    read: list[dict[str, Any]] = json.loads(lines)
    return canonical_json([{**line, "amount_micros": -line["amount_micros"]} for line in read])


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


def pack_nets(nets: Iterable[CurrencyNets]) -> bytes:
    rows = [[one.currency, [list(astuple(net)) for net in one.nets]] for one in nets]
    return zlib.compress(canonical_json(rows), level=9)


def unpack_nets(packed: bytes) -> tuple[CurrencyNets, ...]:
    rows = json.loads(zlib.decompress(packed))
    return tuple(CurrencyNets(currency, tuple(Net(*row) for row in nets)) for currency, nets in rows)


def _position_text(position: PartnerPosition) -> Iterator[bytes]:
    return position_text(position, [lines_text(position.lines)])


def _line(line: GrossLine) -> dict[str, Any]:
    return {
        "kind": line.kind,
        "issuer": line.issuer,
        "acceptor": line.acceptor,
        "price_micros": line.price_micros,
        "quantity": line.quantity,
        "amount_micros": line.amount_micros,
        "rate_bps": line.rate_bps,
        "sources": [_source(source) for source in line.sources],
        "reference": line.reference,
    }


def _cashback(flow: CashbackFlow) -> dict[str, Any]:
    """Without `adjusted` and `expired` of nothing: so had all of windows that closed before there was any."""
    return {name: value for name, value in asdict(flow).items() if name not in ("adjusted", "expired") or value}


def _source(source: Source) -> dict[str, Any]:
    facts = {"partner_id": source.partner_id, "day": source.day, "quantity": source.quantity}
    return facts if source.terms_day is None else {**facts, "terms_day": source.terms_day}


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
