"""What a message may do next: sent again for a day only, a duplicate believed only if it is ours."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners.billing.outbox import (
    HOUR_MS,
    LEASE_MS,
    RESEND_MS,
    Answer,
    Intent,
    Message,
    Stage,
    accounted_for_without,
    answered,
    confirmed,
    is_due,
    missing,
    needs_people,
    refused_later,
    replaceable,
    replacing,
    sending,
)
from shared.kernel.clock import DAY_MS

HOUR = 499_164  # 2026-12-11, 12 o'clock UTC
NOW = (HOUR + 2) * HOUR_MS
INTENT = Intent("harvest", HOUR, 1, 5, "cus_1")
SEALED = Message(INTENT)


def attempt(message: Message, now_ms: int, answer: Answer) -> Message:
    return answered(sending(message, now_ms), message.intent, answer)


def test_the_identifier_names_partner_hour_and_number_and_the_time_lies_within_the_hour() -> None:
    assert INTENT.identifier == "v1:harvest:2026121112:1"
    assert INTENT.timestamp // 3_600 == HOUR
    assert SEALED.idempotency_key == INTENT.identifier


def test_a_message_taken_is_accepted_and_sent_no_more() -> None:
    taken = attempt(SEALED, NOW, Answer.TAKEN)
    assert taken.stage is Stage.ACCEPTED
    assert not is_due(taken, NOW + DAY_MS)


@pytest.mark.parametrize("answer", [Answer.LOST, Answer.FAILED])
def test_an_unknown_outcome_is_asked_about_again_for_a_day_and_never_after(answer: Answer) -> None:
    lost = attempt(SEALED, NOW, answer)
    assert lost.stage is Stage.AMBIGUOUS
    assert not is_due(lost, NOW + 30_000)
    assert is_due(lost, NOW + 60_000)
    assert is_due(lost, NOW + RESEND_MS - 1)
    assert not any(is_due(lost, NOW + RESEND_MS + days * DAY_MS) for days in range(40))


def test_the_day_counts_from_the_first_attempt() -> None:
    second = attempt(attempt(SEALED, NOW, Answer.LOST), NOW + DAY_MS // 2, Answer.LOST)
    assert is_due(second, NOW + RESEND_MS - 1)
    assert not is_due(second, NOW + RESEND_MS)


def test_a_duplicate_of_what_was_sent_before_was_delivered() -> None:
    lost = attempt(SEALED, NOW, Answer.LOST)
    assert attempt(lost, NOW + 60_000, Answer.DUPLICATE).stage is Stage.ACCEPTED


def test_a_duplicate_of_what_was_never_sent_is_somebody_elses() -> None:
    assert attempt(SEALED, NOW, Answer.DUPLICATE).stage is Stage.REJECTED


def test_a_refusal_for_being_busy_is_no_attempt_that_could_explain_a_duplicate() -> None:
    busy = attempt(SEALED, NOW, Answer.BUSY)
    assert busy.stage is Stage.SEALED
    assert attempt(busy, NOW + 60_000, Answer.DUPLICATE).stage is Stage.REJECTED


def test_a_duplicate_of_another_intent_than_the_stored_one_is_not_believed() -> None:
    stored = sending(attempt(SEALED, NOW, Answer.LOST), NOW + 60_000)
    assert answered(stored, replace(INTENT, quantity=6), Answer.DUPLICATE).stage is Stage.REJECTED


def test_a_worker_that_fell_silent_is_taken_over_after_its_lease() -> None:
    begun = sending(SEALED, NOW)
    assert not is_due(begun, NOW + LEASE_MS - 1)
    assert is_due(begun, NOW + LEASE_MS)


def test_a_500_changes_the_key_and_not_the_identifier() -> None:
    failed = attempt(SEALED, NOW, Answer.FAILED)
    assert failed.idempotency_key == f"{INTENT.identifier}:1"
    assert attempt(SEALED, NOW, Answer.LOST).idempotency_key == INTENT.identifier


def test_what_is_older_than_35_days_is_not_sent() -> None:
    late = sending(SEALED, NOW + 35 * DAY_MS)
    assert late.stage is Stage.REJECTED
    assert late.sends == 0


@pytest.mark.parametrize("stage", [Stage.SENDING, Stage.AMBIGUOUS, Stage.ACCEPTED, Stage.CONFIRMED])
def test_stripe_may_refuse_later_at_any_stage(stage: Stage) -> None:
    assert refused_later(replace(SEALED, stage=stage), "no such customer").stage is Stage.REJECTED


def test_a_late_answer_does_not_undo_what_is_known() -> None:
    rejected = refused_later(sending(SEALED, NOW), "no such customer")
    assert answered(rejected, INTENT, Answer.TAKEN) is rejected


def messages(*quantities: int) -> list[Message]:
    return [
        Message(replace(INTENT, seq=seq, quantity=quantity), stage=Stage.ACCEPTED)
        for seq, quantity in enumerate(quantities, 1)
    ]


def test_a_count_confirms_what_makes_it_up_and_nothing_else() -> None:
    sure, (perhaps,) = messages(5, 2), messages(3)
    lost = replace(perhaps, intent=replace(INTENT, seq=3, quantity=3), stage=Stage.AMBIGUOUS)
    assert {one.intent.seq for one in confirmed([*sure, lost], 10)} == {1, 2, 3}
    assert {one.intent.seq for one in confirmed([*sure, lost], 7)} == {1, 2}
    assert confirmed([*sure, lost], 8) == []
    assert confirmed([*sure, lost], 0) == []


def test_a_replaced_message_no_longer_tells_of_its_visits() -> None:
    rejected = refused_later(SEALED, "no such customer")
    assert missing(5, [rejected]) == 0
    assert replaceable(rejected, NOW)
    assert missing(5, [replacing(rejected)]) == 5
    assert not replaceable(replacing(rejected), NOW)


def test_what_was_not_sent_for_a_day_needs_people_and_goes_on_being_sent() -> None:
    busy = attempt(SEALED, NOW, Answer.BUSY)
    day_later = (HOUR + 1) * HOUR_MS + DAY_MS
    assert not needs_people(busy, day_later - 1)
    assert needs_people(busy, day_later)
    assert is_due(busy, day_later)
    assert not replaceable(busy, day_later)


def test_what_was_taken_and_is_not_counted_for_a_day_needs_people_and_can_be_replaced() -> None:
    taken = attempt(SEALED, NOW, Answer.TAKEN)
    assert not needs_people(taken, NOW + DAY_MS - 1)
    assert needs_people(taken, NOW + DAY_MS)
    assert replaceable(taken, NOW + DAY_MS)
    (counted,) = confirmed([taken], 5)
    assert not needs_people(counted, NOW + 30 * DAY_MS)
    assert not replaceable(counted, NOW + 30 * DAY_MS)


def test_a_key_that_stripe_refuses_loses_no_message_and_needs_people_at_once() -> None:
    denied = attempt(SEALED, NOW, Answer.DENIED)
    assert denied.stage is Stage.SEALED
    assert needs_people(denied, NOW)
    assert not replaceable(denied, NOW)
    assert is_due(denied, NOW + HOUR_MS)
    assert attempt(denied, NOW + HOUR_MS, Answer.TAKEN).stage is Stage.ACCEPTED
    lost = attempt(SEALED, NOW, Answer.LOST)
    assert attempt(lost, NOW + 60_000, Answer.DENIED).stage is Stage.AMBIGUOUS


def test_a_message_is_not_counted_if_the_others_of_its_hour_make_up_the_count() -> None:
    five, two = messages(5, 2)
    assert accounted_for_without(five, [five, two], 2)
    assert not accounted_for_without(two, [five, two], 2)
    assert accounted_for_without(two, [five, two], 0)
    assert not accounted_for_without(two, [five, two], 6)
    (counted,) = confirmed([five], 5)
    assert not accounted_for_without(two, [counted, two], 2)


def test_a_lost_message_can_be_replaced_only_when_it_can_no_longer_arrive() -> None:
    lost = attempt(SEALED, NOW, Answer.LOST)
    assert not replaceable(lost, NOW + DAY_MS)
    assert replaceable(lost, NOW + 2 * DAY_MS)


@given(st.lists(st.sampled_from([Answer.LOST, Answer.FAILED, Answer.BUSY]), max_size=60))
def test_attempts_of_one_message_that_may_arrive_lie_within_a_day(answers: list[Answer]) -> None:
    message, now_ms, arrivals = SEALED, NOW, []
    for answer in answers:
        while not is_due(message, now_ms) and now_ms < NOW + 3 * DAY_MS:
            now_ms += 60_000
        if not is_due(message, now_ms):
            break
        message = attempt(message, now_ms, answer)
        if answer is not Answer.BUSY:
            arrivals.append(now_ms)
    assert not arrivals or arrivals[-1] - arrivals[0] < DAY_MS
