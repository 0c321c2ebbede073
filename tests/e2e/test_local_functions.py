"""How the local cloud runs functions."""

from pathlib import Path

import httpx

from tests.support.clouds import DeployedCloud
from tests.support.processes import processes_with


def test_the_processes_of_all_functions_share_one_unpacked_package(local_cloud: DeployedCloud) -> None:
    assert httpx.get(f"{local_cloud.base_url}/v1/health", timeout=30).status_code == 200
    known = httpx.get(f"{local_cloud.base_url}/v1/keys", headers={"Authorization": "Bearer nobody"}, timeout=30)
    assert known.status_code == 401
    port = local_cloud.endpoint_url.rpartition(":")[2]
    running = [Path("/proc", process) for process in processes_with(f"GATEWAY_PORT={port}")]
    workers = [one for one in running if b"AWS_LAMBDA_FUNCTION_NAME=" in (one / "environ").read_bytes()]
    assert len(workers) >= 2, "the API's handler and its authorizer"
    [folder] = {(worker / "cwd").readlink() for worker in workers}
    assert (folder / "app.py").is_file()
