"""The commands that docs/api.md shows work as they stand there."""

import re
import subprocess

import httpx

from infra.api_docs import GUIDE
from tests.e2e.shops import Network, created
from tests.support.clouds import DeployedCloud

# A shell reads the words, so quoting and $(date) mean what they mean to a reader who pastes them.
WORDS = "curl() { printf '%s\\0' \"$@\"; }\n"


def words_of(command: str, environment: dict[str, str]) -> list[str]:
    done = subprocess.run(["sh", "-c", WORDS + command], env=environment, capture_output=True, text=True, check=True)
    return done.stdout.split("\0")[:-1]


def send(words: list[str]) -> httpx.Response:
    assert words[0] == "-s"
    url, *options = words[1:]
    headers, body = [], None
    for option, value in zip(options[::2], options[1::2], strict=True):
        if option == "-d":
            body = value
        else:
            assert option == "-H"
            headers.append(tuple(value.split(": ", 1)))
    return httpx.request("GET" if body is None else "POST", url, headers=headers, content=body, timeout=60)


def test_the_calls_of_the_guide_work_when_pasted(local_cloud: DeployedCloud) -> None:
    network = Network.of(local_cloud)
    shop = network.open_shop()
    store = {"location_id": "store-1", "name": "Store 1", "time_zone": "America/New_York"}
    created(network.post(f"/v1/partners/{shop.partner_id}/locations", store))
    card = shop.enrol()
    other = shop.enrol()
    environment = {"PATH": "/usr/bin:/bin", "URL": network.base_url, "KEY": shop.key, "CARD": card, "OTHER": other}

    commands = re.findall(r"```sh\n(.*?)```", GUIDE.read_text(), re.S)
    looked_up, bought, given = [send(words_of(command, environment)) for command in commands]
    assert looked_up.json()["card_number"] == card
    assert created(bought)["points"] == 210
    assert created(given)["points_balance"] == 190
