"""The audit function in its own role on the deployed stack, invoked as its schedule does."""

import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.e2e.shops import Network, created, eventually, fresh, now
from tests.support.clouds import DeployedCloud


def audit(cloud: DeployedCloud, event: dict[str, Any]) -> dict[str, Any]:
    done = cloud.client("lambda").invoke(FunctionName=cloud.stack.audit_function, Payload=json.dumps(event).encode())
    answer: dict[str, Any] = json.loads(done["Payload"].read())
    assert "FunctionError" not in done, answer
    return answer


def test_a_run_by_name_walks_everything_and_its_verdict_stays(local_cloud: DeployedCloud) -> None:
    shop = Network.of(local_cloud).open_shop("audited-")
    card = shop.enrol()
    created(shop.post("/v1/purchases", shop.purchase(card, "a-1"), fresh("p")))
    given = {
        "card_number": card,
        "to_card_number": shop.enrol(),
        "location_id": "s1",
        "occurred_at": now(),
        "points": 9,
    }
    created(shop.post("/v1/transfers", given, fresh("t")))
    shop.posted_entries(5)

    event = {"run": f"e2e-{uuid.uuid4().hex[:12]}", "segments": 3, "settled_for_seconds": 0}
    answer = eventually(lambda: found if (found := audit(local_cloud, event))["complete"] else None, "a verdict")
    run = local_cloud.services.audit.begin(event["run"], segments=3, settled_for_ms=0)
    assert run.verdict is not None
    assert (answer["run"], answer["findings"]) == (run.run_id, run.verdict.total.findings_in_all)
    assert run.verdict.total.entries >= 2
    # Other tests plant faults of their own in the same stack.
    member = local_cloud.services.members.card(card).member
    subjects = [finding.subject for finding in run.verdict.total.findings]
    assert not [subject for subject in subjects if subject.startswith((member, shop.partner_id))]


def test_the_schedule_drives_the_run_of_the_day(local_cloud: DeployedCloud) -> None:
    rules = local_cloud.client("events").list_rules()["Rules"]
    assert "rate(5 minutes)" in [rule.get("ScheduleExpression") for rule in rules]
    answer = audit(local_cloud, {})
    assert answer["run"].startswith("daily-")
    assert local_cloud.services.audit.daily(segments=1, settled_for_ms=0).run_id == answer["run"]


def test_the_books_of_a_month_are_closed_once_it_is_over_and_operators_read_them(local_cloud: DeployedCloud) -> None:
    shop = Network.of(local_cloud).open_shop("booked-")
    created(shop.post("/v1/purchases", shop.purchase(shop.enrol(), "b-1"), fresh("p")))
    over = (datetime.now(UTC).replace(day=1) + timedelta(days=32)).replace(day=1, hour=2)
    event = {"as_of": over.isoformat(), "segments": 2}

    def closed() -> bool:
        name = local_cloud.stack.books_function
        done = local_cloud.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event).encode())
        answer = json.loads(done["Payload"].read())
        assert "FunctionError" not in done, answer
        return bool(answer["complete"])

    eventually(closed, "the books")
    (newest, *_) = shop.network.get("/v1/books").json()["books"]
    book = shop.network.get(f"/v1/books/{newest['month']}").json()
    assert book["digest"] == newest["digest"]
    assert shop.partner_id in {row["issuer"] for row in book["issuers"]}
    assert shop.network.get("/v1/receivables").status_code == 200
    assert shop.network.get("/v1/money-balance").json()["contradictions"] == []
