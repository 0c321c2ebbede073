"""The function on the connectors' line: sales and files worked on, what must be tried again named."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from functions import connectors
from partners import bootstrap
from partners.connectors.words import Kind
from shared.kernel.errors import StoreUnavailableError
from tests.unit.partners.connectors.desk import Desk
from tests.unit.partners.connectors.test_files import lines


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    desk = Desk()
    services = SimpleNamespace(connector_work=desk.work, intake=desk.intake)
    monkeypatch.setattr(bootstrap, "services", lambda: services)
    return desk


def event(*bodies: object) -> dict[str, Any]:
    return {"Records": [{"messageId": f"m-{n}", "body": json.dumps(body)} for n, body in enumerate(bodies)]}


def put(key: str, sequencer: str = "0055AED6DCD90281E5") -> dict[str, Any]:
    """What S3 tells of a new object; its key is quoted."""
    stored = {"key": key, "eTag": "e1", "size": 9, "sequencer": sequencer}
    return {"Records": [{"eventName": "ObjectCreated:Put", "s3": {"object": stored}}]}


def in_line(desk: Desk) -> list[dict[str, str]]:
    taken = [{"connection_id": connection, "group": group} for connection, group in desk.line.messages]
    desk.line.messages.clear()
    return taken


def test_a_sale_in_line_is_recorded(desk: Desk) -> None:
    desk.paid(desk.connect(Kind.SHOPIFY))
    assert connectors.handler(event(*in_line(desk)), None) == {"batchItemFailures": []}
    assert desk.points == 210


def test_a_file_is_heard_and_then_worked_on(desk: Desk) -> None:
    folder = desk.connect(Kind.FILE)
    key = f"incoming/alpha/{folder.connection_id}/late.csv"
    desk.bucket.objects[key] = lines(desk, "k-1")
    connectors.handler(event(put(key)), None)
    connectors.handler(event(*in_line(desk)), None)
    assert desk.points == 50


def test_s3_tells_of_a_put_once_or_more_and_of_the_same_file_put_again_as_another(desk: Desk) -> None:
    folder = desk.connect(Kind.FILE)
    key = f"incoming/alpha/{folder.connection_id}/late.csv"
    desk.bucket.objects[key] = lines(desk, "k-1", location_id="s9")
    connectors.handler(event(put(key)), None)
    connectors.handler(event(*in_line(desk)), None)
    for sequencer, worked_on in (("0055AED6DCD90281E5", 0), ("0055AED6DCD90281E6", 1)):
        connectors.handler(event(put(key, sequencer)), None)
        assert len(in_line(desk)) == worked_on


@pytest.mark.parametrize(
    "key", ["incoming/alpha/late.csv", "results/x", "incoming/alpha/cn_x/late.csv", "incoming/%2E%2E/x"]
)
def test_a_key_that_names_no_folder_is_not_taken(desk: Desk, key: str) -> None:
    assert connectors.handler(event(put(key)), None) == {"batchItemFailures": []}
    assert desk.line.messages == []


def test_s3s_own_test_message_is_nothing(desk: Desk) -> None:
    assert connectors.handler(event({"Service": "Amazon S3", "Event": "s3:TestEvent"}), None) == {
        "batchItemFailures": []
    }


def test_an_outage_is_named_for_another_delivery(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.paid(desk.connect(Kind.SHOPIFY))
    message = in_line(desk)

    def out(*_: object) -> None:
        raise StoreUnavailableError("throttled")

    with monkeypatch.context() as patch:
        patch.setattr(desk.shop.till, "purchase", out)
        answer = connectors.handler(event({"Event": "s3:TestEvent"}, *message), None)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m-1"}]}
    connectors.handler(event(*message), None)
    assert desk.points == 210
