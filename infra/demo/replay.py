"""Plays the planned steps against the API, each till with its own partner's key."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any

from infra.demo.client import Answer, Api
from infra.demo.errors import RetryDiffersError
from infra.demo.plan import Step, StepKind, share_out
from infra.demo.retailers import CURRENCY, points_to_redeem
from shared.kernel.clock import to_rfc3339

SEND_TWICE_EVERY = 50

_PATHS = {StepKind.ENROL: "/v1/members", StepKind.PURCHASE: "/v1/purchases", StepKind.REDEEM: "/v1/redemptions"}


@dataclass(frozen=True, slots=True)
class TillLine:
    """What a retailer notes of a purchase (`earn`) or a redemption (`redeem`) in its own books."""

    retailer: int
    kind: str
    location_id: str
    receipt: str
    points: int
    amount_cents: int


@dataclass(slots=True)
class Played:
    """What the tills saw: entries by kind, their own lines, requests sent twice on purpose, and every member's card."""

    entries: dict[StepKind, int] = field(default_factory=lambda: dict.fromkeys(StepKind, 0))
    sent_twice: int = 0
    cards: list[str] = field(default_factory=list)
    lines: list[TillLine] = field(default_factory=list)

    def add(self, other: "Played") -> None:
        for kind, count in other.entries.items():
            self.entries[kind] += count
        self.sent_twice += other.sent_twice
        self.cards += other.cards
        self.lines += other.lines

    @property
    def entry_count(self) -> int:
        return sum(self.entries.values())


class Till:
    """One caller: plays its share of the steps one after the other."""

    def __init__(self, api: Api, keys: Sequence[str], advance: Callable[[], None]) -> None:
        self._api = api
        self._keys = keys
        self._advance = advance
        self._cards: dict[int, str] = {}
        self._balances: dict[int, int] = {}
        self.played = Played()

    def play(self, steps: Sequence[Step], stop: threading.Event) -> Played:
        """Raises UnexpectedAnswerError, RetryDiffersError."""
        for step in steps:
            if stop.is_set():
                break
            body = self._body(step)
            if body is not None:
                self._take_in(step, self._send(step, body))
            self._advance()
        self.played.cards = list(self._cards.values())
        return self.played

    def _body(self, step: Step) -> dict[str, Any] | None:
        """The request, or None for a redemption by someone who has too few points."""
        till = {
            "location_id": step.location_id,
            "receipt": step.receipt,
            "occurred_at": to_rfc3339(step.occurred_at_ms),
        }
        if step.kind is StepKind.ENROL:
            return {"contact": f"household-{step.household}@example.com", **till}
        card = {"card_number": self._cards[step.household], **till}
        if step.kind is StepKind.PURCHASE:
            return {**card, "total": {"amount_cents": step.cents, "currency": CURRENCY}}
        points = points_to_redeem(self._balances[step.household])
        return {**card, "points": points} if points else None

    def _send(self, step: Step, body: dict[str, Any]) -> Answer:
        path, api_key = _PATHS[step.kind], self._keys[step.retailer]
        answer = self._api.post(path, api_key, body, step.idempotency_key)
        if step.number % SEND_TWICE_EVERY == 0:
            again = self._api.post(path, api_key, body, step.idempotency_key)
            if (again.status, again.raw) != (answer.status, answer.raw) or not again.replayed:
                raise RetryDiffersError(f"{path}, key {step.idempotency_key}: {answer!r}, then {again!r}")
            self.played.sent_twice += 1
        return answer

    def _take_in(self, step: Step, answer: Answer) -> None:
        self.played.entries[step.kind] += 1
        if step.kind is StepKind.ENROL:
            self._cards[step.household] = answer.body["card_number"]
        else:
            told = answer.body
            self._balances[step.household] = told["points_balance"]
            kind = "earn" if step.kind is StepKind.PURCHASE else "redeem"
            cents = step.cents if step.kind is StepKind.PURCHASE else 0
            line = TillLine(step.retailer, kind, step.location_id, step.receipt, told["points"], cents)
            self.played.lines.append(line)


def replay(api: Api, keys: Sequence[str], steps: Sequence[Step], callers: int, advance: Callable[[], None]) -> Played:
    """Play `steps` with `callers` threads; the first error, or Ctrl-C, stops them all and is raised."""
    stop = threading.Event()
    played = Played()
    with ThreadPoolExecutor(callers, thread_name_prefix="till") as pool:
        running: list[Future[Played]] = [
            pool.submit(Till(api, keys, advance).play, share, stop) for share in share_out(steps, callers)
        ]
        try:
            wait(running, return_when=FIRST_EXCEPTION)
        finally:
            stop.set()
    for till in running:
        played.add(till.result())
    return played
