"""The place in a listing of pages, as a cursor carries it."""

from typing import TYPE_CHECKING

from chalicelib.cursors import Position

if TYPE_CHECKING:
    from partners.visits.model import Bookmark


def position_of(bookmark: "Bookmark") -> Position:
    return {"day": bookmark.day, "page": bookmark.page, "line": bookmark.line}


def bookmark_of(position: Position) -> "Bookmark":
    from partners.visits.model import Bookmark

    return Bookmark(str(position["day"]), str(position["page"]), int(position["line"]))
