"""What the double remembers: objects by kind, meter events, and what happened."""

import copy
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.doubles.stripe.errors import ApiError

Thing = dict[str, Any]
HOUR_S = 3_600
DAY_S = 86_400
DEFAULT_PAGE = 10
LARGEST_PAGE = 100


@dataclass
class MeterEvent:
    """One that was accepted. It counts from `seen_at` on, unless it was `dropped` or cancelled."""

    identifier: str
    event_name: str
    customer: str
    value: int
    timestamp: int
    received_at: int
    seen_at: int
    dropped: bool = False


@dataclass
class Books:
    """All state. `summary_delay_s`: how long an accepted meter event takes until it counts."""

    clock_ms: Callable[[], int]
    api_version: str
    summary_delay_s: int = 0
    declining: set[str] = field(default_factory=set)
    """Customers whose payments fail."""
    debit_days: dict[str, int] = field(default_factory=dict)
    """Customers whose bank takes so many days to pay, and what is under way: payment intents, and until when."""
    under_way: dict[str, int] = field(default_factory=dict)
    funds_delay_s: int = 0
    """How long money that arrived takes until it may be paid out; `movements` of it: when, currency, amount."""
    movements: list[tuple[int, str, int]] = field(default_factory=list)
    things: defaultdict[str, dict[str, Thing]] = field(default_factory=lambda: defaultdict(dict))
    meter_events: list[MeterEvent] = field(default_factory=list)
    happened: list[Thing] = field(default_factory=list)
    """Snapshot events and notifications of thin ones, oldest first."""
    _number: int = 0

    @property
    def now(self) -> int:
        return self.clock_ms() // 1_000

    def number(self) -> int:
        self._number += 1
        return self._number

    def new(self, kind: str, prefix: str, **fields: Any) -> Thing:
        """Keep a new object of `kind`; its id unless `fields` bring one."""
        thing = {
            "id": f"{prefix}_{self.number():014d}",
            "object": kind,
            "created": self.now,
            "livemode": False,
            "metadata": {},
            **fields,
        }
        self.things[kind][thing["id"]] = thing
        return thing

    def get(self, kind: str, name: str) -> Thing:
        try:
            return self.things[kind][name]
        except KeyError:
            raise ApiError.missing(kind, name) from None

    def some(self, kind: str, **equal: Any) -> list[Thing]:
        """Objects with these values, oldest first."""
        return [one for one in self.things[kind].values() if all(one.get(key) == equal[key] for key in equal)]

    def happen(self, kind: str, thing: Thing) -> Thing:
        """A snapshot event: what `thing` is like now."""
        event = self.new(
            "event",
            "evt",
            type=kind,
            api_version=self.api_version,
            data={"object": copy.deepcopy(thing)},
            pending_webhooks=1,
            request={"id": None, "idempotency_key": None},
        )
        del event["metadata"]
        self.happened.append(event)
        return event

    def happen_thinly(self, kind: str, related: Thing, url: str, data: Thing) -> Thing:
        """A thin event: the notification names what it is about; `data` must be fetched."""
        event = {
            "id": f"evt_test_{self.number():014d}",
            "object": "v2.core.event",
            "type": kind,
            "created": datetime.fromtimestamp(self.now, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "livemode": False,
            "related_object": {"id": related["id"], "type": related["object"], "url": url},
            "data": data,
        }
        self.things["v2.core.event"][event["id"]] = event
        self.happened.append({key: value for key, value in event.items() if key != "data"})
        return event


def page(things: list[Thing], params: Thing, url: str) -> Thing:
    """A list as Stripe gives it: of `things`, which are oldest first, the newest first, page by page."""
    newest_first = things[::-1]
    limit = params.get("limit", DEFAULT_PAGE)
    if not 1 <= limit <= LARGEST_PAGE:
        raise ApiError.invalid(f"limit is {limit}; it may be 1 to {LARGEST_PAGE}", param="limit")
    created = params.get("created", {})
    created = created if isinstance(created, dict) else {"gte": created, "lte": created}
    bounds = {"gt": int.__gt__, "gte": int.__ge__, "lt": int.__lt__, "lte": int.__le__}
    found = [one for one in newest_first if all(bounds[name](one["created"], at) for name, at in created.items())]
    ids = [one["id"] for one in found]
    begin = ids.index(params["starting_after"]) + 1 if "starting_after" in params else 0
    return {
        "object": "list",
        "data": found[begin : begin + limit],
        "has_more": len(found) > begin + limit,
        "url": url,
    }
