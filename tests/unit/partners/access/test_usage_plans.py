"""Partners get usage plans, whatever fails or happens at once."""

import pytest

from partners.access.errors import UsagePlanConflictError
from partners.access.limit_service import UsagePlans
from partners.access.limit_store import LimitStore
from partners.access.limits import PartnerLimits, Tier, rate_limit_policy
from partners.access.model import Scope
from partners.access.service import Access
from partners.contracts.errors import UnknownPartnerError
from partners.contracts.service import Contracts
from shared.kernel.errors import StoreUnavailableError
from shared.kernel.ids import system_random
from tests.fakes.clock import FakeClock
from tests.fakes.contract_book import FakeContractBook
from tests.fakes.dynamodb import FakeDynamoDB
from tests.fakes.key_ring import FakeKeyRing
from tests.fakes.limits import FakeLimitBook, FakeUsageGateway


class World:
    def __init__(self, *, counts: bool = True) -> None:
        self.clock, self.keys, self.book, self.gateway = FakeClock(), FakeKeyRing(), FakeLimitBook(), FakeUsageGateway()
        contracts = Contracts(FakeContractBook(), self.clock)
        for partner_id in ("alpha", "beta"):
            contracts.create_partner(partner_id, partner_id.title(), "USD")
        self.access = Access(self.keys, contracts, self.clock, system_random, live=True)
        gateway = self.gateway if counts else None
        self.plans = UsagePlans(self.book, self.keys, contracts, gateway, self.clock, system_random)

    def key(self, partner_id: str = "alpha") -> str:
        return self.access.issue_key(partner_id, frozenset({Scope.EARN})).key.key_id

    def plan_of(self, key_id: str) -> tuple[Tier | None, str | None]:
        key = self.keys.rows[key_id].key
        return key.usage_tier, key.usage_key


@pytest.fixture
def world() -> World:
    return World()


def test_the_first_key_brings_a_partner_under_the_standard_plan_and_the_next_asks_the_gateway_nothing(
    world: World,
) -> None:
    first = world.key()
    limits = world.plans.cover("alpha")
    second = world.key()
    assert world.plans.cover("alpha") == limits
    assert world.gateway.attached == [("alpha", Tier.STANDARD, limits.usage_key)]
    assert world.plan_of(first) == world.plan_of(second) == (Tier.STANDARD, limits.usage_key)
    assert limits.in_force


def test_partners_count_by_values_of_their_own_which_are_no_keys(world: World) -> None:
    key_id = world.key()
    alpha, beta = world.plans.cover("alpha"), world.plans.cover("beta")
    assert alpha.usage_id != beta.usage_id
    assert 20 <= len(alpha.usage_key) <= 128
    assert key_id not in alpha.usage_key


def test_a_change_of_plan_leaves_the_old_value_at_the_gateway_and_moves_all_keys_in_use(world: World) -> None:
    kept, revoked, other = world.key(), world.key(), world.key("beta")
    before = world.plans.cover("alpha")
    world.access.revoke("alpha", revoked)
    after = world.plans.set_tier("alpha", Tier.LARGE)
    assert after.usage_key != before.usage_key
    assert after.attached == {Tier.STANDARD, Tier.LARGE}
    assert world.plan_of(kept) == (Tier.LARGE, after.usage_key)
    assert world.plan_of(revoked) == (Tier.STANDARD, before.usage_key)
    assert world.plan_of(other) == (None, None)


def test_keys_keep_the_plan_of_before_until_the_gateway_knows_the_new_one(world: World) -> None:
    key_id = world.key()
    before = world.plans.cover("alpha")
    world.gateway.out_of_order = True
    with pytest.raises(StoreUnavailableError):
        world.plans.set_tier("alpha", Tier.LARGE)
    assert world.plan_of(key_id) == (Tier.STANDARD, before.usage_key)
    assert (world.plans.of("alpha").tier, world.plans.of("alpha").in_force) == (Tier.LARGE, False)
    world.gateway.out_of_order = False
    after = world.plans.cover("alpha")
    assert world.plan_of(key_id) == (Tier.LARGE, after.usage_key)
    assert after.in_force


def test_the_same_plan_again_tells_the_gateway_again(world: World) -> None:
    world.plans.cover("alpha")
    limits = world.plans.set_tier("alpha", Tier.STANDARD)
    assert world.gateway.attached == [("alpha", Tier.STANDARD, limits.usage_key)] * 2


def test_a_slow_process_does_not_take_a_key_back_to_an_older_plan(world: World) -> None:
    key_id = world.key()
    old = world.plans.cover("alpha")
    new = world.plans.set_tier("alpha", Tier.LARGE)
    assert not world.keys.mark_limited(key_id, old.usage_key, old.tier, old.version)
    assert world.plan_of(key_id) == (Tier.LARGE, new.usage_key)


def test_who_comes_between_every_time_makes_it_a_conflict(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world.book, "write", lambda limits: False)
    with pytest.raises(UsagePlanConflictError):
        world.plans.set_tier("alpha", Tier.LARGE)


def test_where_nobody_counts_a_plan_is_kept_and_not_in_force() -> None:
    world = World(counts=False)
    key_id = world.key()
    assert not world.plans.set_tier("alpha", Tier.LARGE).in_force
    assert world.plans.of("alpha").tier is Tier.LARGE
    assert world.plan_of(key_id) == (None, None)


def test_only_partners_have_plans(world: World) -> None:
    with pytest.raises(UnknownPartnerError):
        world.plans.of("gamma")
    with pytest.raises(UnknownPartnerError):
        world.plans.set_tier("gamma", Tier.LARGE)
    assert world.plans.of("beta") == PartnerLimits(partner_id="beta")


def test_the_policy_names_plan_quota_window_and_burst() -> None:
    assert rate_limit_policy(Tier.STANDARD) == '"requests";q=50;w=1;burst=100;tier=standard'


def test_the_store_reads_what_it_wrote_and_writes_a_version_once() -> None:
    client = FakeDynamoDB()
    store = LimitStore(client, "partners")  # type: ignore[arg-type]
    first = PartnerLimits(partner_id="alpha", version=1, usage_id="ab")
    second = PartnerLimits(
        partner_id="alpha", tier=Tier.LARGE, version=2, usage_id="ab", attached=frozenset({Tier.LARGE})
    )
    assert store.limits("alpha") is None
    assert [store.write(one) for one in (first, first, second, second)] == [True, False, True, False]
    assert store.limits("alpha") == second
    assert store.limits("beta") is None
