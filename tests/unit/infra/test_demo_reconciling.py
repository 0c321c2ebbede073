"""The demo's retailer plants differences in its own lines, and takes nothing for found but these."""

import json

import httpx
import pytest

from infra.demo import reconciling
from infra.demo.client import Api
from infra.demo.errors import UnexpectedAnswerError
from infra.demo.reconciling import INVENTED, reconcile
from infra.demo.replay import TillLine

LINES = [TillLine(0, "earn", "s1", f"r-{number}", 10 * number, 1_000 * number) for number in range(1, 6)]
LINES.append(TillLine(0, "redeem", "s1", "r-6", 500, 0))
PLANTED = {"only_ours": "r-1", "amount_differs": "r-3", "only_theirs": INVENTED, "duplicate": "r-5"}


class Network:
    """Compares nothing: says what it is told to say, and keeps the file."""

    def __init__(self, found: dict[str, str], matched: int) -> None:
        self.file = b""
        self._result = {"matched": matched, **dict.fromkeys(found, 1)}
        self._differences = [{"outcome": outcome, "receipt": receipt} for outcome, receipt in found.items()]

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path.endswith("/differences"):
            return httpx.Response(200, json={"differences": self._differences})
        if request.method == "POST":
            return httpx.Response(201, json={"reconciliation": 3, "upload": {"url": "https://bucket.example/3"}})
        return httpx.Response(200, json={"state": "done", "result": self._result})

    def put(self, url: str, content: bytes, **_: object) -> httpx.Response:
        self.file = content
        return httpx.Response(200)


def played(monkeypatch: pytest.MonkeyPatch, network: Network, lines=LINES):
    monkeypatch.setattr(reconciling.httpx, "put", network.put)
    with Api("https://network.example", transport=httpx.MockTransport(network)) as api:
        return reconcile(api, "tsk_test_x", 1, "harvest", lines)


def test_one_line_is_left_out_one_changed_one_invented_and_one_told_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    network = Network(PLANTED, matched=4)
    assert played(monkeypatch, network).planted == PLANTED
    assert network.file.decode().splitlines() == [
        "kind,location,receipt,points,amount_cents",
        "earn,s1,r-2,20,2000",
        "earn,s1,r-3,30,3100",
        "earn,s1,r-4,40,4000",
        *["earn,s1,r-5,50,5000"] * 2,
        "redeem,s1,r-6,500,0",
        f"earn,s1,{INVENTED},10,1000",
    ]


@pytest.mark.parametrize(
    ("found", "matched"),
    [(PLANTED, 5), ({**PLANTED, "only_ours": "r-2"}, 4), ({"only_ours": "r-1"}, 4)],
    ids=["another matches", "another receipt", "three not found"],
)
def test_anything_but_what_was_planted_fails_the_demo(monkeypatch: pytest.MonkeyPatch, found, matched) -> None:
    with pytest.raises(UnexpectedAnswerError, match=json.dumps("only_ours")[1:-1]):
        played(monkeypatch, Network(found, matched))


def test_a_retailer_with_too_few_purchases_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnexpectedAnswerError, match="choose more households"):
        played(monkeypatch, Network(PLANTED, 0), LINES[:2])
