"""One page of a listing that a service gives whole."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from chalicelib.api.schemas.fields import Cursor, Limit, Params
from chalicelib.cursors import cursors

Item = TypeVar("Item")

DEFAULT_LIMIT = 50


class PageParams(Params):
    """A page."""

    cursor: Cursor | None = None
    limit: Limit = DEFAULT_LIMIT


def page_of(
    items: Sequence[Item],
    place: Callable[[Item], str],
    binding: tuple[str, ...],
    params: PageParams,
    *,
    descending: bool = False,
) -> tuple[list[Item], str | None]:
    """The items that follow the cursor, `limit` at most, and the cursor of the next page if there is one.

    `items` are in the order of `place`, in which no two are alike. So what is added or gone meanwhile makes no page
    repeat or miss another item. `binding` is who lists what with which filters. Raises InvalidCursorError.
    """
    rest = list(items)
    if params.cursor is not None:
        after = str(cursors().read(binding, params.cursor)["after"])
        rest = [one for one in rest if (place(one) < after if descending else place(one) > after)]
    shown = rest[: params.limit]
    if len(rest) == len(shown):
        return shown, None
    return shown, cursors().write(binding, {"after": place(shown[-1])})
