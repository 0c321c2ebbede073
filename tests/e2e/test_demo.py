"""The demo's own run, small: one household in forty of a real week, on a local cloud of its own."""

import subprocess
import sys

from infra.paths import ROOT


def test_a_small_demo_agrees_with_the_recount(in_full: bool) -> None:
    # Each till has processes of the functions to itself, which start first.
    tills = "4" if in_full else "2"
    done = subprocess.run(
        [sys.executable, "-m", "infra.demo", "--one-household-in", "40", "--seed", "11", "--callers", tills],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "figures agree with the independent recount." in done.stdout.splitlines()[-1]
    told = " ".join(done.stdout.split())
    assert "North Pharmacy is prepaid. One operator recorded that it had paid in 1,000.00 EUR" in told
    assert "10.95 EUR were taken from that, 989.05 EUR are left." in told
