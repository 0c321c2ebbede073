"""Pages of positions and of what they follow from, of a closed window or of any period alike."""

from typing import TYPE_CHECKING

from chalicelib.api.position_shape import issuer_out, line_out, pair_out, position_out, total_out
from chalicelib.api.schemas.reports import FlowsReply, GrossLineOut, PairsReply, PositionLinesReply, PositionsReply
from chalicelib.cursors import cursors
from chalicelib.listing import PageParams, page_of

if TYPE_CHECKING:
    from partners.settlement.figures import Figures

MOST_SOURCES = 20_000
"""So many a page, unless one line alone has more: some two megabytes, of the six that an answer may have."""

Of = tuple[str, ...]
"""What the figures are of, to which cursors are bound."""


def positions_page(figures: "Figures", params: PageParams, of: Of) -> PositionsReply:
    """Raises InvalidCursorError."""
    outline = figures.outline()
    rows = [
        (f"{settled.currency} {number:08d}", settled.currency, position)
        for settled in outline.currencies
        for number, position in enumerate(settled.positions)
    ]
    page, next_cursor = page_of(rows, lambda row: row[0], ("positions", *of), params)
    return PositionsReply(
        totals=[total_out(settled) for settled in outline.currencies],
        positions=[position_out(currency, position) for _, currency, position in page],
        next_cursor=next_cursor,
    )


def lines_page(figures: "Figures", party: str, params: PageParams, of: Of, *, own: bool = False) -> PositionLinesReply:
    """With `own`, as the party itself is shown them. Raises InvalidCursorError."""
    from partners.settlement.figures import Place, lines_of

    binding, after, next_cursor = ("position-lines", party, *of), None, None
    if params.cursor is not None:
        read = cursors().read(binding, params.cursor)
        after = Place(str(read["currency"]), str(read["party"]), int(read["number"]))
    lines: list[GrossLineOut] = []
    sources = 0
    for place, line in lines_of(figures, party, after):
        out = line_out(place.currency, line, party if own else None)
        sources += len(out.sources)
        if after is not None and lines and (len(lines) == params.limit or sources > MOST_SOURCES):
            next_cursor = cursors().write(
                binding, {"currency": after.currency, "party": after.party, "number": after.number}
            )
            break
        lines.append(out)
        after = place
    positions = [
        position_out(settled.currency, position)
        for settled in figures.part(party).currencies
        for position in settled.positions
    ]
    return PositionLinesReply(positions=positions, lines=lines, next_cursor=next_cursor)


def pairs_page(figures: "Figures", payer: str | None, params: PageParams, of: Of) -> PairsReply:
    """Raises InvalidCursorError."""
    from itertools import islice

    from partners.settlement.figures import pairs_of

    binding, after, next_cursor = ("position-pairs", payer or "", *of), None, None
    if params.cursor is not None:
        read = cursors().read(binding, params.cursor)
        after = (str(read["payer"]), str(read["currency"]), str(read["payee"]))
    found = list(islice(pairs_of(figures, payer, after), params.limit + 1))
    shown = found[: params.limit]
    if len(found) > len(shown):
        last = shown[-1]
        next_cursor = cursors().write(binding, {"payer": last.payer, "currency": last.currency, "payee": last.payee})
    return PairsReply(
        pairs=[pair_out(pair) for pair in shown],
        next_cursor=next_cursor,
    )


def flows_page(figures: "Figures", params: PageParams, of: Of) -> FlowsReply:
    """Raises InvalidCursorError."""
    from partners.settlement.figures import issuers_of

    outline = figures.outline()
    page, next_cursor = page_of(sorted(issuers_of(outline)), lambda issuer: issuer, ("position-flows", *of), params)
    return FlowsReply(flows=[issuer_out(issuer, outline) for issuer in page], next_cursor=next_cursor)
