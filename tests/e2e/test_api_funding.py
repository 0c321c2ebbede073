"""A prepaid partner and a suspended one on the deployed stack; the measuring function in its own role."""

import json
from typing import Any

from partners.contracts.life import PartnerState, StateChange
from partners.contracts.life_store import LifeStore
from partners.contracts.partner_lives import LOCATIONS_QUIET_MS, QUIET_MS
from partners.contracts.store import ContractStore
from tests.e2e.shops import Network, created, eventually, fresh
from tests.support.clouds import DeployedCloud

PREPAID = {"kind": "prepaid", "net_debit_cap_cents": None}


def measure(cloud: DeployedCloud) -> dict[str, Any]:
    done = cloud.client("lambda").invoke(FunctionName=cloud.stack.funding_function, Payload=b"{}")
    answer: dict[str, Any] = json.loads(done["Payload"].read())
    assert "FunctionError" not in done, answer
    return answer


def test_a_prepaid_partner_grants_out_of_what_it_paid_in(local_cloud: DeployedCloud) -> None:
    network = Network.of(local_cloud)
    card = network.open_shop().enrol()
    shop, broke = network.open_shop(funding=PREPAID), network.open_shop(funding=PREPAID)
    refused = broke.post("/v1/purchases", broke.purchase(card, "f-1"), fresh("p"))
    assert (refused.status_code, refused.json()["code"]) == (422, "funding_exhausted")

    deposit = {"paid_cents": 1_000, "currency": "USD", "reason": "Deposit"}
    created(network.post(f"/v1/partners/{shop.partner_id}/payments", deposit, idempotency_key=fresh("d")))
    created(shop.post("/v1/purchases", shop.purchase(card, "f-1"), fresh("p")))

    def used() -> dict[str, Any] | None:
        assert measure(local_cloud)["missed"] == 0
        standing: dict[str, Any] = shop.get("/v1/funding").json()["standing"]
        return standing if standing["used_cents"] else None

    standing = eventually(used, "what the purchase costs")
    assert (standing["exposure_cents"], standing["limit_cents"], standing["used_cents"]) == (-940, 1_000, 60)
    assert (standing["stopped"], standing["alert"]) == (False, False)
    back = {**deposit, "paid_cents": -400, "reason": "Given back"}
    created(network.post(f"/v1/partners/{shop.partner_id}/payments", back, idempotency_key=fresh("b")))
    more = {**back, "paid_cents": -601}
    refused = network.post(f"/v1/partners/{shop.partner_id}/payments", more, idempotency_key=fresh("b"))
    assert (refused.status_code, refused.json()["held_cents"]) == (409, 600), refused.text


def test_a_suspended_partner_grants_nothing_and_reads_on(local_cloud: DeployedCloud) -> None:
    network = Network.of(local_cloud)
    card = network.open_shop().enrol()
    shop = network.open_shop()
    network.move(shop.partner_id, "suspended")
    refused = shop.post("/v1/purchases", shop.purchase(card, "f-2"), fresh("p"))
    assert (refused.status_code, refused.json()["code"]) == (403, "partner_not_active")
    assert shop.get("/v1/terms").json()["in_force"]["version"] == 1


def test_a_partner_that_leaves_is_told_what_is_open(local_cloud: DeployedCloud) -> None:
    """It looks at every table in which something may be, in the API's own role; what it did not pay is there."""
    network = Network.of(local_cloud)
    shop = network.open_shop()
    partner = f"/v1/partners/{shop.partner_id}"
    created(shop.post("/v1/purchases", shop.purchase(shop.enrol(), "f-3"), fresh("p")))
    shop.posted_entries(2)
    services = local_cloud.services
    left_at_ms = services.contracts.partner(shop.partner_id).created_at_ms - QUIET_MS
    left = StateChange(
        partner_id=shop.partner_id,
        number=len(services.lives.history(shop.partner_id)) + 1,
        state=PartnerState.SUSPENDED,
        by="test",
        at_ms=left_at_ms,
        reason="left a month ago",
    )
    tables = local_cloud.client("dynamodb"), services.settings.partners_table
    assert LifeStore(*tables).move(left)
    closed_at_ms = services.contracts.partner(shop.partner_id).created_at_ms - LOCATIONS_QUIET_MS
    assert ContractStore(*tables).set_closing(shop.partner_id, "s1", closed_at_ms, closed_at_ms)
    refused = network.post(f"{partner}/state", {"state": "closed", "reason": "left"})
    assert (refused.status_code, refused.json()["code"]) == (409, "position_open"), refused.text
    exposure, *others = refused.json()["outstanding"]
    assert (exposure["what"], exposure["amount_cents"]) == ("exposure", 60)
    assert {one["what"] for one in others} == {"window", "month"}
