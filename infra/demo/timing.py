"""How long requests took, in the figures a till vendor asks for."""

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds at the client: half of all requests took at most `p50`, and so on."""

    p50: float
    p90: float
    p99: float
    longest: float


def latency(seconds: Sequence[float]) -> Latency:
    """Percentiles by nearest rank. Raises ValueError if there is nothing to measure."""
    if not seconds:
        raise ValueError("no request was timed")
    ordered = sorted(seconds)

    def percentile(percent: int) -> float:
        return ordered[math.ceil(len(ordered) * percent / 100) - 1] * 1000

    return Latency(percentile(50), percentile(90), percentile(99), ordered[-1] * 1000)
