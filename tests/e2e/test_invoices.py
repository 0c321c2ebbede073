"""The invoices function in its own role on the deployed stack, invoked as its schedule does."""

import json

from tests.e2e.shops import Network
from tests.support.clouds import DeployedCloud


def test_every_partner_s_last_month_is_invoiced_once(local_cloud: DeployedCloud) -> None:
    shop = Network.of(local_cloud).open_shop("invoiced-")

    def run() -> dict[str, int]:
        invoke = local_cloud.client("lambda").invoke
        done = invoke(FunctionName=local_cloud.stack.invoices_function, Payload=b"{}")
        answer: dict[str, int] = json.loads(done["Payload"].read())
        assert "FunctionError" not in done, answer
        return answer

    first = run()
    assert (first["troubles"], first["invoices"] > 0) == (0, True)
    assert len(shop.get("/v1/invoices").json()["invoices"]) == 1
    assert run()["invoices"] == 0
