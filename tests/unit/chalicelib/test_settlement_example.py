"""The example of docs/settlement.md, step by step through the API."""

from datetime import UTC, datetime

from shared.kernel.clock import DAY_MS, to_rfc3339
from tests.fakes.contract_book import agree, new_terms
from tests.unit.chalicelib.replies import problem
from tests.unit.chalicelib.test_cashback_routes import B1, Gamma, money
from tests.unit.chalicelib.world import World, purchase

DAYS = "from=2026-11-15&to=2026-11-15"


def settled(world: World) -> tuple[dict[str, int], tuple[int, int]]:
    """Every party's net in cents, and what is owed to gamma: points, and cents of cashback."""
    world.post_all_entries()
    reply = world.get(f"/v1/positions?{DAYS}", world.operator)
    assert reply.status_code == 200, reply.body
    positions = reply.json_body["positions"]
    assert {position["currency"] for position in positions} == {"USD"}
    assert sum(position["net_micros"] for position in positions) == 0
    flows = world.get(f"/v1/position-flows?{DAYS}", world.operator).json_body
    [gamma] = [flow for flow in flows["flows"] if flow["issuer"] == "gamma"]
    owed = gamma["points_flow"]["points_owed"], gamma["cashback_flows"][0]["owed_cents"]
    return {position["party"]: position["net_cents"] for position in positions}, owed


def test_the_issuer_bears_a_return_of_what_was_spent_until_later_purchases_repay_it(world: World, card: str) -> None:
    gamma = Gamma(world, earn_points=5)
    bought = gamma.sells(card, 10_000)
    assert (bought["points"], bought["cashback"]) == (500, money(150))
    points = {"card_number": card, **B1, "points": 500}
    assert world.post("/v1/redemptions", points, world.beta, idempotency_key="x1").status_code == 201
    cashback = {"card_number": card, **B1, "cashback": money(150)}
    assert world.post("/v1/redemptions/cashback", cashback, world.beta, idempotency_key="x2").status_code == 201
    assert settled(world) == ({"beta": 400, "gamma": -450, "network": 50}, (0, 0))

    back = gamma.takes_back(bought["entry_id"], 10_000)
    assert (back["points_taken_back"], back["points_owed"]) == (0, 500)
    assert (back["cashback_taken_back"], back["cashback_owed"]) == (money(0), money(150))
    assert settled(world) == ({"beta": 400, "gamma": -450, "network": 50}, (500, 150))

    assert gamma.sells(card, 6_000, "g-2")["points_balance"] == 0
    assert settled(world) == ({"beta": 400, "gamma": -450, "network": 50}, (200, 60))

    last = gamma.sells(card, 10_000, "g-3")
    assert (last["points_balance"], last["cashback_balance"]) == (300, money(90))
    assert settled(world) == ({"beta": 400, "gamma": -720, "network": 320}, (0, 0))


def test_payouts_stand_between_the_network_and_members(world: World, card: str) -> None:
    Gamma(world, earn_points=0).sells(card, 100_000)
    body = {"card_number": card, "cashback": money(1_200)}
    assert world.post("/v1/payouts", body, world.operator, idempotency_key="o1").status_code == 201
    world.post_all_entries()
    reply = world.get(f"/v1/positions?{DAYS}", world.operator).json_body
    gamma, members, network = reply["positions"]
    assert reply["totals"] == [{"currency": "USD", "parties": 3, "owed_cents": 1_500}]
    assert members == {"currency": "USD", "party": "members", "net_micros": 12_000_000, "net_cents": 1_200}
    assert world.get(f"/v1/positions/members?{DAYS}", world.operator).json_body == {
        "positions": [members],
        "lines": [
            {
                "currency": "USD",
                "kind": "cashback_paid_out",
                "issuer": "gamma",
                "acceptor": "members",
                "price_micros": 10_000,
                "points": None,
                "cashback_cents": 1_200,
                "amount_micros": 12_000_000,
                "rate_bps": None,
                "sources": [{"partner_id": "network", "day": "2026-11-15", "quantity": 1_200, "terms_day": None}],
                "reference": None,
            }
        ],
        "next_cursor": None,
    }
    assert (gamma["net_cents"], network["party"], network["net_cents"]) == (-1_500, "network", 300)
    moved = world.get(f"/v1/position-flows?{DAYS}", world.operator).json_body
    [flow] = moved["flows"]
    assert (flow["issuer"], flow["points_flow"]) == ("gamma", None)
    assert flow["cashback_flows"] == [
        {
            "currency": "USD",
            "issued_cents": 1_500,
            "redeemed_cents": 0,
            "paid_out_cents": 1_200,
            "forfeited_cents": 0,
            "owed_cents": 0,
            "written_off_cents": 0,
            "adjusted_cents": 0,
            "expired_cents": 0,
        }
    ]


