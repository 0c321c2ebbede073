"""What S3 is asked for when an event is kept."""

import json
from base64 import b64decode
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.session import get_session
from botocore.stub import ANY, Stubber

from partners.connectors.bucket_gateway import BucketGateway
from shared.kernel.errors import StoreUnavailableError

BOUND_TO = {"partner": "alpha", "connection": "cn_0000000000000001"}


@pytest.fixture
def client() -> Any:
    config = Config(signature_version="s3v4")
    return get_session().create_client(
        "s3", region_name="us-east-1", aws_access_key_id="none", aws_secret_access_key="none", config=config
    )


def test_an_event_is_sealed_under_the_key_of_connections_and_bound_to_its_own(client: Any) -> None:
    asked: dict[str, Any] = {}
    client.meta.events.register("provide-client-params.s3.PutObject", lambda params, **_: asked.update(params))
    expected = dict.fromkeys(("Bucket", "Key", "Body", "ContentType", "SSEKMSEncryptionContext"), ANY)
    with Stubber(client) as stubber:
        stubber.add_response("put_object", {}, {**expected, "ServerSideEncryption": "aws:kms", "SSEKMSKeyId": "key-1"})
        BucketGateway(client, "files", "key-1").write_sealed("events/x", b"{}", BOUND_TO)
        stubber.assert_no_pending_responses()
    assert json.loads(b64decode(asked["SSEKMSEncryptionContext"])) == BOUND_TO


@pytest.mark.parametrize("code", ["SlowDown", "InternalError", "ServiceUnavailable"])
def test_what_s3_can_t_take_now_is_unavailable(client: Any, code: str) -> None:
    with Stubber(client) as stubber:
        stubber.add_client_error("put_object", code, http_status_code=503)
        with pytest.raises(StoreUnavailableError):
            BucketGateway(client, "files", "key-1").write_sealed("events/x", b"{}", BOUND_TO)


def test_an_object_is_read_as_it_was_seen_or_not_at_all(client: Any) -> None:
    with Stubber(client) as stubber:
        stubber.add_client_error(
            "get_object",
            "PreconditionFailed",
            http_status_code=412,
            expected_params={"Bucket": "files", "Key": "x", "IfMatch": '"e1"'},
        )
        stubber.add_client_error("get_object", "AccessDenied", http_status_code=403)
        gateway = BucketGateway(client, "files", "key-1")
        assert gateway.read("x", 10, "e1") is None
        with pytest.raises(ClientError):
            gateway.read("x", 10, "e1")


def test_a_link_to_put_binds_the_size_that_was_asked_for(client: Any) -> None:
    gateway = BucketGateway(client, "files", "key-1")
    signed = [parse_qs(urlsplit(gateway.link_to_put("x", 60, size)).query) for size in (5, None)]
    assert [one["X-Amz-SignedHeaders"] for one in signed] == [["content-length;host"], ["host"]]


def test_names_are_listed_under_their_prefix_from_behind_one_on(client: Any) -> None:
    asked = {"Bucket": "files", "Prefix": "originals/p/", "MaxKeys": 2, "StartAfter": "originals/p/a"}
    with Stubber(client) as stubber:
        stubber.add_response("list_objects_v2", {"Contents": [{"Key": "originals/p/b"}]}, asked)
        stubber.add_response("list_objects_v2", {}, {**asked, "StartAfter": "originals/p/"})
        stubber.add_response("delete_object", {}, {"Bucket": "files", "Key": "originals/p/b"})
        gateway = BucketGateway(client, "files", "key-1")
        assert [gateway.names("originals/p/", after, 2) for after in ("a", "")] == [["b"], []]
        gateway.delete("originals/p/b")
        stubber.assert_no_pending_responses()
