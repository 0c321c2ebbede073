"""API Gateway's keys and usage plans. The plans are in infra/template.yaml, keys are made here."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from partners.access.limits import Tier
from shared.kernel.aws import outage_as_unavailable
from shared.kernel.errors import StoreUnavailableError

if TYPE_CHECKING:
    from mypy_boto3_apigateway import APIGatewayClient


class UsagePlanGateway:
    """Every method may raise StoreUnavailableError, also for what API Gateway refuses to do."""

    def __init__(self, client: "APIGatewayClient", stage: str) -> None:
        self._client = client
        self._stage = stage

    def attach(self, partner_id: str, tier: Tier, usage_key: str) -> None:
        """See to it that the gateway has a key of this value in the plan. Again changes nothing."""
        with _refusals_as_unavailable():
            plan_id = self._plan_id(tier)
            key_id = self._key_id(f"tessera.{self._stage}.{partner_id}.{tier}", usage_key)
            try:
                self._client.create_usage_plan_key(usagePlanId=plan_id, keyId=key_id, keyType="API_KEY")
            except self._client.exceptions.ConflictException:
                return

    def _plan_id(self, tier: Tier) -> str:
        name = f"tessera.{self._stage}.{tier}"
        for page in self._client.get_paginator("get_usage_plans").paginate():
            for plan in page["items"]:
                if plan.get("name") == name:
                    return plan["id"]
        raise StoreUnavailableError(f"no usage plan {name}")

    def _key_id(self, name: str, value: str) -> str:
        """Of the key of this value, which is made if there is none."""
        made: dict[str, Any] = {"name": name, "value": value, "enabled": True}
        try:
            return self._client.create_api_key(**made)["id"]
        except self._client.exceptions.ConflictException:
            pages = self._client.get_paginator("get_api_keys").paginate(nameQuery=name, includeValues=True)
            for page in pages:
                for key in page["items"]:
                    if key.get("value") == value:
                        return key["id"]
        raise StoreUnavailableError(f"no API key {name}")


@contextmanager
def _refusals_as_unavailable() -> Iterator[None]:
    from botocore.exceptions import ClientError

    try:
        with outage_as_unavailable():
            yield
    except ClientError as error:
        raise StoreUnavailableError(error.response["Error"]["Code"]) from error