def test_listings_show_cashback_to_the_partner_that_moved_it_and_not_who_granted_it(world: World, card: str) -> None:
    gamma = Gamma(world)
    gamma.sells(card, 10_000)
    cashback = {"card_number": card, **B1, "cashback": money(120)}
    world.post("/v1/redemptions/cashback", cashback, world.beta, idempotency_key="x1")
    world.post_all_entries()
    query = "/v1/entries?from=2026-11-15&to=2026-11-15"
    [granted] = world.get(query, gamma.key).json_body["entries"]
    [spent] = world.get(query, world.beta).json_body["entries"]
    assert (granted["op"], granted["points"], granted["cashback"]) == ("earn", 100, money(150))
    assert (spent["op"], spent["points"], spent["cashback"], spent["value"]) == ("spend", 0, money(120), money(120))
    assert spent["price_micros"] is None
    assert "gamma" not in str(spent)


def test_a_window_is_closed_approved_by_a_second_operator_collected_and_paid(world: World, card: str) -> None:
    Gamma(world, earn_points=5).sells(card, 100_000)
    points = {"card_number": card, **B1, "points": 500}
    assert world.post("/v1/redemptions", points, world.beta, idempotency_key="x1").status_code == 201
    world.post_all_entries()
    world.clock.advance(days=1)
    problem(world.get("/v1/windows/1/position", world.beta), 404, "unknown_window")
    [window] = world.get("/v1/windows", world.operator).json_body["windows"]
    assert (window["window"], window["state"]) == (1, "open")
    assert world.post("/v1/windows/1/close", {}, world.operator).json_body["state"] == "closing"
    world.windows.work(drain_ms=0)
    [own] = world.get("/v1/windows/1/position", world.beta).json_body["positions"]
    assert (own["currency"], own["party"]) == ("USD", "beta")

    paid = "/v1/windows/1/settlements"
    [one] = world.post(paid, {}, world.operator).json_body["settlements"]
    net = {position["party"]: position["net_cents"] for position in one["positions"]}
    assert net["beta"] == own["net_cents"] > 0
    problem(world.post(f"{paid}/USD/approve", {}, world.operator), 403, "second_person_needed")
    assert world.post(f"{paid}/USD/approve", {}, world.second_operator).json_body["stage"] == "approved"
    problem(world.post(f"{paid}/USD/pay", {}, world.operator), 409, "settlement_state")
    for act, stage, by in (("collect", "funded", world.operator), ("pay", "settled", world.second_operator)):
        legs = world.post(f"{paid}/USD/{act}", {}, by).json_body["legs"]
        sent = [leg["end_to_end_id"] for leg in legs if leg["state"] == "submitted"]
        told = {"outcomes": [{"leg": leg, "state": "succeeded", "reference": "B-1"} for leg in sent]}
        assert world.post(f"{paid}/USD/outcomes", told, world.operator).json_body["stage"] == stage
        if stage == "funded":
            # Who said that the money came in does not have it paid out.
            problem(world.post(f"{paid}/USD/pay", {}, world.operator), 403, "second_person_needed")
    seen = "/v1/audit-trail?from=2026-11-16&to=2026-11-16&limit=200"
    records = [one for one in world.get(seen, world.operator).json_body["records"] if "stage" in (one["before"] or {})]
    assert [(one["action"], one["before"]["stage"], one["after"]["stage"]) for one in records] == [
        ("approve_settlement", "calculated", "approved"),
        ("collect_settlement", "approved", "collecting"),
        ("record_outcomes", "collecting", "funded"),
        ("pay_settlement", "funded", "paying"),
        ("record_outcomes", "paying", "settled"),
    ]
    [settled] = world.get(paid, world.operator).json_body["settlements"]
    assert settled["paid_out_cents"] == sum(cents for cents in net.values() if cents > 0)
    assert world.get("/v1/windows", world.operator).json_body["windows"][1]["state"] == "settled"


