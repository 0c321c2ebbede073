"""A store whose caller dies after so many writes."""

from typing import Any

from tests.fakes.dynamodb import FakeDynamoDB


class Died(Exception):  # noqa: N818  it is no error of the store's
    """The process is gone; nothing after it was done."""


class DyingDynamoDB(FakeDynamoDB):
    """It takes `dies_after` writes from when that was last set, and any number if it is None."""

    dies_after: int | None = None

    def _store(self, put: dict[str, Any]) -> None:
        if self.dies_after == 0:
            raise Died
        if self.dies_after is not None:
            self.dies_after -= 1
        super()._store(put)
