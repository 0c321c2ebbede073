"""Where invoices are sent, over HTTP: the admin's own, the operator's any; the trail tells of it, not the address."""

from tests.unit.chalicelib.replies import problem
from tests.unit.chalicelib.world import World
from tests.unit.partners.billing.test_billing_contact import forget_contact

OWN, OF_ALPHA = "/v1/billing-contact", "/v1/partners/alpha/billing-contact"
EMAIL = "bills@alpha.example"


def test_admin_and_operator_set_and_see_it(world: World) -> None:
    nothing = {"partner_id": "alpha", "email": None, "changed_at": None, "version": 0}
    assert world.get(OWN).json_body == nothing
    first = world.post(OWN, {"email": EMAIL})
    assert (first.status_code, first.json_body["email"], first.json_body["version"]) == (200, EMAIL, 1)
    assert world.post(OWN, {"email": EMAIL}).body == first.body
    assert world.get(OF_ALPHA, world.operator).json_body == first.json_body
    body = {"email": "new@alpha.example", "reason": "case 7"}
    assert world.post(OF_ALPHA, body, world.operator).json_body["version"] == 2
    assert world.get(OWN).json_body["email"] == "new@alpha.example"
    assert world.get(OWN, world.beta).json_body["email"] is None


def test_what_is_no_address_and_who_may_not_are_refused(world: World) -> None:
    refused = world.post(OWN, {"email": "bills@alpha"})
    problem(refused, 400, "invalid_billing_email")
    assert b"bills@alpha" not in refused.body
    problem(world.get("/v1/partners/nobody/billing-contact", world.operator), 404, "unknown_partner")
    problem(world.post(OF_ALPHA, {"email": EMAIL}, world.operator), 400, "missing_field")


def test_the_trail_says_that_it_was_changed_and_not_to_what(world: World) -> None:
    world.post(OWN, {"email": EMAIL})
    world.post(OF_ALPHA, {"email": "new@alpha.example", "reason": "case 7"}, world.operator)
    listed = world.get("/v1/audit-trail?from=2026-11-15&to=2026-11-15", world.operator)
    assert b"alpha.example" not in listed.body
    done = [one for one in listed.json_body["records"] if one["phase"] == "done"]
    assert [(one["before"]["version"], one["after"]["version"]) for one in done[-2:]] == [(0, 1), (1, 2)]
    assert done[-1]["after"]["email"] == "withheld"


def test_billing_through_stripe_is_refused_without_one(world: World) -> None:
    forget_contact(world.stripe)
    path = "/v1/partners/harvest/billing"
    problem(world.post(path, {"reason": "case 7"}, world.operator, idempotency_key="k"), 409, "billing_email_missing")


def test_admin_and_operator_remove_it_with_a_reason_that_the_trail_keeps(world: World) -> None:
    for path, key in ((OWN, world.alpha), (OF_ALPHA, world.operator)):
        world.post(OWN, {"email": EMAIL})
        problem(world.post(f"{path}/delete", {}, key), 400, "missing_field")
        gone = world.post(f"{path}/delete", {"reason": "Ann has left"}, key)
        assert (gone.status_code, gone.json_body["email"]) == (200, None)
        assert world.post(f"{path}/delete", {"reason": "Ann has left"}, key).json_body == gone.json_body
        assert world.get(OWN).json_body == gone.json_body
    listed = world.get("/v1/audit-trail?from=2026-11-15&to=2026-11-15", world.operator)
    assert b"alpha.example" not in listed.body
    done = [one for one in listed.json_body["records"] if one["phase"] == "done" and one["reason"] == "Ann has left"]
    versions = [(one["before"]["version"], one["after"]["version"]) for one in done]
    assert versions == [(1, 2), (2, 2), (3, 4), (4, 4)]
