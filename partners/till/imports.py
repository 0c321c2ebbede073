"""Late purchases that a partner's own till may no longer send, recorded by the operator."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from partners.contracts.model import Partner
from partners.till.batch import Asked, BatchLine, Landed, Line, Outcome, record_lines
from partners.till.errors import KeyNotUniqueError
from partners.till.service import Till


class KnownPartners(Protocol):
    """What imports ask of contracts; see `partners.contracts.service.Contracts`."""

    def partner(self, partner_id: str) -> Partner: ...


class Imports:
    """The operator's use case beside a partner's till."""

    def __init__(self, contracts: KnownPartners, till: Till) -> None:
        self._contracts = contracts
        self._till = till

    def record(
        self, partner_id: str, lines: Sequence[BatchLine], landed: Landed = lambda _place, _outcome: None
    ) -> list[Outcome]:
        """Record a partner's purchases of any age; outcomes stand in the order of `lines`.

        As `record_lines`, with `Till.import_purchase` for each line, so a line may be sent again here or
        by the partner itself and is still recorded once. `landed` is told of each outcome at once. Nothing is
        recorded and the whole is refused with UnknownPartnerError or KeyNotUniqueError.
        """
        self._contracts.partner(partner_id)
        clash = first_clash(lines)
        if clash is not None:
            raise KeyNotUniqueError(lines[clash[1]].idempotency_key)
        return record_lines(self._till.import_purchase, partner_id, lines, landed)


def first_clash(lines: Sequence[Line[Asked]]) -> tuple[int, int] | None:
    """The places of the first two lines that have one key and differ, or None.

    The journal notices such a pair on one card only: on two cards both would count.
    """
    first_of: dict[str, int] = {}
    for place, line in enumerate(lines):
        first = first_of.setdefault(line.idempotency_key, place)
        if _asked(lines[first]) != _asked(line):
            return first, place
    return None


def _asked(line: Line[Asked]) -> Asked:
    return replace(line.request, card_number=line.card_digits)
