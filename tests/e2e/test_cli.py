"""The operator's commands against the deployed stack, as typed."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.e2e.shops import Network, created, fresh
from tests.support.clouds import DeployedCloud


def tessera(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = str(Path(sys.executable).with_name("tessera"))
    env = {**os.environ, **environment}
    return subprocess.run(
        [command, *arguments], cwd=cwd, env=env, capture_output=True, text=True, timeout=60, check=False
    )


def test_a_cards_history_is_shown(local_cloud: DeployedCloud, tmp_path: Path) -> None:
    shop = Network.of(local_cloud).open_shop("shown-")
    card = shop.enrol()
    created(shop.post("/v1/purchases", shop.purchase(card, "c-1"), fresh("p")))
    done = tessera("ledger", "show", card, "--endpoint", local_cloud.base_url, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "bought for 20.00 USD" in done.stdout
    assert "Every entry follows from the one before it." in done.stdout


def test_what_came_too_late_is_imported_from_a_file_and_counts_once(local_cloud: DeployedCloud, tmp_path: Path) -> None:
    network = Network.of(local_cloud)
    shop = network.open_shop("late-")
    long_ago = (datetime.now(UTC) - timedelta(days=35)).isoformat()
    old_store = {"location_id": "old", "name": "Old store", "time_zone": "UTC", "opened_at": long_ago}
    created(network.post(f"/v1/partners/{shop.partner_id}/locations", old_store))
    card, key = shop.enrol(), fresh("k")
    late = {**shop.purchase(card, "r-1"), "location_id": "old", "occurred_at": long_ago}
    refused = shop.post("/v1/purchases", late, key)
    assert (refused.status_code, refused.json()["code"]) == (422, "occurred_too_long_ago")

    header = "idempotency_key,card_number,location_id,receipt,occurred_at,amount_cents,currency"
    (tmp_path / "late.csv").write_text(f"{header}\n{key},{card},old,r-1,{long_ago},2000,USD\n")
    where = ("--partner", shop.partner_id, "--endpoint", local_cloud.base_url)
    first, again = (tessera("import", "late.csv", *where, cwd=tmp_path) for _ in range(2))
    assert first.returncode == again.returncode == 0, first.stdout + first.stderr
    assert "1 recorded, 0 again, 0 refused of 1 in the file. 100 points granted now." in first.stdout
    assert "0 recorded, 1 again, 0 refused of 1 in the file. 0 points granted now." in again.stdout

    lines = {"purchases": [{"idempotency_key": key, **late}]}
    over_http = network.post(f"/v1/partners/{shop.partner_id}/imports", lines)
    assert over_http.json()["replayed"] == 1, over_http.text
    assert shop.post("/v1/purchases", late, key).headers["Idempotency-Replayed"] == "true"
    assert shop.get(f"/v1/cards/{card}").json()["points_balance"] == 100


def test_operations_typed_are_the_apis_own(local_cloud: DeployedCloud, tmp_path: Path) -> None:
    network = Network.of(local_cloud)
    shop = network.open_shop("typed-")
    card, deployed = shop.enrol(), ("--endpoint", local_cloud.base_url)
    sent = shop.purchase(card, "t-1")
    till = ("--partner", shop.partner_id, "--location", sent["location_id"], "--occurred-at", sent["occurred_at"])
    bought = ("points", "purchase", *till, "--receipt", "t-1", "--card", card, "--amount", "20", "--currency", "USD")
    key = fresh("k")
    done = tessera(*bought, "--key", key, "--json", *deployed, cwd=tmp_path)
    over_http = shop.post("/v1/purchases", sent, key)
    assert over_http.headers["Idempotency-Replayed"] == "true", done.stdout + done.stderr
    assert json.loads(done.stdout) == over_http.json()

    too_many = tessera(
        "points", "redeem", *till, "--receipt", "t-2", "--card", card, "--points", "101", *deployed, cwd=tmp_path
    )
    assert too_many.returncode == 1, too_many.stdout + too_many.stderr
    assert "101 points were asked for, 100 are available." in too_many.stdout

    granted = ("--card", card, "--issuer", shop.partner_id, "--points", "11", "--reason", "Till was down")
    adjusted = tessera(
        "adjustment", "propose", *granted, *deployed, cwd=tmp_path, TESSERA_OPERATOR_KEY=network.operator_key
    )
    assert adjusted.returncode == 0, adjusted.stdout + adjusted.stderr
    assert shop.get(f"/v1/cards/{card}").json()["points_balance"] == 111
