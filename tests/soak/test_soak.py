"""The long run itself: it runs, counts, and fails with the seed that reproduces what it found."""

import sys

import hypothesis.strategies as st
import pytest
from hypothesis.stateful import RuleBasedStateMachine, rule

from tests.soak import __main__ as soak
from tests.soak.machine import COUNTED


class BreaksAtFive(RuleBasedStateMachine):
    @rule(number=st.integers(0, 9))
    def count(self, number):
        assert number < 5


@pytest.fixture(autouse=True)
def short(monkeypatch):
    monkeypatch.setattr(soak, "EXAMPLES_A_SEED", 4)
    monkeypatch.setattr(soak, "STEPS_AN_EXAMPLE", (20,))
    COUNTED.clear()


def test_a_seed_runs_and_says_what_it_did(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["soak", "--seed", "7"])
    assert soak.main() == 0
    assert "1 seeds, 4 examples" in capsys.readouterr().out


def test_a_failure_names_the_seed_and_the_exit_code(monkeypatch, capsys):
    monkeypatch.setattr(soak, "SoakedLedger", BreaksAtFive)
    monkeypatch.setattr(sys, "argv", ["soak", "--seed", "7"])
    assert soak.main() == 1
    printed = capsys.readouterr()
    assert "Again: make soak SEED=7" in printed.out
    assert "reproduce_failure" in printed.out + printed.err
