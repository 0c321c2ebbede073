"""Runs the ledger's stateful machine with one fresh seed after another until stopped or out of time.

`python -m tests.soak [--seconds N] [--seed N]`. On the first failure it prints the shortest sequence that
fails, the seed that finds it again, and ends with exit code 1.
"""

import argparse
import random
import sys
import time
import traceback

import hypothesis
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.soak.machine import COUNTED, SoakedLedger

EXAMPLES_A_SEED = 20
STEPS_AN_EXAMPLE = (30, 60, 120)
REPORT_SECONDS = 30
NOT_FAULTS = ("examples", "steps", "requests sent again")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, help="stop after so long; without it only a failure or Ctrl-C does")
    parser.add_argument("--seed", type=int, help="run this one seed only")
    asked = parser.parse_args()
    began = reported = time.monotonic()
    seeds = 0
    try:
        while asked.seconds is None or time.monotonic() - began < asked.seconds:
            seed = random.randrange(2**32) if asked.seed is None else asked.seed
            if not _holds(seed):
                print(f"FAILED with seed {seed}. Again: make soak SEED={seed}", flush=True)
                return 1
            seeds += 1
            if asked.seed is not None:
                break
            if time.monotonic() - reported >= REPORT_SECONDS:
                reported = time.monotonic()
                print(_progress(seeds, reported - began), flush=True)
    except KeyboardInterrupt:
        print("stopped")
    print(_progress(seeds, time.monotonic() - began))
    for fault in sorted(COUNTED.keys() - set(NOT_FAULTS)):
        print(f"  {COUNTED[fault]:>9,}  {fault}")
    print("No failure.")
    return 0


def _holds(seed: int) -> bool:
    steps = random.Random(seed).choice(STEPS_AN_EXAMPLE)
    as_here = settings(
        max_examples=EXAMPLES_A_SEED,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )
    try:
        run_state_machine_as_test(hypothesis.seed(seed)(SoakedLedger), settings=as_here)
    except Exception:  # noqa: BLE001  whatever the machine finds is the result
        traceback.print_exc()
        return False
    return True


def _progress(seeds: int, seconds: float) -> str:
    faults = sum(COUNTED[name] for name in COUNTED if name not in NOT_FAULTS)
    a_minute = COUNTED["examples"] / seconds * 60
    return (
        f"{seconds:,.0f} s: {seeds:,} seeds, {COUNTED['examples']:,} examples ({a_minute:,.0f} a minute), "
        f"{COUNTED['steps']:,} steps, {faults:,} faults injected, "
        f"{COUNTED['requests sent again']:,} requests sent again"
    )


if __name__ == "__main__":
    sys.exit(main())
