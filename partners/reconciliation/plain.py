"""Which lines of a partner's file are plain, so that SQL can read a million of them at once, and how. Pure.

A line is plain if it can be read in one way only and `partners.reconciliation.upload` would find nothing wrong with it.
The patterns are stricter than that reader: whatever they do not take, it reads by itself, and says what is wrong.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from partners.contracts.model import LOCATION_ID
from partners.reconciliation.model import COMPARED_KINDS, QUANTITIES
from partners.reconciliation.upload import COLUMNS, OF_A_STATEMENT, OF_STATEMENTS, Opening
from partners.till.forms import ENTRY_ID
from shared.ledger.model import Op

_KINDS = "|".join(op.value for op in COMPARED_KINDS)
_OTHER_KINDS = "|".join(op.value for op in Op if op not in COMPARED_KINDS)
_TIME = (
    "20[0-9]{2}-[01][0-9]-[0-3][0-9]T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:[.][0-9]{1,6})?"
    "(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
)
_FORMS = {"entry_id": ENTRY_ID.pattern, "location": LOCATION_ID.pattern, "recorded_at": _TIME}
_CSV_FORMS = _FORMS | {"receipt": r"[!#-&(-+\--~](?:[ !#-+\--~]*[!#-+\--~])?"}
_JSON_FORMS = _FORMS | {"receipt": r"[!#-&(-\[\]-~](?:[ !#-\[\]-~]*[!#-\[\]-~])?"}
"""A receipt without what is written in another way there, or what a spreadsheet shields; of any length."""

_TEXT = r'"[^"\\\x00-\x1f]*"'
_WHOLE = "-?(?:0|[1-9][0-9]{0,17})"
_JSON_FIGURE = '(?:0|[1-9][0-9]{0,11}|"[0-9]{1,12}"|null)'
_SHARE = rf'\{{"issuer":{_TEXT},"points":{_WHOLE}\}}'
_CASH = rf'\{{"cents":{_WHOLE},"currency":{_TEXT},"issuer":{_TEXT},"kind":{_TEXT}(?:,"with_month":{_TEXT})?\}}'
_RAN_OUT = rf'{_SHARE[:-2]}(?:,"with_month":{_TEXT})?\}}'
_LISTS = dict.fromkeys(("honoured", "adjusted", "written_off"), _SHARE) | {"expired": _RAN_OUT, "cashback": _CASH}


@dataclass(frozen=True, slots=True)
class Plain:
    """Patterns of plain lines, and SQL for what is in one.

    `compared` is of kinds that are compared, `aside` of the others. `unfolded` is of the column `text`; a value of
    `values` is of that, called `unfolded`, and null or empty if there is none.
    """

    compared: str
    aside: str
    unfolded: str
    values: Mapping[str, str]

    def value(self, name: str) -> str:
        return self.values.get(name, "NULL::VARCHAR")


def plain_csv(opening: Opening, *, quoted: bool) -> Plain:
    """Of a table with this heading; `quoted` if there is a quotation mark anywhere in it."""

    def of_kinds(kinds: str, form: Callable[[str], str]) -> str:
        forms = [f"(?:{kinds})" if name == "kind" else form(name) for name in opening.names]
        return ",".join(f'(?:{one}|"{one}")' if quoted else one for one in forms)

    text = "replace(text, '\"', '')" if quoted else "text"
    return Plain(
        compared=of_kinds(_KINDS, _csv_form),
        aside=of_kinds(_OTHER_KINDS, lambda name: _csv_form(name) if name == "recorded_at" else '[^,"]*'),
        unfolded=f"string_split({text}, ',')",
        values={name: f"unfolded[{place}]" for place, name in enumerate(opening.names, 1)},
    )


def _csv_form(name: str) -> str:
    if name in _CSV_FORMS:
        return f"(?:{_CSV_FORMS[name]})?"
    return "[0-9]{0,12}" if name in QUANTITIES else '[^,"]*'


def plain_json(opening: Opening) -> Plain:
    """Of JSON lines that have the names of the first in its order, or, of a statement's, some in the order there."""
    statement = OF_A_STATEMENT in opening.names
    names = _names_of_statements(opening) if statement else opening.names

    def of_kinds(kinds: str, figure: str) -> str:
        members = [f'"{name}": ?{_json_form(name, kinds, figure)}' for name in names]
        if not statement:
            return rf"\{{{', ?'.join(members)}\}}"
        told = (
            f"(?:, ?{member}){'' if name in ('kind', OF_A_STATEMENT) else '?'}"
            for name, member in zip(names, members, strict=True)
        )
        return rf'\{{"line": ?{_WHOLE}{"".join(told)}\}}'

    read = [name for name in names if name in COLUMNS]
    shape = ", ".join(f'"{name}": "VARCHAR"' for name in read)
    return Plain(
        compared=of_kinds(_KINDS, _JSON_FIGURE),
        aside=of_kinds(_OTHER_KINDS, f"(?:{_WHOLE}|{_TEXT}|null)"),
        unfolded=f"from_json(text, '{{{shape}}}')",
        values={name: f"unfolded.{name}" for name in read},
    )


def _names_of_statements(opening: Opening) -> list[str]:
    """But for `line`, which is the first. What the first line has no figure of, another may not have."""
    left = {*COLUMNS, *OF_STATEMENTS} - {"line", OF_A_STATEMENT} - (set(QUANTITIES) - set(opening.columns))
    return [OF_A_STATEMENT, *sorted(left)]


def _json_form(name: str, kinds: str, figure: str) -> str:
    if name == "kind":
        return f'"(?:{kinds})"'
    if name in _JSON_FORMS:
        return f'(?:"(?:{_JSON_FORMS[name]})?"|null)'
    if name in QUANTITIES:
        return figure
    if name in _LISTS:
        return rf"\[(?:{_LISTS[name]}(?:,{_LISTS[name]})*)?\]"
    return f"(?:{_TEXT}|{_WHOLE}|true|false|null)"
