"""How much is granted and taken by one person alone on a UTC day: two sums, which change with each such entry. Pure."""

from dataclasses import dataclass

from shared.ledger.model import Entry

ONE_PERSON_LIMIT_POINTS = 5_000
"""Up to so many points a day one operator grants and takes alone, and so many a day on one account, whoever they are.

Beyond, a second operator must approve.
"""


@dataclass(frozen=True, slots=True)
class Alone:
    """`points` moved, either way, for one `operator` alone on a UTC `day`."""

    operator: str
    day: str
    points: int

    def sums(self, entry: Entry) -> tuple[str, str]:
        """What counts them: who decided, and the account that the entry is of, which may answer for several cards."""
        return f"OPERATOR#{self.operator}", f"MEMBER#{entry.member}"

    @property
    def room(self) -> int:
        """What a sum may have come to before them."""
        return ONE_PERSON_LIMIT_POINTS - self.points


class BeyondOnePersonError(Exception):
    """A sum has come to so much that these points take a second person. Nothing was written."""
