"""Any sequence of commands, faults included, against a plain reference that shares no code with the ledger."""

import random
from dataclasses import replace

from hypothesis import settings

from shared.kernel.errors import TesseraError
from shared.ledger import errors
from shared.ledger.model import Op
from shared.ledger.passing_time import pass_time
from tests.support.examples import examples
from tests.unit.ledger.machine import HAPPENED, HOUR_MS, rare_step, step
from tests.unit.ledger.one_account_rules import OneAccountRules
from tests.unit.ledger.reference_answers import has_any_age, is_the_operators
from tests.unit.ledger.two_account_rules import TwoAccountRules


class LedgerAgainstReference(OneAccountRules, TwoAccountRules):
    @step
    def repeat_an_accepted_request(self, luck):
        command, entry = luck.choice(self.accepted)
        if is_the_operators(command):
            command = replace(command, occurred_at_ms=self.clock())
        again = self.send(command)
        if not self.is_old(command) or has_any_age(command):
            assert again == entry

    @rare_step
    def misuse_a_key(self, luck):
        command, _ = luck.choice(self.accepted)
        again = self.send(replace(command, body_hash=bytes(16)))
        if not self.is_old(command) or has_any_age(command):
            assert again is None

    @step
    def time_passes(self, luck):
        hours, part = luck.choice((1, 1, 23, 24, 24, 24 * 7, 24 * 25, 24 * 32)), luck.random()
        now = self.clock()
        self.clock.advance(ms=hours * HOUR_MS)
        for card in self.cards:
            account = self.head(card)
            between, _ = pass_time(account, now + int(part * hours * HOUR_MS))
            assert pass_time(between, self.clock())[0] == pass_time(account, self.clock())[0]

    @rare_step
    def the_next_reply_is_lost(self, luck):
        self.journal.lose_replies = 1

    @rare_step
    def the_next_reads_are_stale(self, luck):
        self.journal.stale_reads = luck.randint(1, 3)


def test_every_operation_takes_effect_and_every_refusal_is_met(in_full):
    """Else the machine would say little. Its steps are taken here as they come, without Hypothesis."""
    luck = random.Random(1)
    HAPPENED.clear()
    refusals = {error.code for error in vars(errors).values() if _is_refusal(error)} - NEEDS_MORE
    every = {op.value for op in Op} | refusals | {"repeated"}
    for _ in range(20):
        machine = LedgerAgainstReference()
        for _ in range(150):
            machine.happens(luck)
        machine.teardown()
        if set(HAPPENED) == every and not in_full:
            break
    assert set(HAPPENED) == every


def _is_refusal(error):
    return isinstance(error, type) and issubclass(error, TesseraError) and error.__module__ == errors.__name__


NEEDS_MORE = {"account_busy", "account_full", "account_full_today"}
"""Ten lost races in a row, thousands of entries."""

TestLedgerAgainstReference = LedgerAgainstReference.TestCase
TestLedgerAgainstReference.settings = settings(
    max_examples=examples(quick=15, full=50), stateful_step_count=100, deadline=None
)
