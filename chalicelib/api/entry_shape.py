"""A journal entry as the partner that acted in it sees it."""

from typing import TYPE_CHECKING

from chalicelib.api.schemas.listings import EntryOut

if TYPE_CHECKING:
    from partners.visits.model import Line


def entry_out(line: "Line") -> EntryOut:
    from partners.visits.document import entry_document

    return EntryOut.model_validate(entry_document(line))
