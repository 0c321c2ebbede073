"""How a call travels: attempts, waits, keys, and what an answer becomes. The network is a list of what it does."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest
from tessera_client import Exchange, NoAnswerError, Retries, Tessera, UnexpectedAnswerError, codes, errors
from tessera_client.types import Money

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
QUOTED = {"points": 42, "cashback": {"amount_cents": 0, "currency": "USD"}, "explanation": ["1 per 1.00"]}
BOUGHT = {
    **QUOTED,
    "entry_id": "0123456789-2",
    "recorded_at": "2026-11-21T09:30:00.000Z",
    "visit": True,
    "points_balance": 42,
    "cashback_balance": {"amount_cents": 0, "currency": "USD"},
    "expires_on": "2028-11-30",
    "cashback_expires_on": None,
    "pending_until": None,
}
Step = httpx.Response | Exception


def answer(status: int, body: object, **headers: str) -> httpx.Response:
    media_type = "application/json" if status < 400 else "application/problem+json"
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, json=body, headers={"Content-Type": media_type, **named})


def problem(status: int, code: str, **more: Any) -> httpx.Response:
    headers = more.pop("headers", {})
    body = {"type": "x", "title": "T", "status": status, "detail": "D", "code": code, "instance": "urn:uuid:1", **more}
    return answer(status, body, **headers)


@dataclass
class Network:
    """Does `steps` one after the other, and remembers what was sent and how long was waited."""

    steps: list[Step]
    sent: list[httpx.Request] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    seen: list[Exchange] = field(default_factory=list)

    def client(self, **options: Any) -> Tessera:
        def handle(request: httpx.Request) -> httpx.Response:
            self.sent.append(request)
            step = self.steps.pop(0)
            if isinstance(step, Exception):
                raise step
            return step

        return Tessera(
            "https://api.example/stage/",
            "tsk_test_x",
            transport=httpx.MockTransport(handle),
            sleep=self.waits.append,
            jitter=lambda: 1.0,
            clock=lambda: NOW,
            observe=self.seen.append,
            **options,
        )

    @property
    def keys(self) -> list[str | None]:
        return [request.headers.get("Idempotency-Key") for request in self.sent]


def buy(tessera: Tessera, **changes: Any) -> Any:
    total = Money(amount_cents=4210, currency="USD")
    place = {"card_number": "9770012345678912", "location_id": "store-1", "receipt": "1001"}
    return tessera.record_purchase(**{**place, "occurred_at": NOW, "total": total, **changes})


def test_a_purchase_is_sent_as_the_api_has_it_and_read_into_types() -> None:
    network = Network([answer(201, BOUGHT | {"new_member": "of a newer API"})])
    bought = buy(network.client(), idempotency_key="k1")
    (sent,) = network.sent
    assert (sent.method, str(sent.url)) == ("POST", "https://api.example/stage/v1/purchases")
    assert json.loads(sent.content) == {
        "card_number": "9770012345678912",
        "location_id": "store-1",
        "receipt": "1001",
        "occurred_at": "2026-11-21T09:30:00+00:00",
        "total": {"amount_cents": 4210, "currency": "USD"},
    }
    assert sent.headers["Authorization"] == "Bearer tsk_test_x"
    assert sent.headers["Idempotency-Key"] == "k1"
    assert (bought.points, bought.recorded_at, bought.expires_on) == (42, NOW, date(2028, 11, 30))
    assert (bought.cashback.currency, bought.pending_until) == ("USD", None)
    assert network.seen == [Exchange("record_purchase", 201, 1, False)]


@pytest.mark.parametrize(
    "trouble",
    [
        lambda: httpx.ReadTimeout("slow"),
        lambda: httpx.ConnectError("down"),
        lambda: httpx.RemoteProtocolError("cut off"),
        lambda: httpx.DecodingError("not gzip"),
        lambda: problem(429, "too_many_requests"),
        lambda: problem(500, "internal_error"),
        lambda: problem(503, "account_busy"),
        lambda: problem(504, "timeout"),
    ],
)
def test_every_attempt_of_a_call_bears_the_same_key(trouble: Callable[[], Step]) -> None:
    network = Network([trouble(), trouble(), answer(201, BOUGHT, Idempotency_Replayed="true")])
    assert buy(network.client()).points == 42
    assert len(set(network.keys)) == 1
    assert network.keys[0]
    assert len({request.content for request in network.sent}) == 1
    assert network.seen == [Exchange("record_purchase", 201, 3, True)]


def test_two_calls_have_two_keys() -> None:
    network = Network([answer(201, BOUGHT), answer(201, BOUGHT)])
    tessera = network.client()
    buy(tessera)
    buy(tessera)
    assert len(set(network.keys)) == 2


def test_waits_grow_and_are_at_least_what_the_answer_asks_for() -> None:
    later = (NOW + timedelta(seconds=7)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    network = Network(
        [
            problem(503, "account_busy"),
            problem(503, "account_busy", headers={"Retry_After": "2"}),
            problem(429, "too_many_requests", headers={"Retry_After": later}),
            problem(503, "account_busy", headers={"Retry_After": "soon"}),
            answer(201, BOUGHT),
        ]
    )
    buy(network.client(retries=Retries(attempts=5, base_seconds=0.5, longest_seconds=1.5)))
    assert network.waits == [0.5, 2 + 1.0, 7 + 1.5, 1.5]


def test_a_wait_beyond_all_patience_is_not_waited_for() -> None:
    network = Network([problem(429, "too_many_requests", headers={"Retry_After": "3600"})])
    with pytest.raises(codes.TooManyRequestsError):
        buy(network.client())
    assert network.waits == []


def test_without_any_answer_the_error_has_the_key_to_try_again_with() -> None:
    network = Network([httpx.ReadTimeout("slow")] * 4)
    with pytest.raises(NoAnswerError, match="after 4 attempts") as raised:
        buy(network.client())
    assert raised.value.idempotency_key == network.keys[0]
    assert network.seen == [Exchange("record_purchase", None, 4, False)]


@pytest.mark.parametrize(
    ("status", "code"), [(400, "invalid_field"), (401, "unauthorized"), (422, "occurred_in_future")]
)
def test_a_refusal_is_not_tried_again(status: int, code: str) -> None:
    network = Network([problem(status, code)])
    with pytest.raises(errors.ApiError):
        buy(network.client())
    assert len(network.sent) == 1


@pytest.mark.parametrize(
    ("trouble", "attempts"),
    [
        (lambda: httpx.ReadTimeout("slow"), 1),
        (lambda: problem(500, "internal_error"), 1),
        (lambda: httpx.ConnectError("down"), 4),
        (lambda: problem(429, "too_many_requests"), 4),
    ],
)
def test_what_would_act_twice_is_tried_again_only_if_it_never_arrived(
    trouble: Callable[[], Step], attempts: int
) -> None:
    network = Network([trouble() for _ in range(4)])
    with pytest.raises(errors.TesseraClientError) as raised:
        network.client().issue_key(scopes=["earn"])
    assert len(network.sent) == attempts
    assert network.keys == [None] * attempts
    assert raised.value.idempotency_key is None


def test_what_is_a_success_again_is_tried_again_without_a_key() -> None:
    nothing = dict.fromkeys(("expires_at", "last_used_at", "replaces", "replaced_by"))
    at = NOW.isoformat()
    revoked = {"key_id": "k1", "partner_id": "harvest", "scopes": ["earn"], "live": False, "allowed_networks": []}
    revoked |= {**nothing, "created_at": at, "revoked_at": at}
    network = Network([problem(503, "store_unavailable"), httpx.ReadTimeout("slow"), answer(200, revoked)])
    assert network.client().revoke_partner_key("harvest", "k1").revoked_at == NOW
    assert [request.url.path for request in network.sent] == ["/stage/v1/partners/harvest/keys/k1/revoke"] * 3
    assert network.keys == [None] * 3


def test_a_problem_is_an_exception_of_its_code_with_all_it_says() -> None:
    wrong = {"pointer": "/points", "code": "invalid_field", "detail": "too small"}
    network = Network([problem(422, "insufficient_points", points_available=42, errors=[wrong])])
    with pytest.raises(codes.InsufficientPointsError) as raised:
        buy(network.client(), idempotency_key="k1")
    refused = raised.value
    assert isinstance(refused, errors.UnprocessableError)
    assert (refused.status, refused.code, refused.instance) == (422, "insufficient_points", "urn:uuid:1")
    assert refused.facts == {"points_available": 42}
    assert refused.errors == (errors.FieldProblem("invalid_field", "too small", "/points"),)
    assert refused.idempotency_key == "k1"


@pytest.mark.parametrize(
    "strange",
    [
        lambda: httpx.Response(200, text="<html>", headers={"Content-Type": "text/html"}),
        lambda: httpx.Response(404, text="<html>", headers={"Content-Type": "text/html"}),
        lambda: httpx.Response(302, headers={"Location": "https://elsewhere.example"}),
        lambda: answer(200, {"points": 42}),
        lambda: answer(200, ["points"]),
        lambda: answer(404, ["code"]),
        lambda: problem(400, "invalid_field", errors=["no object"]),
        lambda: problem(400, "invalid_field", errors=None),
        lambda: httpx.Response(200, text="{", headers={"Content-Type": "application/json"}),
    ],
)
def test_an_answer_that_the_api_does_not_give_is_said_to_be_one(strange: Callable[[], httpx.Response]) -> None:
    with pytest.raises(UnexpectedAnswerError):
        Network([strange()]).client().get_card("9770012345678912")


def test_a_path_is_quoted_so_that_a_value_stays_one_segment() -> None:
    network = Network([problem(404, "unknown_card")])
    with pytest.raises(codes.UnknownCardError):
        network.client().get_card("../partners?x=1#")
    assert network.sent[0].url.raw_path == b"/stage/v1/cards/..%2Fpartners%3Fx%3D1%23"


@pytest.mark.parametrize("value", ["..", ".", ""])
def test_an_id_that_would_be_another_path_is_refused_before_anything_is_sent(value: str) -> None:
    network = Network([])
    with pytest.raises(ValueError, match="card_number"):
        network.client().get_card(value)
    assert network.sent == []


def test_a_compressed_answer_that_does_not_read_is_no_answer() -> None:
    def corrupt() -> httpx.Response:
        headers = {"content-encoding": "gzip", "content-type": "application/json"}
        return httpx.Response(200, headers=headers, stream=httpx.ByteStream(b"not gzip"))

    network = Network([corrupt() for _ in range(4)])
    with pytest.raises(NoAnswerError) as raised:
        buy(network.client(), idempotency_key="k1")
    assert raised.value.idempotency_key == "k1"
    assert len(network.sent) == 4


def test_a_key_that_the_caller_left_empty_is_not_replaced_by_another_at_each_call() -> None:
    refusal = problem(400, "idempotency_key_invalid")
    network = Network([refusal, refusal])
    for _ in range(2):
        with pytest.raises(codes.IdempotencyKeyInvalidError):
            buy(network.client(), idempotency_key="")
    assert network.keys == ["", ""]


def test_a_time_without_an_offset_is_refused_before_anything_is_sent() -> None:
    network = Network([])
    with pytest.raises(ValueError, match="time zone"):
        buy(network.client(), occurred_at=datetime(2026, 11, 21))  # noqa: DTZ001
    assert network.sent == []


def test_all_pages_are_one_iteration_that_fetches_as_it_goes() -> None:
    empty = {"entries": [], "next_cursor": "c2"}
    network = Network([answer(200, {"entries": [ENTRY], "next_cursor": "c1"}), answer(200, empty)])
    network.steps.append(answer(200, {"entries": [ENTRY, ENTRY], "next_cursor": None}))
    found = network.client().iter_entries(from_=date(2026, 11, 1), to=date(2026, 11, 30), limit=2)
    assert network.sent == []
    assert [entry.entry_id for entry in found] == ["0123456789-2"] * 3
    assert [request.url.params.get("cursor") for request in network.sent] == [None, "c1", "c2"]
    assert all(request.url.params["from"] == "2026-11-01" for request in network.sent)


ENTRY = {
    "entry_id": "0123456789-2",
    "op": "earn",
    "recorded_at": "2026-11-21T09:30:00.000Z",
    "occurred_at": "2026-11-21T09:30:00.000Z",
    "location_id": "store-1",
    "receipt": "1001",
    "points": 42,
    "cashback": None,
    "price_micros": 10_000,
    "total": {"amount_cents": 4210, "currency": "USD"},
    "value": None,
    "visit": True,
}


def test_a_table_is_read_as_text() -> None:
    table = httpx.Response(200, text="section\r\nposition\r\n", headers={"Content-Type": "text/csv; charset=utf-8"})
    network = Network([table])
    assert network.client().get_statement_csv(7) == "section\r\nposition\r\n"
    assert network.sent[0].headers["Accept"] == "text/csv"
