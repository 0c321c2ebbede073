"""Many purchases at once, as an offline till delivers them: each with its own key, its own outcome."""

from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from partners.till.model import Purchased, PurchaseRequest
from partners.till.service import Till
from shared.kernel.errors import TesseraError, UnavailableError

WORKERS = 8


@dataclass(frozen=True, slots=True)
class BatchLine:
    """One purchase of a batch and the idempotency key it keeps in every delivery."""

    idempotency_key: str
    request: PurchaseRequest


Outcome = Purchased | TesseraError


def record_purchases(till: Till, partner_id: str, lines: Sequence[BatchLine]) -> list[Outcome]:
    """Record every line by itself; outcomes stand in the order of `lines`.

    A refused line does not keep the others from being recorded, and the whole batch may be sent again:
    what was recorded is answered again, what was refused is tried again. Lines of one card are recorded
    in their order, those of different cards side by side. A line's outcome is what `Till.purchase` returns
    or raises; after an UnavailableError the card's later lines are not tried and have the same outcome, so
    that sending the batch again still records them in order.
    """
    places: defaultdict[str, list[int]] = defaultdict(list)
    for place, line in enumerate(lines):
        places[line.request.card_number.replace(" ", "")].append(place)

    def record(of_one_card: Sequence[int]) -> list[tuple[int, Outcome]]:
        done: list[tuple[int, Outcome]] = []
        for place in of_one_card:
            unavailable = bool(done) and isinstance(done[-1][1], UnavailableError)
            done.append((place, done[-1][1] if unavailable else _outcome(till, partner_id, lines[place])))
        return done

    with ThreadPoolExecutor(max_workers=WORKERS) as pool:
        outcomes = dict(pair for done in pool.map(record, places.values()) for pair in done)
    return [outcomes[place] for place in range(len(lines))]


def _outcome(till: Till, partner_id: str, line: BatchLine) -> Outcome:
    try:
        return till.purchase(partner_id, line.idempotency_key, line.request)
    except TesseraError as refusal:
        return refusal
