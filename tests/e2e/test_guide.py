"""The commands of the guide and of the pages that go on from it, pasted into a shell from top to bottom."""

import json
import re
import shlex
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

from infra.api_docs import GUIDE
from tests.e2e.shops import Network, created
from tests.support import curl, make
from tests.support.clouds import DeployedCloud


def text_of(name: str) -> str:
    return GUIDE.with_name(f"{name}.md").read_text()


def commands_of(name: str) -> list[str]:
    return [textwrap.dedent(block) for block in re.findall(r"^ *```sh\n(.*?)^ *```$", text_of(name), re.S | re.M)]


class Reader:
    """Somebody with a shell, into whose folder `make serve` has written what it sets."""

    def __init__(self, folder: Path, cloud: DeployedCloud) -> None:
        network = Network.of(cloud)
        shop = network.open_shop(earn_points=1)
        store = {"location_id": "store-1", "name": "Store 1", "time_zone": "America/New_York"}
        created(network.post(f"/v1/partners/{shop.partner_id}/locations", store))
        self.variables = {"URL": network.base_url, "KEY": shop.key, "CARD": shop.enrol()}
        self.folder, self.log = folder, folder / "log"
        lines = [f"export {name}={shlex.quote(value)}\n" for name, value in self.variables.items()]
        programs = {
            "curl": [sys.executable, curl.__file__, str(self.log)],
            "make": [sys.executable, make.__file__, network.base_url],
            "python3": [sys.executable],
        }
        (folder / ".build").mkdir()
        (folder / ".build" / "serve.env").write_text("".join(lines))
        (folder / "bin").mkdir()
        for name, words in programs.items():
            (folder / "bin" / name).write_text(f'#!/bin/sh\nexec {shlex.join(words)} "$@"\n')
            (folder / "bin" / name).chmod(0o700)

    def paste(self, commands: list[str]) -> list[dict[str, Any]]:
        """What each request was answered. A variable that no command has set is an error."""
        self.log.write_text("")
        done = subprocess.run(
            ["sh", "-eu", "-c", "\n".join(commands)],
            cwd=self.folder,
            env={"PATH": f"{self.folder}/bin:/usr/bin:/bin", "PYTHONPATH": str(GUIDE.parents[1])},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in self.log.read_text().splitlines()]


@pytest.fixture
def reader(tmp_path: Path, local_cloud: DeployedCloud) -> Reader:
    return Reader(tmp_path, local_cloud)


def test_the_guide_works_from_top_to_bottom(
    reader: Reader, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    commands = commands_of("guide")
    (purchase,) = [number for number, command in enumerate(commands) if command.startswith("PURCHASE=")]
    answers = reader.paste([*commands[: purchase + 1], *commands[purchase:]])
    statuses = [200, 200, 200, 201, 201, 201, 201, 201, 201, 201, 201, 200, 422]
    assert [one["status"] for one in answers] == statuses, answers
    first, again = answers[3:5]
    assert (first["body"], again["replayed"]) == (again["body"], "true")
    bodies = [json.loads(one["body"]) for one in answers]
    assert bodies[3]["points_balance"] == 42
    assert bodies[8]["points_balance"] == 42 - 10 - 15
    assert [one["replayed"] for one in bodies[11]["outcomes"]] == [False, True]
    assert bodies[12]["code"] == "insufficient_points"

    (program,) = re.findall(r"```python\n(.*?)```", text_of("guide"), re.S)
    for name, value in reader.variables.items():
        monkeypatch.setenv(name, value)
    exec(program, {})
    assert capsys.readouterr().out == "42 points more, 68 in all\nonly 68 points\n"


def test_webhooks_and_connectors_are_set_up_by_the_commands_that_are_shown(reader: Reader) -> None:
    from_the_guide = commands_of("guide")[:2]
    answers = reader.paste([*from_the_guide, *commands_of("webhooks")])
    assert [one["status"] for one in answers] == [201, 201, 200, 201, 201], answers
    answers = reader.paste([*from_the_guide, *commands_of("connectors")])
    assert [one["status"] for one in answers] == [201, 201, 201, 201, 200, 200, 201, 200, 200], answers


def test_keys_are_issued_rotated_and_revoked_by_the_commands_that_are_shown(reader: Reader) -> None:
    answers = reader.paste([*commands_of("guide")[:2], *commands_of("keys")])
    assert [one["status"] for one in answers] == [201, 200, 201, 200, 200], answers
    till, successor = json.loads(answers[1]["body"]), json.loads(answers[3]["body"])
    assert (successor["replaces"], successor["scopes"]) == (till["key_id"], till["scopes"])
    in_use = {one["key_id"] for one in json.loads(answers[4]["body"])["keys"]}
    assert till["key_id"] in in_use
    assert successor["key_id"] not in in_use


def test_the_first_operator_signs_in_and_brings_another_in_by_the_commands_that_are_shown(reader: Reader) -> None:
    first, *rest = commands_of("operators")
    credential = f'PRINTED=$(\n{first}\n)\nCREDENTIAL=$(printf "%s" "$PRINTED" | tail -n 1)'
    answers = reader.paste([*commands_of("guide")[:2], credential, *rest])
    assert [one["status"] for one in answers] == [201, 201, 201, 201, 200, 200, 200], answers
    trail, checked = (json.loads(one["body"]) for one in answers[5:])
    assert {one["by"] for one in trail["records"]} == {"ann"}
    assert checked["first_broken"] is None
