"""Base classes of every named error.

A feature's `errors.py` derives from one of the six kinds below. The kind says what the caller can do
about it; `chalicelib/problems.py` turns it into an RFC 9457 problem document in one place.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar

Scalar = str | int | bool | None
Fact = Scalar | Sequence[Mapping[str, Scalar]]


class TesseraError(Exception):
    """An expected refusal, with a stable `code`, a short `title` and the facts in `data`.

    `data` holds JSON-safe values only, never secrets or personal data: it is shown to the caller.
    """

    code: ClassVar[str] = "error"
    title: ClassVar[str] = "The request was refused"

    def __init__(self, detail: str, **data: Fact) -> None:
        super().__init__(detail)
        self.detail = detail
        self.data = data


class InvalidRequestError(TesseraError):
    """The request itself is malformed: correct it and send it again (400)."""


class ForbiddenError(TesseraError):
    """The caller is known but may not do this (403)."""


class NotFoundError(TesseraError):
    """What the request names does not exist for this caller (404)."""


class ConflictError(TesseraError):
    """The request contradicts what is already there (409)."""


class UnprocessableError(TesseraError):
    """The request is well formed but a rule refuses it (422)."""


class UnavailableError(TesseraError):
    """Nothing was done; the same request may be sent again (503)."""


class StoreUnavailableError(UnavailableError):
    """A store did not answer in time or is throttled. Writes are safe to repeat under the same key."""

    code = "store_unavailable"
    title = "A store is not available right now"

    def __init__(self, reason: str) -> None:
        super().__init__(
            "A store did not answer. Send the same request again, with the same Idempotency-Key.",
            reason=reason,
        )
