"""Purchases a second through the local API gateway, authorizer and all."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from infra.bench.partner import LOCATION
from infra.demo.client import Api, Meter
from infra.demo.retailers import CURRENCY
from infra.demo.timing import Latency, latency
from shared.kernel.clock import system_clock, to_rfc3339

CALLERS = (1, 2, 4)
SECONDS_EACH = 6.0
CARDS_EACH = 40


@dataclass(frozen=True, slots=True)
class Throughput:
    """What so many callers at once got, each sending its next request when the last was answered."""

    callers: int
    requests: int
    seconds: float
    latency: Latency


def measure_gateway(base_url: str, api_key: str) -> Iterator[Throughput]:
    most = max(CALLERS)
    with Api(base_url, connections=most) as api:
        with ThreadPoolExecutor(most) as pool:
            cards = list(pool.map(lambda caller: _enrol_some(api, api_key, caller), range(most)))
        _together(api, api_key, cards, 0.5)
        for callers in CALLERS:
            api.meter = Meter()
            started = time.perf_counter()
            _together(api, api_key, cards[:callers], SECONDS_EACH)
            seconds = time.perf_counter() - started
            yield Throughput(callers, len(api.meter.seconds), seconds, latency(api.meter.seconds))


def _together(api: Api, api_key: str, cards: list[list[str]], seconds: float) -> None:
    over = threading.Event()
    with ThreadPoolExecutor(len(cards)) as pool:
        try:
            running = [pool.submit(_purchases, api, api_key, own, over) for own in cards]
            over.wait(seconds)
        finally:
            over.set()
    for one in running:
        one.result()


def _purchases(api: Api, api_key: str, cards: list[str], over: threading.Event) -> None:
    number = 0
    while not over.is_set():
        number += 1
        card = cards[number % len(cards)]
        receipt = f"{card[-7:]}-{time.time_ns()}"
        body = {
            "card_number": card,
            "location_id": LOCATION,
            "receipt": receipt,
            "occurred_at": to_rfc3339(system_clock()),
            "total": {"amount_cents": 4_210, "currency": CURRENCY},
        }
        api.post("/v1/purchases", api_key, body, receipt)


def _enrol_some(api: Api, api_key: str, caller: int) -> list[str]:
    """Cards of new members, many enough to stay ordinary accounts."""
    cards = []
    for number in range(CARDS_EACH):
        name = f"caller-{caller}-{number}"
        body = {
            "contact": f"{name}@example.com",
            "location_id": LOCATION,
            "occurred_at": to_rfc3339(system_clock()),
        }
        cards.append(str(api.post("/v1/members", api_key, body, f"enrol-{name}").body["card_number"]))
    return cards
