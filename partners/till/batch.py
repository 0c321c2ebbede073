"""Many lines at once, as an offline till delivers them: each with its own key, its own outcome."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Generic, TypeVar

from partners.till.errors import KeyNotUniqueError
from partners.till.model import Purchased, PurchaseRequest, ReceiptReturnRequest
from shared.kernel.errors import TesseraError, UnavailableError

WORKERS = 8

TillRequest = PurchaseRequest | ReceiptReturnRequest
Asked = TypeVar("Asked", bound=TillRequest)
Done = TypeVar("Done")


@dataclass(frozen=True, slots=True)
class Line(Generic[Asked]):
    """One request of a batch or file and the idempotency key it keeps in every delivery."""

    idempotency_key: str
    request: Asked

    @property
    def card_digits(self) -> str:
        return self.request.card_number.replace(" ", "")


BatchLine = Line[PurchaseRequest]
Outcome = Purchased | TesseraError
Record = Callable[[str, str, PurchaseRequest], Purchased]
"""Records one purchase of a partner under an idempotency key: `Till.purchase` or `Till.import_purchase`."""
Landed = Callable[[int, Outcome], None]
"""Told of each line's place and outcome as soon as it is known, by whichever thread recorded it."""


def record_lines(
    record: Callable[[str, str, Asked], Done],
    partner_id: str,
    lines: Sequence[Line[Asked]],
    landed: Callable[[int, Done | TesseraError], object] = lambda _place, _outcome: None,
) -> list[Done | TesseraError]:
    """Record every line by itself; outcomes stand in the order of `lines`.

    A refused line does not keep the others from being recorded, and the whole batch may be sent again:
    what was recorded is answered again, what was refused is tried again. Lines of one card are recorded
    in their order, those of different cards side by side. A line's outcome is what `record` returns
    or raises; after an UnavailableError the card's later lines are not tried and have the same outcome, so
    that sending the batch again still records them in order. A key that stands on two cards counts for the first
    one alone: the other's outcome is a KeyNotUniqueError, for its account would not know the key.
    """
    first_card: dict[str, str] = {}
    for line in lines:
        first_card.setdefault(line.idempotency_key, line.card_digits)
    places: defaultdict[str, list[int]] = defaultdict(list)
    for place, line in enumerate(lines):
        places[line.card_digits].append(place)

    def record_in_order(of_one_card: Sequence[int]) -> list[tuple[int, Done | TesseraError]]:
        done: list[tuple[int, Done | TesseraError]] = []
        for place in of_one_card:
            line = lines[place]
            outcome: Done | TesseraError
            if done and isinstance(done[-1][1], UnavailableError):
                outcome = done[-1][1]
            elif first_card[line.idempotency_key] != line.card_digits:
                outcome = KeyNotUniqueError(line.idempotency_key)
            else:
                outcome = _outcome(record, partner_id, line)
            landed(place, outcome)
            done.append((place, outcome))
        return done

    with ThreadPoolExecutor(max_workers=WORKERS) as pool:
        outcomes = dict(pair for done in pool.map(record_in_order, places.values()) for pair in done)
    return [outcomes[place] for place in range(len(lines))]


def _outcome(record: Callable[[str, str, Asked], Done], partner_id: str, line: Line[Asked]) -> Done | TesseraError:
    try:
        return record(partner_id, line.idempotency_key, line.request)
    except TesseraError as refusal:
        return refusal
