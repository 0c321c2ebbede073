"""Webhooks from the deployed stack to a receiver on loopback, which the local stack alone allows."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from standardwebhooks import Webhook

from partners.access.model import Scope
from partners.webhooks.messages import replay_to_text
from partners.webhooks.replaying import Replay
from shared.kernel.clock import system_clock
from tests.e2e.shops import Network, created, eventually, fresh
from tests.support.clouds import DeployedCloud

Heard = list[tuple[bytes, dict[str, str]]]


@pytest.fixture
def receiver() -> Iterator[tuple[str, Heard]]:
    """Its URL, and what it heard. The first request gets a 500."""
    heard: Heard = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.append((body, {name.lower(): value for name, value in self.headers.items()}))
            self.send_response(500 if len(heard) == 1 else 204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Not on the screen."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/hooks", heard
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_purchase_is_told_signed_in_order_until_it_arrives_and_replayed(
    local_cloud: DeployedCloud, receiver: tuple[str, Heard]
) -> None:
    url, heard = receiver
    shop = Network.of(local_cloud).open_shop("hooked-")
    admin = local_cloud.services.access.issue_key(shop.partner_id, frozenset({Scope.ADMIN})).text
    asked = {"url": url, "event_types": ["member.enrolled", "points.earned"]}
    endpoint = created(shop.network.post("/v1/webhook-endpoints", asked, admin))
    card = shop.enrol()
    bought = created(shop.post("/v1/purchases", shop.purchase(card, "w-1"), fresh("p")))

    eventually(lambda: heard[2:] or None, "both events, the first one twice", seconds=40)
    bodies: list[dict[str, Any]] = [Webhook(endpoint["secret"]).verify(body, headers) for body, headers in heard]
    assert [body["type"] for body in bodies] == ["member.enrolled", "member.enrolled", "points.earned"]
    assert len({headers["webhook-id"] for _, headers in heard[:2]}) == 1
    assert bodies[2]["data"]["entry"]["entry_id"] == bought["entry_id"]
    (entry,) = [one for one in shop.posted_entries(2) if one["op"] == "earn"]
    assert bodies[2]["data"]["entry"] == entry

    def logged() -> list[dict[str, Any]] | None:
        path = f"/v1/webhook-endpoints/{endpoint['endpoint_id']}/deliveries"
        found: list[dict[str, Any]] = shop.network.get(path, admin).json()["deliveries"]
        return found if len(found) >= 3 else None

    log = eventually(logged, "three lines of the log")
    assert [(one["outcome"], one["status"]) for one in reversed(log)] == [
        ("failed", 500),
        ("delivered", 204),
        ("delivered", 204),
    ]
    assert json.dumps(log).count(endpoint["secret"]) == 0

    replay = Replay(shop.partner_id, endpoint["endpoint_id"], "rp_e2e", 0, system_clock())
    replay = replace(replay, since_ms=replay.until_ms - 600_000)
    message = {"messageId": "1", "body": replay_to_text(replay, 0)}
    invoke = local_cloud.client("lambda").invoke
    done = invoke(
        FunctionName=local_cloud.stack.outputs["WebhookSendingFunction"],
        Payload=json.dumps({"Records": [message]}).encode(),
    )
    assert json.loads(done["Payload"].read()) == {"batchItemFailures": []}
    eventually(lambda: heard[4:] or None, "both events again", seconds=40)
    assert [headers["webhook-id"] for _, headers in heard[3:]] == [headers["webhook-id"] for _, headers in heard[1:3]]
