"""Invoices are sent to a partner's billing contact: Stripe is told of it, and without one nothing is invoiced."""

import json
from typing import Any

import pytest

from partners.billing.contact import BillingContact, read_billing_email
from partners.billing.contact_errors import BillingEmailMissingError, InvalidBillingEmailError
from partners.billing.contact_service import BillingContacts
from partners.billing.contact_store import ContactStore
from partners.billing.stripe_model import ClosingState
from partners.contracts.errors import UnknownPartnerError
from tests.doubles.stripe.http_client import DoubleClient
from tests.fakes.dynamodb import FakeDynamoDB
from tests.unit.partners.billing.stripe_world import EMAIL, HOUR_MS, PARTNER, StripeWorld, at

DAY_MS = 24 * HOUR_MS
JANUARY = at(2027, 1, 1)


@pytest.fixture
def world() -> StripeWorld:
    return StripeWorld()


def forget_contact(world: StripeWorld) -> None:
    """As a partner that was billed before contacts were kept."""
    del world.dynamodb.tables["billing"]["CONTACTS", PARTNER]


def addresses(world: StripeWorld) -> list[Any]:
    """What Stripe was told, in order."""
    return [params["email"] for _, path, params in world.double.requests if "email" in params and "customers" in path]


@pytest.mark.parametrize("text", ["", "harvest", "bills@", "bills@harvest", "a b@harvest.example", "@harvest.example"])
def test_what_is_no_address_is_refused_without_being_repeated(world: StripeWorld, text: str) -> None:
    with pytest.raises(InvalidBillingEmailError) as refused:
        world.contacts.set_email(PARTNER, text)
    assert refused.value.data == {}
    assert world.contacts.contact(PARTNER) is not None


def test_an_address_is_kept_in_its_normal_form_and_shown_in_no_text() -> None:
    assert read_billing_email(" Ann.B@HARVEST.Example ") == "Ann.B@harvest.example"
    assert "harvest.example" not in repr(BillingContact(PARTNER, EMAIL, 0))


def test_setting_the_same_again_changes_nothing_and_another_follows_on_it(world: StripeWorld) -> None:
    first = world.contacts.contact(PARTNER)
    world.clock.advance(days=1)
    assert world.contacts.set_email(PARTNER, EMAIL) == first
    second = world.contacts.set_email(PARTNER, "new@harvest.example")
    assert (second.version, second.changed_at_ms) == (2, world.clock())
    with pytest.raises(UnknownPartnerError):
        world.contacts.set_email("nobody", EMAIL)


def test_who_sets_it_while_another_does_follows_on_the_other(world: StripeWorld) -> None:
    rows: Any = FakeDynamoDB()

    class Overtaken(ContactStore):
        others = 1

        def put(self, contact: BillingContact) -> bool:
            if self.others:
                self.others -= 1
                ContactStore.put(self, BillingContact(PARTNER, "other@harvest.example", 1))
            return super().put(contact)

    contacts = BillingContacts(Overtaken(rows, "billing"), world.contracts, world.clock)
    assert contacts.set_email(PARTNER, EMAIL).version == 2


def test_nobody_is_billed_through_stripe_without_an_address(world: StripeWorld) -> None:
    forget_contact(world)
    with pytest.raises(BillingEmailMissingError):
        world.invoicing.open_account(PARTNER)
    assert world.double.requests == []
    world.contacts.set_email(PARTNER, EMAIL)
    world.open()
    assert world.account.subscription_id is not None


def test_stripe_is_told_once_of_each_address(world: StripeWorld) -> None:
    world.open()
    world.go(at(2026, 12, 2), every_ms=6 * HOUR_MS)
    world.contacts.set_email(PARTNER, "new@harvest.example")
    world.go(at(2026, 12, 3), every_ms=6 * HOUR_MS)
    assert addresses(world) == [EMAIL, "new@harvest.example"]
    (customer,) = world.double.books.some("customer")
    assert customer["email"] == "new@harvest.example"


def test_an_account_made_anew_after_a_lost_answer_has_one_customer(world: StripeWorld) -> None:
    """Stripe knows the key of the first attempt: what may have changed since is not among its parameters."""
    first = world.gateway.create_customer(PARTNER, "Harvest")
    world.contacts.set_email(PARTNER, "new@harvest.example")
    assert world.gateway.create_customer(PARTNER, "Harvest") == first


