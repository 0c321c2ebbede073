"""Documents on paper: PDF in A4, with one family of fonts that has Latin, Greek and Cyrillic letters.

Import it only where a document is made: it takes a third of a second.
"""

import warnings
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

with warnings.catch_warnings():
    # It misses its picture library, which our documents do not need and the Lambda package does not have.
    warnings.simplefilter("ignore", UserWarning)
    from fpdf import FPDF
    from fpdf.enums import Align, TableBordersLayout, XPos, YPos
    from fpdf.fonts import FontFace

FONT = "DejaVu"
FONTS = Path(__file__).parent / "fonts"
MARGIN_MM = 20
WIDTH_MM = 210 - 2 * MARGIN_MM
GREY = (110, 110, 110)
PALE = (243, 244, 246)
RULE = (200, 204, 210)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its heading, its part of the width, and whether it holds figures."""

    heading: str
    width: int
    figures: bool = False


class Paper:
    """A document that grows from top to bottom and breaks into pages by itself. All measures in millimetres.

    The same calls with the same `made_at_ms` give the same bytes. What the fonts have no letter for is shown as an
    empty box.
    """

    def __init__(self, title: str, author: str, footer: str, made_at_ms: int) -> None:
        self._pdf = _Pages(footer)
        self._pdf.set_title(title)
        self._pdf.set_author(author)
        self._pdf.set_lang("en")
        self._pdf.set_creation_date(datetime.fromtimestamp(made_at_ms // 1000, UTC))
        self._pdf.add_page()

    def heading(self, left: str, right: str) -> None:
        """The first line: what this is, and whose it is."""
        self._pdf.set_font(FONT, "B", 20)
        self._pdf.cell(WIDTH_MM / 2, 10, left)
        self._pdf.set_font(FONT, "B", 11)
        self._pdf.cell(WIDTH_MM / 2, 10, right, align=Align.R, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self._pdf.ln(6)

    def particulars(self, rows: Sequence[tuple[str, str]]) -> None:
        """Names and what they stand for, one a line."""
        for name, value in rows:
            self._pdf.set_font(FONT, "", 9)
            self._pdf.set_text_color(GREY)
            self._pdf.cell(38, 6, name)
            self._pdf.set_text_color(0)
            self._pdf.multi_cell(WIDTH_MM - 38, 6, value, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self._pdf.ln(5)

    def section(self, title: str) -> None:
        """A heading within the document."""
        self._pdf.ln(5)
        self._pdf.set_font(FONT, "B", 11)
        self._pdf.cell(WIDTH_MM, 8, title, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def table(self, columns: Sequence[Column], rows: Sequence[Sequence[str]], strong: Collection[int] = ()) -> None:
        """Rows under headings that are repeated on each page; those numbered in `strong` (from 0) are in bold."""
        self._pdf.set_font(FONT, "", 9)
        self._pdf.set_draw_color(RULE)
        bold = FontFace(emphasis="BOLD")
        with self._pdf.table(
            col_widths=tuple(column.width for column in columns),
            text_align=tuple(Align.R if column.figures else Align.L for column in columns),
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
            headings_style=FontFace(emphasis="BOLD", fill_color=PALE),
            line_height=5,
            padding=(1, 1.5),
        ) as table:
            table.row([column.heading for column in columns])
            for number, cells in enumerate(rows):
                table.row(cells, style=bold if number in strong else None)

    def note(self, text: str) -> None:
        """A paragraph in small print."""
        self._pdf.ln(3)
        self._pdf.set_font(FONT, "", 8)
        self._pdf.set_text_color(GREY)
        self._pdf.multi_cell(WIDTH_MM, 4.5, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self._pdf.set_text_color(0)

    def to_bytes(self) -> bytes:
        return bytes(self._pdf.output())


class _Pages(FPDF):
    def __init__(self, footer: str) -> None:
        super().__init__(format="A4")
        self._footer = footer
        self.set_margin(MARGIN_MM)
        self.set_auto_page_break(True, margin=MARGIN_MM)
        self.add_font(FONT, "", FONTS / "DejaVuSans.ttf")
        self.add_font(FONT, "B", FONTS / "DejaVuSans-Bold.ttf")

    def footer(self) -> None:
        self.set_y(-14)
        self.set_font(FONT, "", 8)
        self.set_text_color(GREY)
        self.cell(WIDTH_MM / 2, 5, self._footer)
        self.cell(WIDTH_MM / 2, 5, f"Page {self.page_no()} of {{nb}}", align=Align.R)
        self.set_text_color(0)
