"""Which operations are deprecated. What is named here says so in every answer and in the OpenAPI document."""

from dataclasses import dataclass

from shared.kernel.clock import DAY_MS

NOTICE_DAYS = 180
"""So long an operation goes on after it was deprecated."""


@dataclass(frozen=True, slots=True)
class Deprecation:
    """Since when an operation is deprecated, when it ends at the earliest, and the page that says what to use instead.

    Times in epoch milliseconds. Raises ValueError if the two are less than NOTICE_DAYS apart.
    """

    since_ms: int
    sunset_ms: int
    link: str

    def __post_init__(self) -> None:
        if self.sunset_ms - self.since_ms < NOTICE_DAYS * DAY_MS:
            raise ValueError(f"what is deprecated goes on for {NOTICE_DAYS} days at least")

    def headers(self) -> dict[str, str]:
        """As RFC 9745 and RFC 8594 have them."""
        from email.utils import formatdate

        return {
            "Deprecation": f"@{self.since_ms // 1000}",
            "Sunset": formatdate(self.sunset_ms / 1000, usegmt=True),
            "Link": f'<{self.link}>; rel="deprecation"',
        }


DEPRECATIONS: dict[str, Deprecation] = {}
"""By operationId. An entry goes with a line in docs/api-changelog.md."""
