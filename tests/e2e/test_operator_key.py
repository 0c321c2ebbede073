"""The first operator's key of a deployment, as typed, opens the API of the deployed stack."""

import subprocess
import sys

from infra.paths import ROOT
from tests.e2e.shops import Network, fresh
from tests.support.clouds import DeployedCloud


def test_the_operator_s_first_key_brings_partners_in(local_cloud: DeployedCloud) -> None:
    endpoint = local_cloud.target.endpoint_url
    assert endpoint is not None
    done = subprocess.run(
        [sys.executable, "-m", "infra.operator_key", "--endpoint", endpoint],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    network = Network(local_cloud.base_url, done.stdout.strip())
    body = {"partner_id": fresh("first-"), "name": "The first", "currency": "USD"}
    assert network.post("/v1/partners", body).status_code == 201
