"""The operator's commands against the deployed stack, as typed."""

import subprocess
import sys
from pathlib import Path

from tests.e2e.shops import Network, created, fresh
from tests.support.clouds import DeployedCloud


def test_a_cards_history_is_shown(local_cloud: DeployedCloud, tmp_path: Path) -> None:
    shop = Network.of(local_cloud).open_shop("shown-")
    card = shop.enrol()
    created(shop.post("/v1/purchases", shop.purchase(card, "c-1"), fresh("p")))
    done = subprocess.run(
        [str(Path(sys.executable).with_name("tessera")), "ledger", "show", card, "--endpoint", local_cloud.base_url],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "bought for 20.00 USD" in done.stdout
    assert "Every entry follows from the one before it." in done.stdout
