"""What API Gateway is asked, and what is made of its answers."""

from collections.abc import Iterator

import pytest
from botocore.session import get_session
from botocore.stub import Stubber

from partners.access.limits import Tier
from partners.access.usage_plan_gateway import UsagePlanGateway
from shared.kernel.errors import StoreUnavailableError

VALUE = "0123456789abcdef0123456789abcdef01234567-large"
NAME = "tessera.prod.alpha.large"
PLANS = {"items": [{"id": "p1", "name": "tessera.prod.standard"}, {"id": "p2", "name": "tessera.prod.large"}]}
KEY = {"name": NAME, "value": VALUE, "enabled": True}
ATTACHING = {"usagePlanId": "p2", "keyId": "k1", "keyType": "API_KEY"}


@pytest.fixture
def stub() -> Iterator[Stubber]:
    client = get_session().create_client(
        "apigateway", "us-east-1", aws_access_key_id="none", aws_secret_access_key="none"
    )
    with Stubber(client) as stub:
        yield stub
        stub.assert_no_pending_responses()


def attach(stub: Stubber) -> None:
    UsagePlanGateway(stub.client, "prod").attach("alpha", Tier.LARGE, VALUE)


def test_a_key_is_made_and_attached_to_the_plan_of_this_stage(stub: Stubber) -> None:
    stub.add_response("get_usage_plans", PLANS)
    stub.add_response("create_api_key", {"id": "k1"}, KEY)
    stub.add_response("create_usage_plan_key", {}, ATTACHING)
    attach(stub)


def test_what_is_there_already_is_found_by_its_value_and_left(stub: Stubber) -> None:
    stub.add_response("get_usage_plans", PLANS)
    stub.add_client_error("create_api_key", "ConflictException")
    found = {"items": [{"id": "k0", "name": NAME, "value": "another"}, {"id": "k1", "name": NAME, "value": VALUE}]}
    stub.add_response("get_api_keys", found, {"nameQuery": NAME, "includeValues": True})
    stub.add_client_error("create_usage_plan_key", "ConflictException", expected_params=ATTACHING)
    attach(stub)


@pytest.mark.parametrize("code", ["TooManyRequestsException", "AccessDeniedException", "LimitExceededException"])
def test_a_refusal_may_be_tried_again(stub: Stubber, code: str) -> None:
    stub.add_response("get_usage_plans", PLANS)
    stub.add_client_error("create_api_key", code)
    with pytest.raises(StoreUnavailableError) as raised:
        attach(stub)
    assert raised.value.data["reason"] == code


def test_a_stage_without_the_plan_is_named(stub: Stubber) -> None:
    stub.add_response("get_usage_plans", {"items": PLANS["items"][:1]})
    with pytest.raises(StoreUnavailableError) as raised:
        attach(stub)
    assert raised.value.data["reason"] == "no usage plan tessera.prod.large"
