"""docs/guide.md, done from top to bottom as a reader would do it."""

import re
from datetime import UTC, datetime

import httpx

from infra.api_docs import GUIDE
from tests.e2e.shops import Network, created
from tests.e2e.test_api_guide import send, words_of
from tests.support.clouds import DeployedCloud

TEXT = GUIDE.with_name("guide.md").read_text()
STATUSES = {
    "health": 200,
    "card": 200,
    "quote": 200,
    "PURCHASE": 201,
    "enrolled": 201,
    "REDEMPTION": 201,
    "HOLD": 201,
    "captured": 201,
    "returned": 201,
    "cancelled": 201,
    "batch": 200,
    "refused": 422,
}
"""What each command is, in order; the name of a variable where a later command asks for its entry id."""


def test_the_guide_works_from_top_to_bottom(local_cloud: DeployedCloud, capsys) -> None:
    network = Network.of(local_cloud)
    shop = network.open_shop(earn_points=1)
    store = {"location_id": "store-1", "name": "Store 1", "time_zone": "America/New_York"}
    created(network.post(f"/v1/partners/{shop.partner_id}/locations", store))
    variables = {"PATH": "/usr/bin:/bin", "URL": network.base_url, "KEY": shop.key, "CARD": shop.enrol()}
    variables["NOW"] = datetime.now(UTC).strftime("%FT%TZ")

    commands = re.findall(r"```sh\n(.*?)```", TEXT, re.S)
    answers: dict[str, httpx.Response] = {}
    for (name, status), command in zip(STATUSES.items(), commands, strict=True):
        answers[name] = send(words_of(command, variables))
        assert answers[name].status_code == status, f"{command}\n{answers[name].text}"
        variables[name] = answers[name].json().get("entry_id", "")
        if name == "PURCHASE":
            again = send(words_of(command, variables))
            assert (again.content, again.headers["idempotency-replayed"]) == (answers[name].content, "true")

    assert answers["PURCHASE"].json()["points_balance"] == 42
    assert answers["captured"].json()["points_balance"] == 42 - 10 - 15
    assert [one["replayed"] for one in answers["batch"].json()["outcomes"]] == [False, True]
    assert answers["refused"].json()["code"] == "insufficient_points"

    (program,) = re.findall(r"```python\n(.*?)```", TEXT, re.S)
    exec(program, {name: variables[name] for name in ("URL", "KEY", "CARD")})
    assert capsys.readouterr().out == "42 points more, 68 in all\nonly 68 points\n"
