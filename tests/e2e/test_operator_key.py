"""The first operator's credential of a deployment, as typed, signs in at the API of the deployed stack."""

import subprocess
import sys
from datetime import UTC, datetime

from infra.paths import ROOT
from tests.e2e.shops import Network, created, fresh
from tests.support.clouds import DeployedCloud

TODAY = datetime.now(UTC).date().isoformat()


def test_the_first_operator_signs_in_and_brings_partners_in(local_cloud: DeployedCloud) -> None:
    endpoint = local_cloud.target.endpoint_url
    assert endpoint is not None
    operator = fresh("op-")
    done = subprocess.run(
        [sys.executable, "-m", "infra.operator_key", "--endpoint", endpoint, "--operator", operator],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    credential = done.stdout.strip()
    signing_in = Network(local_cloud.base_url, credential, "")
    refused = signing_in.get("/v1/partners")
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
    network = Network(local_cloud.base_url, created(signing_in.post("/v1/operator-tokens", {}))["token"], "")
    body = {"partner_id": fresh("first-"), "name": "The first", "currency": "USD"}
    assert network.post("/v1/partners", body).status_code == 201
    for action, name in (("create_partner", body["partner_id"]), ("operator_key", operator)):
        asked, listed = {"from": TODAY, "to": TODAY, "action": action}, []
        while asked is not None:
            page = network.get("/v1/audit-trail", **asked).json()
            listed += page["records"]
            asked = {**asked, "cursor": page["next_cursor"]} if page["next_cursor"] else None
        assert [one["phase"] for one in listed if one["request_id"] and name in str(one)] == ["begun", "done"]
    assert network.get(f"/v1/audit-trail/{TODAY}/check").json()["first_broken"] is None
