"""A partner's key sees and touches what is the partner's own, and nothing else."""

import httpx
import pytest

from tests.e2e.shops import TERMS, Network, Shop, bearer, created, fresh
from tests.support.clouds import DeployedCloud


@pytest.fixture(scope="module")
def network(local_cloud: DeployedCloud) -> Network:
    return Network.of(local_cloud)


@pytest.fixture(scope="module")
def mine(network: Network) -> Shop:
    return network.open_shop("mine-")


@pytest.fixture(scope="module")
def theirs(network: Network) -> Shop:
    shop = network.open_shop("theirs-")
    extra = {"location_id": "only-theirs", "name": "Theirs", "time_zone": "America/Chicago"}
    created(network.post(f"/v1/partners/{shop.partner_id}/locations", extra))
    return shop


def refused(reply: httpx.Response) -> tuple[int, str]:
    return reply.status_code, reply.json()["code"]


def test_anothers_entries_on_the_same_card_are_not_listed(mine: Shop, theirs: Shop) -> None:
    card = theirs.enrol()
    created(theirs.post("/v1/purchases", theirs.purchase(card, "t-1"), fresh("p")))
    bought = created(mine.post("/v1/purchases", mine.purchase(card, "m-1"), fresh("p")))
    assert [entry["entry_id"] for entry in mine.card_entries(card)] == [bought["entry_id"]]
    assert bought["entry_id"] not in [entry["entry_id"] for entry in theirs.card_entries(card)]


def test_anothers_entries_of_a_day_are_not_listed(mine: Shop, theirs: Shop) -> None:
    created(theirs.post("/v1/purchases", theirs.purchase(theirs.enrol(), "t-2"), fresh("p")))
    created(mine.post("/v1/purchases", mine.purchase(mine.enrol(), "m-2"), fresh("p")))
    of_mine = {entry["entry_id"] for entry in mine.posted_entries(2)}
    of_theirs = {entry["entry_id"] for entry in theirs.posted_entries(2)}
    assert of_mine.isdisjoint(of_theirs)


def test_anothers_cursor_opens_nothing(mine: Shop, theirs: Shop) -> None:
    card = theirs.enrol()
    created(theirs.post("/v1/purchases", theirs.purchase(card, "t-3"), fresh("p")))
    cursor = theirs.get(f"/v1/cards/{card}/entries", limit=1).json()["next_cursor"]
    assert refused(mine.get(f"/v1/cards/{card}/entries", cursor=cursor)) == (400, "invalid_cursor")


def test_anothers_location_does_not_exist(mine: Shop, theirs: Shop) -> None:
    card = theirs.enrol()
    body = {**mine.purchase(card, "m-3"), "location_id": "only-theirs"}
    assert refused(mine.post("/v1/purchases", body, fresh("p"))) == (404, "unknown_location")
    assert refused(mine.post("/v1/purchases/quote", body)) == (404, "unknown_location")
    body = {**mine.redemption(card, "m-4", 1_000), "location_id": "only-theirs"}
    assert refused(mine.post("/v1/redemptions", body, fresh("x"))) == (404, "unknown_location")


def test_anothers_idempotency_key_is_a_name_of_its_own(mine: Shop, theirs: Shop) -> None:
    card, key = theirs.enrol(), fresh("same")
    first = created(theirs.post("/v1/purchases", theirs.purchase(card, "t-5"), key))
    second = created(mine.post("/v1/purchases", mine.purchase(card, "m-5"), key))
    assert first["entry_id"] != second["entry_id"]


def test_the_operators_routes_are_closed_to_partners(mine: Shop, theirs: Shop) -> None:
    under = f"/v1/partners/{theirs.partner_id}"
    tried = [
        mine.get("/v1/partners"),
        mine.post("/v1/partners", {}),
        mine.post(f"{under}/locations", {}),
        mine.post(f"{under}/terms", TERMS),
        mine.post(f"{under}/keys", {"scopes": ["reports"]}),
        mine.get(f"{under}/bill", month="2026-11"),
        mine.get(f"/v1/partners/{mine.partner_id}/bill", month="2026-11"),
        mine.get("/v1/positions"),
        mine.post(f"/v1/partners/{mine.partner_id}/keys/0000000000/revoke", {}),
    ]
    assert {refused(reply) for reply in tried} == {(403, "scope_missing")}


def test_a_key_does_only_what_its_scopes_say(network: Network, mine: Shop) -> None:
    issued = created(network.post(f"/v1/partners/{mine.partner_id}/keys", {"scopes": ["earn"]}))
    till = Shop(network, mine.partner_id, issued["api_key"])
    card = mine.enrol()
    created(till.post("/v1/purchases", till.purchase(card, fresh("r")), fresh("p")))
    assert refused(till.post("/v1/redemptions", till.redemption(card, "x", 10), fresh("x"))) == (403, "scope_missing")
    assert refused(till.get(f"/v1/cards/{card}")) == (403, "scope_missing")
    assert refused(till.get("/v1/bill", month="2026-11")) == (403, "scope_missing")


def test_a_revoked_key_is_unauthorized(network: Network, mine: Shop) -> None:
    issued = created(network.post(f"/v1/partners/{mine.partner_id}/keys", {"scopes": ["reports"]}))
    path = f"/v1/partners/{mine.partner_id}/keys/{issued['key_id']}/revoke"
    revoked = network.http.post(path, headers=bearer(network.operator_key))
    assert revoked.status_code == 200
    assert revoked.json()["revoked_at"] is not None
    assert refused(network.get("/v1/bill", issued["api_key"], month="2026-11")) == (401, "unauthorized")


def test_a_key_good_for_one_route_is_good_for_the_next_while_the_gateway_remembers_it(mine: Shop) -> None:
    card = mine.enrol()
    assert mine.get(f"/v1/cards/{card}").status_code == 200
    assert mine.get(f"/v1/cards/{card}/entries").status_code == 200
    assert mine.post("/v1/purchases/quote", mine.purchase(card, "q")).status_code == 200


def test_an_admin_rotates_a_key_and_sees_it_used_and_it_is_good_from_its_networks_alone(network: Network) -> None:
    mine = network.open_shop("admin-")
    under = f"/v1/partners/{mine.partner_id}/keys"
    admin = Shop(network, mine.partner_id, created(network.post(under, {"scopes": ["admin"]}))["api_key"])
    asked = {"scopes": ["reports"], "allowed_networks": ["198.51.100.0/24"]}
    walled = created(admin.post("/v1/keys", asked))
    rotated = created(admin.post(f"/v1/keys/{walled['key_id']}/rotate", {"overlap_seconds": 3_600}))
    assert rotated["predecessor"]["replaced_by"] == rotated["key_id"]
    for text in (walled["api_key"], rotated["api_key"]):
        assert refused(network.get("/v1/locations", text)) == (403, "address_not_allowed")
    # The emulator takes the header for the address of the connection, which API Gateway does not.
    from_there = {**bearer(walled["api_key"]), "X-Forwarded-For": "198.51.100.7"}
    assert network.http.get("/v1/locations", headers=from_there).status_code == 200
    assert admin.get(f"/v1/keys/{walled['key_id']}").json()["last_used_at"] is not None
