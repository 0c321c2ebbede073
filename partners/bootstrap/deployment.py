"""What every room builds on: the deployment's settings, its clock and its clients."""

from functools import cached_property
from typing import TYPE_CHECKING

from shared.kernel.aws import dynamodb_client, outage_as_unavailable, secrets_client
from shared.kernel.clock import Clock, system_clock
from shared.kernel.ids import RandomBytes, system_random
from shared.kernel.secret import load_pepper
from shared.kernel.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class Deployment:
    """What every room builds on: the deployment's settings, its clock and its clients."""

    def __init__(self, settings: Settings, *, clock: Clock = system_clock, random: RandomBytes = system_random) -> None:
        self.settings = settings
        self._clock = clock
        self._random = random

    @cached_property
    def _dynamodb(self) -> "DynamoDBClient":
        return dynamodb_client(self.settings.region)

    def pepper(self) -> bytes:
        """The network's secret, read once."""
        return self._pepper

    @cached_property
    def _pepper(self) -> bytes:
        with outage_as_unavailable():
            return load_pepper(secrets_client(self.settings.region), self.settings.secret_id)
