"""The Python client against the deployed system, over a network that loses answers."""

from datetime import UTC, date, datetime, timedelta

import httpx
import pytest
from tessera_client import Exchange, NoAnswerError, Retries, Tessera, codes
from tessera_client.types import Money

from tests.e2e.shops import Network, Shop, eventually, fresh
from tests.support.clouds import DeployedCloud


class LosesAnswers(httpx.BaseTransport):
    """Delivers every request and loses the next `lose` answers."""

    def __init__(self) -> None:
        self.lose = 0
        self.keys: list[str | None] = []
        self._inner = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.keys.append(request.headers.get("Idempotency-Key"))
        answer = self._inner.handle_request(request)
        if self.lose:
            answer.read()
            self.lose -= 1
            raise httpx.ReadTimeout("the answer was lost", request=request)
        return answer


@pytest.fixture
def network(local_cloud: DeployedCloud) -> Network:
    return Network.of(local_cloud)


@pytest.fixture
def shop(network: Network) -> Shop:
    return network.open_shop()


def test_a_tills_day(network: Network, shop: Shop) -> None:
    transport, seen = LosesAnswers(), []
    at = {"location_id": "s1", "occurred_at": datetime.now(UTC)}
    total = Money(amount_cents=2_000, currency="USD")
    quick = Retries(attempts=3, base_seconds=0.01)
    with Tessera(network.base_url, shop.key, transport=transport, retries=quick, observe=seen.append) as tessera:
        card = tessera.enrol_member(contact=f"{fresh('c')}@example.com", **at).card_number

        transport.lose, before = 2, len(transport.keys)
        bought = tessera.record_purchase(card_number=card, receipt="r1", total=total, **at)
        assert seen[-1] == Exchange("record_purchase", 201, 3, replayed=True)
        assert len(set(transport.keys[before:])) == 1
        assert (bought.points, tessera.get_card(card).points_balance) == (100, 100)

        transport.lose = 3
        with pytest.raises(NoAnswerError) as lost:
            tessera.redeem_points(card_number=card, receipt="r2", points=60, **at)
        key = lost.value.idempotency_key
        spent = tessera.redeem_points(card_number=card, receipt="r2", points=60, **at, idempotency_key=key)
        assert (spent.points_balance, seen[-1].replayed) == (40, True)

        with pytest.raises(codes.InsufficientPointsError) as refused:
            tessera.redeem_points(card_number=card, receipt="r3", points=60, **at)
        assert refused.value.facts["points_available"] == 40
        with pytest.raises(codes.ScopeMissingError):
            tessera.list_partners()

        entries = list(tessera.iter_card_entries(card, limit=1))
        assert [(entry.op, entry.points) for entry in entries] == [("redeem", 60), ("earn", 100), ("enrol", 0)]
        assert entries[1].total.amount_cents == 2_000
        today = date.today()  # noqa: DTZ011 (a day on either side is asked for)
        days = {"from_": today - timedelta(days=1), "to": today + timedelta(days=1)}
        eventually(lambda: True if len(list(tessera.iter_entries(**days, limit=2))) == 3 else None, "three entries")
        assert tessera.get_bill(month=today.isoformat()[:7]).visits >= 2
        assert tessera.get_health().status == "ok"


def test_another_key_is_told_apart_from_a_refusal(network: Network) -> None:
    with Tessera(network.base_url, "tsk_test_nothing") as tessera, pytest.raises(codes.UnauthorizedError):
        tessera.list_locations()