def test_half_of_the_cashback_that_expires_comes_back_by_the_terms_of_its_last_month(world: World, card: str) -> None:
    terms = {"earn_points": 0, "cashback_expiry_months": 1, "cashback_breakage_share_bps": 5_000}
    gamma = Gamma(world, **terms)
    assert gamma.sells(card, 10_000)["cashback_expires_on"] == "2026-12-31"
    spent = {"card_number": card, **B1, "cashback": money(40)}
    assert world.post("/v1/redemptions/cashback", spent, world.beta, idempotency_key="x1").status_code == 201
    less = {**terms, "cashback_bps": 150, "cashback_breakage_share_bps": 2_000}
    agree(world.contracts, "gamma", new_terms(_ms(2027, 1, 5), **less))
    world.clock.now_ms = _ms(2027, 1, 9)
    nothing = purchase(card, location_id="b1", total=money(0), occurred_at=to_rfc3339(world.clock()))
    assert world.post("/v1/purchases", nothing, world.beta, idempotency_key="q").status_code == 201
    world.post_all_entries()
    period = "from=2026-11-15&to=2027-01-09"
    positions = world.get(f"/v1/positions?{period}", world.operator).json_body["positions"]
    assert {one["party"]: one["net_cents"] for one in positions} == {"beta": 40, "gamma": -95, "network": 55}
    share = world.get(f"/v1/positions/gamma?{period}", world.operator).json_body["lines"][0]
    assert (share["kind"], share["rate_bps"], share["cashback_cents"]) == ("cashback_breakage_share", 5_000, 110)
    assert (share["amount_micros"], share["points"]) == (550_000, None)
    assert share["sources"] == [
        {"partner_id": "beta", "day": "2027-01-09", "quantity": 110, "terms_day": "2026-12-31"},
    ]
    flows = world.get(f"/v1/position-flows?{period}", world.operator).json_body["flows"]
    [flow] = next(one for one in flows if one["issuer"] == "gamma")["cashback_flows"]
    assert (flow["issued_cents"], flow["expired_cents"], flow["forfeited_cents"]) == (150, 110, 0)


def _ms(*day: int) -> int:
    return int(datetime(*day, tzinfo=UTC).timestamp()) * 1_000


def test_a_partner_is_not_told_at_which_other_partner_its_points_ran_out(world: World, card: str) -> None:
    begins_at_ms = world.clock() + DAY_MS
    agree(world.contracts, "alpha", new_terms(begins_at_ms, expiry_months=1, breakage_share_bps=2_000))
    world.clock.now_ms = begins_at_ms
    bought = purchase(card, occurred_at=to_rfc3339(world.clock()))
    assert world.post("/v1/purchases", bought, idempotency_key="p").status_code == 201
    world.clock.advance(days=60)
    elsewhere = purchase(card, location_id="b1", occurred_at=to_rfc3339(world.clock()))
    assert world.post("/v1/purchases", elsewhere, world.beta, idempotency_key="q").status_code == 201
    world.close_window()
    own = world.get("/v1/windows/1/position", world.alpha).json_body
    sources = {line["kind"]: line["sources"] for line in own["lines"]}
    assert [one["partner_id"] for one in sources["issued"]] == ["alpha"]
    [share] = sources["breakage_share"]
    assert (share["partner_id"], share["quantity"]) == (None, 100)
    assert "beta" not in str(own)
