"""Lines out of the lake as the records they went in as, one at a time however many there are."""

import json
from collections.abc import Iterator

from partners.lake.database import Database
from partners.lake.record import Record


def records(database: Database) -> Iterator[Record]:
    """Every record of the open holdings, in the order of their statements; see `partners.lake.record.record_of`."""
    return (json.loads(text) for (text,) in database.rows("SELECT record FROM lines"))
