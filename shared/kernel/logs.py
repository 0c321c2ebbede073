"""One structured logger per process. Never log secrets, card numbers, contacts or bodies."""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aws_lambda_powertools.logging import Logger


@cache
def logger() -> "Logger":
    from aws_lambda_powertools.logging import Logger

    return Logger(service="tessera")
