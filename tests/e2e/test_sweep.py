"""The sweep function in its own role on the deployed stack, invoked as its schedule does."""

import json
import time
from typing import Any

from partners.till.model import ReserveRequest
from shared.kernel.clock import system_clock
from shared.ledger.model import Op
from tests.e2e.shops import Network, created, eventually, fresh
from tests.support.clouds import DeployedCloud


def sweep(cloud: DeployedCloud, event: dict[str, Any]) -> dict[str, Any]:
    done = cloud.client("lambda").invoke(FunctionName=cloud.stack.sweep_function, Payload=json.dumps(event).encode())
    answer: dict[str, Any] = json.loads(done["Payload"].read())
    assert "FunctionError" not in done, answer
    return answer


def test_a_hold_that_nobody_ended_is_released_without_anyone_coming_back(local_cloud: DeployedCloud) -> None:
    shop = Network.of(local_cloud).open_shop("swept-")
    services, card = local_cloud.services, shop.enrol()
    created(shop.post("/v1/purchases", shop.purchase(card, "s-1"), fresh("p")))
    request = ReserveRequest(card, "s1", "s-2", system_clock(), 60, ttl_seconds=1)
    hold = services.holds.reserve(shop.partner_id, fresh("h"), request)
    time.sleep(1.1)

    event = {"run": fresh("e2e-"), "segments": 3}
    answer = eventually(lambda: found if (found := sweep(local_cloud, event))["complete"] else None, "its end")
    member = services.members.card(card).member
    last = list(services.ledger.history(member))[-1]
    assert (last.op, last.account.points_held, last.account.points_active) == (Op.LAPSE, 0, 100)
    assert last.seq == int(hold.hold_id.rpartition("-")[2]) + 1
    assert answer["accounts"] >= 1
    assert sweep(local_cloud, event) == answer
    assert list(services.ledger.history(member))[-1] == last


def test_the_schedule_drives_the_run_of_the_day(local_cloud: DeployedCloud) -> None:
    events = local_cloud.client("events")
    rules = [
        rule["Name"] for rule in events.list_rules()["Rules"] if rule.get("ScheduleExpression") == "rate(5 minutes)"
    ]
    inputs = [target.get("Input") for rule in rules for target in events.list_targets_by_rule(Rule=rule)["Targets"]]
    (given,) = [json.loads(text) for text in inputs if text and "every_days" in text]
    assert given == {"every_days": 1}
    answer = sweep(local_cloud, given)
    assert answer["run"].startswith("scheduled-")
    assert local_cloud.services.sweep.scheduled(segments=1, every_days=1).run_id == answer["run"]
