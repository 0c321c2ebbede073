"""`make serve`: what it prints works when pasted, and Ctrl-C leaves nothing behind."""

import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest

from infra.package import Package
from infra.paths import ROOT
from infra.serve import VARIABLES
from tests.support.processes import all_gone, processes_with

# `python -m infra.serve`; a shell that runs the tests in the background has its children ignore the interrupt.
_SERVE = """
import runpy, signal
signal.signal(signal.SIGINT, signal.default_int_handler)
runpy.run_module("infra.serve", run_name="__main__")
"""


@dataclass
class Serving:
    process: "subprocess.Popen[str]"
    printed: str

    @property
    def port(self) -> str:
        found = re.search(r"http://127\.0\.0\.1:(\d+)/", self.printed)
        assert found, self.printed
        return found[1]

    def commands(self) -> list[list[str]]:
        """The words of each curl command, as a shell would split them."""
        texts = re.findall(r"^  (curl .*?)\n\n", self.printed, re.S | re.M)
        return [shlex.split(text.replace("\\\n", "")) for text in texts]

    def tool_commands(self) -> list[list[str]]:
        return [shlex.split(line) for line in re.findall(r"^  (\S+/tessera .*)$", self.printed, re.M)]


@pytest.fixture
def serving(package: Package) -> Iterator[Serving]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    process = subprocess.Popen(
        [sys.executable, "-c", _SERVE],
        cwd=ROOT,
        env=clean,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        # Who runs the tests in the background may have Ctrl-C ignored, and children would inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 (calls one function of libc)
    )
    with process:
        printed = ""
        for line in process.stdout or ():
            printed += line
            if "Ctrl-C" in line:
                break
        try:
            yield Serving(process, printed)
        finally:
            process.kill()


def run(command: list[str]) -> str:
    """What the command prints, if it succeeds."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def send(command: list[str]) -> httpx.Response:
    """Do what the curl command says: the machine may have no curl."""
    headers, body, url = {}, None, ""
    words = iter(command[1:])
    for word in words:
        if word == "-H":
            name, value = next(words).split(": ", 1)
            headers[name] = value
        elif word == "-d":
            body = next(words)
        elif word == "-sw":
            next(words)
        else:
            url = word
    return httpx.request("POST" if body else "GET", url, headers=headers, content=body, timeout=30)


def test_the_printed_commands_work_and_ctrl_c_ends_every_process(serving: Serving) -> None:
    purchase, card = serving.commands()
    first, again = send(purchase), send(purchase)
    assert (first.status_code, first.json()["points"]) == (201, 42)
    assert (again.status_code, again.content) == (201, first.content)
    assert send(card).json()["points_balance"] == 42
    show, audit = serving.tool_commands()
    assert "bought for 42.10 USD" in run(show)
    assert "The ledger holds: 2 entries of 1 member" in run(audit)

    admin = run(["sh", "-c", f'. {VARIABLES} && printf "%s %s %s" "$URL" "$KEY" "$CARD"'])
    url, key, number = admin.split()
    assert number in " ".join(card)
    assert httpx.get(f"{url}/v1/keys", headers={"Authorization": f"Bearer {key}"}, timeout=30).status_code == 200

    entry = f"GATEWAY_PORT={serving.port}"
    assert len(processes_with(entry)) >= 3, "guard, emulator and Lambda workers"
    serving.process.send_signal(signal.SIGINT)
    assert serving.process.wait(20) == 0
    assert all_gone(entry)
    assert not VARIABLES.exists()
