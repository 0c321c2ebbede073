"""Purchases of an offline till: every line by itself, the whole safe to send again."""

import json

from shared.kernel.errors import StoreUnavailableError
from shared.members.card import Card, card_number
from tests.unit.chalicelib.replies import problem
from tests.unit.chalicelib.world import World, purchase

PATH = "/v1/purchases/batch"


def line(card: str, number: int, **changes: object) -> dict[str, object]:
    return {"idempotency_key": f"till-{number}", **purchase(card, receipt=f"r-{number}"), **changes}


def send(world: World, *lines: object) -> dict[str, object]:
    reply = world.post(PATH, {"purchases": list(lines)})
    assert reply.status_code == 200, reply.body
    return dict(reply.json_body)


def test_every_line_gets_the_outcome_it_would_have_got_alone(world: World, card: str) -> None:
    sent = send(
        world,
        line(card, 1),
        line(card, 2, total={"amount_cents": 2_000, "currency": "EUR"}),
        line(card, 3, total={"amount_cents": -1, "currency": "USD"}, colour="red"),
        line(card_number("9770", Card("0000000001", 1)), 4),
        line(card, 5, location_id="b1"),
        "not a purchase",
        line(card, 6),
    )
    assert (sent["recorded"], sent["replayed"], sent["refused"]) == (2, 0, 5)
    outcomes = sent["outcomes"]
    assert [outcome["line"] for outcome in outcomes] == list(range(7))
    assert [outcome["status"] for outcome in outcomes] == [201, 422, 400, 404, 404, 400, 201]
    codes = [outcome["problem"]["code"] for outcome in outcomes if outcome["problem"]]
    assert codes == ["currency_mismatch", "negative_amount", "unknown_card", "unknown_location", "invalid_field"]
    assert outcomes[6]["purchase"]["points_balance"] == 200
    pointers = {field["pointer"] for field in outcomes[2]["problem"]["errors"]}
    assert pointers == {"/purchases/2/total/amount_cents", "/purchases/2/colour"}


def test_a_lines_problem_is_the_problem_of_the_single_request(world: World, card: str) -> None:
    euros = {"amount_cents": 2_000, "currency": "EUR"}
    in_batch = send(world, line(card, 1, total=euros))["outcomes"][0]["problem"]
    alone = world.post("/v1/purchases", purchase(card, receipt="r-1", total=euros), idempotency_key="till-1").json_body
    assert in_batch == {**alone, "instance": in_batch["instance"]}


def test_a_batch_sent_again_records_nothing_twice(world: World, card: str) -> None:
    lines = [line(card, number) for number in range(5)]
    first = send(world, *lines[:3])
    again = send(world, *lines)
    assert (again["recorded"], again["replayed"]) == (2, 3)
    for before, after in zip(first["outcomes"], again["outcomes"], strict=False):
        assert after == {**before, "replayed": True}
    assert world.get(f"/v1/cards/{card}").json_body["points_balance"] == 500


def test_the_same_line_twice_in_one_batch_counts_once(world: World, card: str) -> None:
    sent = send(world, line(card, 1), line(card, 1))
    assert (sent["recorded"], sent["replayed"]) == (1, 1)


def test_a_key_of_a_single_request_and_of_a_line_is_the_same_key(world: World, card: str) -> None:
    world.post("/v1/purchases", purchase(card, receipt="r-1"), idempotency_key="till-1")
    assert send(world, line(card, 1))["replayed"] == 1


def test_an_outage_of_one_card_is_that_lines_outcome(world: World, card: str) -> None:
    other = world.enrol("bob@example.com")
    head = world.journal.head

    def broken(member: str, *, consistent: bool) -> object:
        if member == other[4:14]:
            raise StoreUnavailableError("test")
        return head(member, consistent=consistent)

    world.journal.head = broken
    sent = send(world, line(card, 1), line(other, 2), line(card, 3))
    assert [outcome["status"] for outcome in sent["outcomes"]] == [201, 503, 201]


def test_many_cards_side_by_side_keep_the_order_of_each(world: World) -> None:
    cards = [world.enrol(f"member{number}@example.com") for number in range(12)]
    lines = [line(card, 100 * round_ + place) for round_ in range(5) for place, card in enumerate(cards)]
    balances = [outcome["purchase"]["points_balance"] for outcome in send(world, *lines)["outcomes"]]
    assert balances == [100 * (round_ + 1) for round_ in range(5) for _ in cards]


def test_too_many_lines_or_none_are_refused_whole(world: World, card: str) -> None:
    problem(world.post(PATH, {"purchases": []}), 400, "invalid_field")
    problem(world.post(PATH, {"purchases": [line(card, number) for number in range(201)]}), 400, "invalid_field")
    full = {"purchases": [line(card, number) for number in range(200)]}
    assert len(json.dumps(full)) < 64 * 1024
    assert world.post(PATH, full).json_body["recorded"] == 200
