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
    from fpdf.fonts import FontFace, TTFFont

FONT = "DejaVu"
FONTS = Path(__file__).parent / "fonts"
MARGIN_MM = 20
WIDTH_MM = 210 - 2 * MARGIN_MM
GREY = (110, 110, 110)
PALE = (243, 244, 246)
RULE = (200, 204, 210)
BLUE = (37, 99, 235)
AMBER = (217, 119, 6)
SECTION_MM = 30
"""A heading with less room than this below it begins the next page."""
BOX = "\N{WHITE SQUARE}"
CHART_MM = 32
WIDEST_BAR_MM = 8
LABEL_MM = 14
SCALE_MM = 15


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its heading, its part of the width, and whether it holds figures."""

    heading: str
    width: int
    figures: bool = False


@dataclass(frozen=True, slots=True)
class Series:
    """One colour of a chart: a value a label."""

    name: str
    colour: tuple[int, int, int]
    values: Sequence[int]


class Paper:
    """A document that grows from top to bottom and breaks into pages by itself. All measures in millimetres.

    The same calls with the same `made_at_ms` give the same bytes. In tables, what the fonts have no letter for is an
    empty box.
    """

    def __init__(self, title: str, author: str, footer: str, made_at_ms: int) -> None:
        self._pdf = _Pages(footer)
        self._pdf.set_title(title)
        self._pdf.set_author(author)
        self._pdf.set_lang("en")
        self._pdf.set_creation_date(datetime.fromtimestamp(made_at_ms // 1000, UTC))
        self._pdf.add_page()

    def shows(self, text: str) -> bool:
        """Whether the fonts have all its letters, plain and bold."""
        return all(ord(letter) in font.cmap for font in self._pdf.lettered for letter in text)

    def named(self, name: str, known_as: str) -> str:
        """Somebody by name and id; by the id alone, and saying so, if the name can't be read here."""
        return f"{name} ({known_as})" if self.shows(name) else f"{known_as} (its name is in letters not printed here)"

    def heading(self, left: str, right: str) -> None:
        """The first line: what this is, and whose it is if that can be read, under the mark of a broken token."""
        self._mark(MARGIN_MM + WIDTH_MM - 7, self._pdf.get_y() - 8)
        self._pdf.set_font(FONT, "B", 20)
        self._pdf.cell(WIDTH_MM / 2, 10, left)
        self._pdf.set_font(FONT, "B", 11)
        whose = right if self.shows(right) else ""
        self._pdf.cell(WIDTH_MM / 2, 10, whose, align=Align.R, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self._pdf.ln(6)

    def _mark(self, left: float, top: float) -> None:
        """7 mm wide: two halves of a token, the break between them."""
        halves = (
            (BLUE, [(left, top), (left + 4, top), (left + 2.4, top + 7), (left, top + 7)]),
            (AMBER, [(left + 4.6, top), (left + 7, top), (left + 7, top + 7), (left + 3, top + 7)]),
        )
        for colour, corners in halves:
            with self._pdf.local_context(fill_color=colour):
                self._pdf.polygon(corners, style="F")

    def particulars(self, rows: Sequence[tuple[str, str]]) -> None:
        """Names and what they stand for, one a line."""
        for name, value in rows:
            self._pdf.set_font(FONT, "", 9)
            self._pdf.set_text_color(GREY)
            self._pdf.cell(38, 6, name)
            self._pdf.set_text_color(0)
            self._pdf.multi_cell(WIDTH_MM - 38, 6, value, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self._pdf.ln(5)

    def outcome(self, name: str, value: str) -> None:
        """What it all comes to, in a frame of its own."""
        top = self._pdf.get_y()
        with self._pdf.local_context(fill_color=PALE, draw_color=RULE):
            self._pdf.rect(MARGIN_MM, top, WIDTH_MM, 14, style="DF")
        self._pdf.set_xy(MARGIN_MM + 4, top + 2)
        self._pdf.set_font(FONT, "", 9)
        self._pdf.cell(WIDTH_MM / 2, 10, name)
        self._pdf.set_font(FONT, "B", 14)
        self._pdf.cell(WIDTH_MM / 2 - 8, 10, value, align=Align.R)
        self._pdf.set_xy(MARGIN_MM, top + 16)

    def section(self, title: str) -> None:
        """A heading within the document."""
        if self._pdf.will_page_break(SECTION_MM):
            self._pdf.add_page()
        self._pdf.ln(5)
        self._pdf.set_font(FONT, "B", 11)
        self._pdf.cell(WIDTH_MM, 8, title, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def table(
        self,
        columns: Sequence[Column],
        rows: Sequence[Sequence[str]],
        strong: Collection[int] = (),
        *,
        dense: bool = False,
    ) -> None:
        """Rows under headings that are repeated on each page; those numbered in `strong` (from 0) are in bold.

        A `dense` table has more rows on a page, and more letters in a column.
        """
        self._pdf.set_font(FONT, "", 8 if dense else 9)
        self._pdf.set_draw_color(RULE)
        bold = FontFace(emphasis="BOLD")
        with self._pdf.table(
            col_widths=tuple(column.width for column in columns),
            text_align=tuple(Align.R if column.figures else Align.L for column in columns),
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
            headings_style=FontFace(emphasis="BOLD", fill_color=PALE),
            line_height=4 if dense else 5,
            padding=(0.6, 1.2) if dense else (1, 1.5),
        ) as table:
            table.row([column.heading for column in columns])
            for number, cells in enumerate(rows):
                table.row([self._boxed(cell) for cell in cells], style=bold if number in strong else None)

    def bars(self, labels: Sequence[str], series: Sequence[Series]) -> None:
        """A chart of bars, a group a label, all from one base line; values are 0 or more.

        Labels are thinned out until they fit. Each series is named below in its colour; two lines tell the scale.
        """
        highest = max((value for one in series for value in one.values), default=0)
        self._pdf.ln(2)
        if self._pdf.will_page_break(CHART_MM + 16):
            self._pdf.add_page()
        left, base = self._pdf.get_x(), self._pdf.get_y() + CHART_MM
        group = (WIDTH_MM - SCALE_MM) / max(1, len(labels))
        width = min(WIDEST_BAR_MM, group * 0.8 / max(1, len(series)))
        self._scale(left, base, highest)
        for place, one in enumerate(series):
            with self._pdf.local_context(fill_color=one.colour):
                for number, value in enumerate(one.values):
                    height = CHART_MM * value / highest if highest else 0
                    self._pdf.rect(left + number * group + place * width, base - height, width, height, style="F")
        self._pdf.set_draw_color(RULE)
        self._pdf.line(left, base, left + WIDTH_MM - SCALE_MM, base)
        self._pdf.set_font(FONT, "", 7)
        self._pdf.set_text_color(GREY)
        every = -(-len(labels) * LABEL_MM // (WIDTH_MM - SCALE_MM)) or 1
        for number in range(0, len(labels), every):
            self._pdf.set_xy(left + number * group, base + 1)
            self._pdf.cell(LABEL_MM, 4, labels[number])
        self._pdf.set_xy(left, base + 6)
        for one in series:
            with self._pdf.local_context(fill_color=one.colour):
                self._pdf.rect(self._pdf.get_x(), self._pdf.get_y() + 1.2, 2.4, 2.4, style="F")
            self._pdf.set_x(self._pdf.get_x() + 4)
            self._pdf.cell(60, 5, one.name)
        self._pdf.set_text_color(0)
        self._pdf.set_xy(left, base + 12)

    def _scale(self, left: float, base: float, highest: int) -> None:
        """Lines at a half and the whole of the highest value, with their figures."""
        self._pdf.set_draw_color(RULE)
        self._pdf.set_font(FONT, "", 7)
        self._pdf.set_text_color(GREY)
        for value in sorted({highest, highest // 2} - {0}):
            height = CHART_MM * value / highest
            self._pdf.line(left, base - height, left + WIDTH_MM - SCALE_MM, base - height)
            self._pdf.set_xy(left + WIDTH_MM - SCALE_MM, base - height - 2)
            self._pdf.cell(SCALE_MM, 4, f"{value:,}", align=Align.R)
        self._pdf.set_xy(left, base)

    def _boxed(self, text: str) -> str:
        return text if self.shows(text) else "".join(letter if self.shows(letter) else BOX for letter in text)

    def note(self, text: str) -> None:
        """A paragraph in small print."""
        self._pdf.ln(3)
        self._pdf.set_font(FONT, "", 8)
        self._pdf.set_text_color(GREY)
        self._pdf.multi_cell(WIDTH_MM, 4.5, text, align=Align.L, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
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

    @property
    def lettered(self) -> tuple[TTFFont, ...]:
        return tuple(font for font in self.fonts.values() if isinstance(font, TTFFont))

    def footer(self) -> None:
        self.set_y(-14)
        self.set_font(FONT, "", 8)
        self.set_text_color(GREY)
        self.cell(WIDTH_MM / 2, 5, self._footer)
        self.cell(WIDTH_MM / 2, 5, f"Page {self.page_no()} of {{nb}}", align=Align.R)
        self.set_text_color(0)
