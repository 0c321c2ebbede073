"""How Stripe says no."""

from typing import Any


class ApiError(Exception):
    """An answer other than 200. `kept` says whether Stripe keeps it for the request's Idempotency-Key."""

    def __init__(
        self, status: int, kind: str, message: str, *, code: str | None = None, kept: bool = True, **more: Any
    ):
        super().__init__(message)
        self.status = status
        self.kept = kept
        self.body = {"error": {"type": kind, "message": message, **({"code": code} if code else {}), **more}}

    @classmethod
    def invalid(cls, message: str, *, code: str | None = None, param: str | None = None) -> "ApiError":
        """Refused before it began: parameters that can't be."""
        more = {"param": param} if param else {}
        return cls(400, "invalid_request_error", message, code=code, kept=False, **more)

    @classmethod
    def refused(cls, message: str, *, code: str | None = None, status: int = 400) -> "ApiError":
        """Refused by the state of things."""
        return cls(status, "invalid_request_error", message, code=code)

    @classmethod
    def missing(cls, kind: str, name: str) -> "ApiError":
        return cls.refused(f"No such {kind}: '{name}'", code="resource_missing", status=404)


class NoAnswerError(Exception):
    """The connection ends without an answer; `timed_out`, or was reset."""

    def __init__(self, timed_out: bool) -> None:
        super().__init__("timed out" if timed_out else "connection reset")
        self.timed_out = timed_out
