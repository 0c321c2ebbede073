"""A settlement window on the deployed system: closed by hand, drained by the function in its own role, recomputed."""

import gzip
import json
from base64 import b64decode
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from rich.console import Console

from infra.cli.__main__ import main
from infra.cli.statement_fetch import fetch
from partners.lake.bucket_gateway import LakeBucket
from partners.settlement.payments.store import PaymentStore
from tests.e2e.shops import Network, Shop, bearer, created, eventually, fresh
from tests.support.clouds import DeployedCloud


def test_a_window_is_closed_by_the_function_and_its_statements_hold(
    local_cloud: DeployedCloud, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    network = Network.of(local_cloud)
    shop = network.open_shop("settled-")
    card = shop.enrol()
    created(shop.post("/v1/purchases", shop.purchase(card, "r-1", 10_000), fresh("p")))
    shop.posted_entries(2)
    function, event = local_cloud.stack.settlement_function, json.dumps({"drain_seconds": 0}).encode()

    def drained() -> dict[str, object]:
        done = local_cloud.client("lambda").invoke(FunctionName=function, Payload=event)
        answer: dict[str, object] = json.loads(done["Payload"].read())
        assert "FunctionError" not in done, answer
        return answer

    # Another test may have begun to close the window before.
    eventually(lambda: drained().get("state") != "closing" or None, "the window before")
    [window, *_] = network.get("/v1/windows").json()["windows"]
    number = window["window"]
    closing = network.post(f"/v1/windows/{number}/close", {})
    assert (closing.status_code, closing.json().get("state")) == (200, "closing"), closing.text
    closed = {"window": number, "state": "closed"}
    assert eventually(lambda: drained() == closed or None, "the window's end")
    [own] = shop.get(f"/v1/windows/{number}/position").json()["positions"]
    assert own["party"] == shop.partner_id
    assert own["net_cents"] < 0
    check_sums(network, number)
    found = network.post(f"/v1/windows/{number}/settlements", {})
    assert {one["stage"] for one in found.json()["settlements"]} == {"calculated"}, found.text
    assert network.get("/v1/windows").json()["windows"][1]["state"] == "settling"
    assert local_cloud.services.window_replays.replay(number).same
    check_filed_once(local_cloud, number, shop.partner_id)
    check_reconciled(shop, number)
    check_stated(local_cloud, network, shop, number, tmp_path)
    assert "Line 2 " in capsys.readouterr().out
    currencies = [one["currency"] for one in found.json()["settlements"]]
    for currency in currencies:
        network.post(f"/v1/windows/{number}/settlements/{currency}/abort", {})
    drained()
    store = PaymentStore(local_cloud.client("dynamodb"), local_cloud.stack.outputs["SettlementTable"])
    unfinished = [(one.window, one.currency) for one in store.unfinished()]
    assert not {(number, currency) for currency in currencies} & set(unfinished)


def check_sums(network: Network, number: int) -> None:
    positions = network.rows(f"/v1/windows/{number}/positions", "positions")
    for currency in {position["currency"] for position in positions}:
        assert sum(position["net_cents"] for position in positions if position["currency"] == currency) == 0


def check_filed_once(cloud: DeployedCloud, number: int, partner_id: str) -> None:
    """The function has filed a partner's two lines, and nobody can file others in their place."""
    lake = cloud.services.lake
    (part,) = lake.holding(number, partner_id).parts
    with lake.opened([(number, partner_id)]) as database:
        assert set(database.rows("SELECT partner, window_number FROM lines")) == {(partner_id, number)}
        assert sorted(database.rows("SELECT line, kind FROM lines")) == [(1, "enrol"), (2, "earn")]
    bucket = LakeBucket(cloud.client("s3"), cloud.stack.outputs["RecordsBucket"])
    bucket.add_part(number, partner_id, replace(part, lines=99))
    assert bucket.part(number, partner_id, 1) == part


def check_reconciled(shop: Shop, number: int) -> None:
    """The partner's own file of the window, with two planted differences, is compared and becomes cases."""
    lines = "kind,location,receipt,amount_cents\nearn,s1,r-1,9000\nearn,s1,r-2,500\n"
    asked = {"window": number, "format": "csv", "size_bytes": len(lines)}
    begun = created(shop.post("/v1/reconciliations", asked, fresh("r")))
    httpx.put(begun["upload"]["url"], content=lines.encode(), timeout=60).raise_for_status()
    path = f"/v1/reconciliations/{begun['reconciliation']}"
    assert shop.post(f"{path}/start", {}).json()["state"] == "comparing"

    def compared() -> dict[str, Any] | None:
        found: dict[str, Any] = shop.get(path).json()
        return found if found["state"] != "comparing" else None

    result = eventually(compared, "the comparison")["result"]
    assert [result[name] for name in ("matched", "amount_differs", "only_ours", "only_theirs")] == [0, 1, 0, 1]
    table = httpx.get(shop.get(f"{path}/table").json()["url"], timeout=60).raise_for_status().text
    assert [line.split(",")[1] for line in table.splitlines()[1:]] == ["amount_differs", "only_theirs"]
    opened = shop.post(f"{path}/cases", {}).json()
    assert [case["claim"]["amount_cents"] for case in opened["cases"]] == [-1_000, 500]
    assert shop.post(f"{path}/cases", {}).json()["existing"] == 2
    first = opened["cases"][0]["case"]
    assert shop.post(f"/v1/cases/{first}/withdraw", {"reason": "It was the till"}).json()["state"] == "withdrawn"


def check_stated(cloud: DeployedCloud, network: Network, shop: Shop, number: int, folder: Path) -> None:
    """The function has issued the partner's statement, signed by the key service; who alters a line is found out."""
    path = f"/v1/statements/{number}"
    assert fetch(Console(), cloud.services, shop.partner_id, number, folder)
    stated = shop.get(path).json()["statement"]
    assert stated["closing_cents"] == stated["net_cents"] < 0
    assert shop.get(f"{path}/csv").headers["Content-Type"] == "text/csv; charset=utf-8"
    paper = network.http.get(f"{path}/pdf", headers={**bearer(shop.key), "Accept": "application/pdf"})
    # The emulator leaves off what the gateway does to binary answers.
    assert b64decode(paper.content) == (folder / "statement.pdf").read_bytes()
    [entry] = shop.get(f"{path}/charges/1/entries").json()["entries"]
    assert (entry["receipt"], entry["quantity"]) == ("r-1", stated["charges"][0]["quantity"])
    assert network.http.get("/v1/statement-keys").json() == json.loads((folder / "keys.json").read_text())
    assert (folder / "statement.json").read_bytes() == shop.get(path).content
    lines = folder / "lines.jsonl.gz"
    assert httpx.get(shop.get(f"{path}/lines").json()["url"]).content == lines.read_bytes()
    verify = ["statement", "verify", str(folder / "statement.json"), "--keys", str(folder / "keys.json"), "--lines"]
    assert main([*verify, str(lines)]) == 0
    altered = gzip.decompress(lines.read_bytes()).replace(b'"amount_cents":10000', b'"amount_cents":99999')
    (folder / "altered.jsonl").write_bytes(altered)
    assert main([*verify, str(folder / "altered.jsonl")]) == 1