def test_a_month_without_an_address_is_held_with_that_name_and_billed_once_there_is_one(world: StripeWorld) -> None:
    world.open()
    forget_contact(world)
    world.visit(5)
    world.go(at(2026, 12, 31, 20), every_ms=12 * HOUR_MS)
    (trouble,) = world.work()
    assert "billing_email_missing" in trouble, "it is said before the month is billed"
    assert world.counted_by_stripe() == 5, "visits are told all the same"
    world.go(JANUARY + 6 * HOUR_MS)
    assert (world.closing().state, world.closing().troubles) == (ClosingState.HELD, (trouble,))
    drafts = world.double.books.some("invoice", status="draft")
    assert [one["auto_advance"] for one in drafts] == [False]
    world.contacts.set_email(PARTNER, EMAIL)
    assert world.work() == []
    assert world.closing().state is ClosingState.FINALISED
    assert world.invoiced("2026-12") == world.billing.bill(PARTNER, "2026-12").total_cents


def test_an_address_that_stripe_refuses_holds_the_month_and_is_not_repeated(world: StripeWorld) -> None:
    world.open()
    contact = world.contacts.contact(PARTNER)
    assert contact is not None
    row = world.dynamodb.tables["billing"]["CONTACTS", PARTNER]
    row["email"], row["version"] = {"S": "bills@harvest"}, {"N": "2"}
    (trouble,) = world.work()
    assert "billing_email_refused" in trouble
    assert "harvest" not in trouble
    world.go(JANUARY + 6 * HOUR_MS, every_ms=12 * HOUR_MS)
    assert world.closing().state is ClosingState.HELD


class RepeatsAddress(DoubleClient):
    """Refuses addresses by a code that we don't know, in words that repeat them."""

    def request(self, method: str, url: str, headers: Any, post_data: Any = None, **timeouts: Any) -> Any:
        if method == "post" and "/v1/customers/" in url:
            told = {
                "type": "invalid_request_error",
                "code": "parameter_invalid",
                "message": f"Invalid address: {EMAIL}",
            }
            return json.dumps({"error": told}), 400, {}
        return super().request(method, url, headers, post_data, **timeouts)


def test_whatever_stripe_says_against_an_address_is_not_repeated_and_visits_are_told(world: StripeWorld) -> None:
    world.open()
    world.contacts.set_email(PARTNER, "new@harvest.example")
    world.connect(world.dynamodb, RepeatsAddress(world.double))
    world.visit(5)
    world.go(world.clock() + 3 * HOUR_MS)
    (trouble,) = world.work()
    assert "billing_email_refused" in trouble
    assert "parameter_invalid" in trouble
    assert "harvest.example" not in trouble
    assert world.counted_by_stripe() == 5


def test_a_removed_address_is_kept_nowhere_here_nor_at_stripe_and_nothing_is_invoiced_until_there_is_another(
    world: StripeWorld,
) -> None:
    world.open()
    removed = world.contacts.remove(PARTNER)
    assert removed is not None
    assert (removed.email, removed.version) == (None, 2)
    assert EMAIL not in str(world.dynamodb.tables)
    world.clock.advance(days=1)
    assert world.contacts.remove(PARTNER) == removed == world.contacts.contact(PARTNER)
    for _ in range(2):
        assert "billing_email_missing" in world.work()[0]
    assert addresses(world) == [EMAIL, ""]
    (customer,) = world.double.books.some("customer")
    assert not customer["email"]
    with pytest.raises(BillingEmailMissingError):
        world.invoicing.open_account(PARTNER)
    world.go(JANUARY + 4 * HOUR_MS, every_ms=5 * DAY_MS)
    assert world.closing().state is ClosingState.HELD
    world.contacts.set_email(PARTNER, EMAIL)
    world.work()
    assert addresses(world) == [EMAIL, "", EMAIL]
    assert world.closing().state is ClosingState.FINALISED


def test_where_there_is_no_address_there_is_nothing_to_remove(world: StripeWorld) -> None:
    forget_contact(world)
    assert world.contacts.remove(PARTNER) is None
    with pytest.raises(UnknownPartnerError):
        world.contacts.remove("nobody")
