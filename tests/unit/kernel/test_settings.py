"""A deployment that lacks a setting says which."""

import pytest

from shared.kernel.settings import InvalidSettingError, MissingSettingError, Settings

COMPLETE = {
    "TESSERA_STAGE": "test",
    "AWS_REGION": "us-east-1",
    "TESSERA_LEDGER_TABLE": "l",
    "TESSERA_MEMBERS_TABLE": "m",
    "TESSERA_PARTNERS_TABLE": "p",
    "TESSERA_PAGES_TABLE": "g",
    "TESSERA_AUDIT_TABLE": "a",
    "TESSERA_SWEEPS_TABLE": "w",
    "TESSERA_BOOKS_TABLE": "o",
    "TESSERA_BILLING_TABLE": "b",
    "TESSERA_CONNECTORS_TABLE": "c",
    "TESSERA_CONNECTORS_QUEUE_URL": "q",
    "TESSERA_CONNECTOR_FILES_QUEUE_URL": "q",
    "TESSERA_CONNECTORS_BUCKET": "b",
    "TESSERA_CONNECTORS_KEY_ID": "k",
    "TESSERA_STRIPE_SECRET_ID": "s",
    "TESSERA_WEBHOOKS_TABLE": "h",
    "TESSERA_SETTLEMENT_TABLE": "s",
    "TESSERA_RECORDS_BUCKET": "r",
    "TESSERA_RECONCILIATION_QUEUE_URL": "q",
    "TESSERA_STATEMENT_KEY_ID": "k",
    "TESSERA_TRAIL_TABLE": "t",
    "TESSERA_WEBHOOK_QUEUE_URL": "u",
    "TESSERA_WEBHOOK_SECRET_ID": "k",
    "TESSERA_POSTING_DEAD_LETTER_URL": "q",
    "TESSERA_SECRET_ID": "s",
}


def test_the_stream_is_taken_for_awss_unless_said_otherwise():
    assert Settings.from_env(COMPLETE).stream_source == "aws"


def test_points_are_real_unless_said_otherwise():
    assert Settings.from_env(COMPLETE).key_mode == "live"
    assert Settings.from_env({**COMPLETE, "TESSERA_KEY_MODE": "test"}).key_mode == "test"


@pytest.mark.parametrize("value", ["", "Live", "prod", "live "])
def test_another_key_mode_is_refused_by_name(value):
    with pytest.raises(InvalidSettingError, match=f"TESSERA_KEY_MODE is '{value}'"):
        Settings.from_env({**COMPLETE, "TESSERA_KEY_MODE": value})


def test_cashback_is_paid_out_from_ten_units_on_unless_said_otherwise():
    assert Settings.from_env(COMPLETE).payout_minimum_cents == 1_000
    assert Settings.from_env({**COMPLETE, "TESSERA_PAYOUT_MINIMUM_CENTS": "1"}).payout_minimum_cents == 1


def test_events_are_kept_whole_for_up_to_a_month():
    assert Settings.from_env(COMPLETE).original_event_days == 30
    assert Settings.from_env({**COMPLETE, "TESSERA_ORIGINAL_EVENT_DAYS": "0"}).original_event_days == 0


@pytest.mark.parametrize("value", ["", "31", "-1", "x", "\u0665"])
def test_another_time_for_events_is_refused_by_name(value):
    with pytest.raises(InvalidSettingError, match="TESSERA_ORIGINAL_EVENT_DAYS is "):
        Settings.from_env({**COMPLETE, "TESSERA_ORIGINAL_EVENT_DAYS": value})


@pytest.mark.parametrize("value", ["", "0", "-5", "10.00", "²"])
def test_another_payout_minimum_is_refused_by_name(value):
    with pytest.raises(InvalidSettingError, match="TESSERA_PAYOUT_MINIMUM_CENTS is "):
        Settings.from_env({**COMPLETE, "TESSERA_PAYOUT_MINIMUM_CENTS": value})


@pytest.mark.parametrize("name", COMPLETE)
def test_a_missing_variable_is_named(name):
    env = {key: value for key, value in COMPLETE.items() if key != name}
    with pytest.raises(MissingSettingError, match=name):
        Settings.from_env(env)


def test_webhooks_go_to_local_receivers_only_where_keys_are_for_tests():
    assert Settings.from_env(COMPLETE).webhook_receivers == "public"
    local = {**COMPLETE, "TESSERA_WEBHOOK_RECEIVERS": "local"}
    assert Settings.from_env({**local, "TESSERA_KEY_MODE": "test"}).webhook_receivers == "local"
    with pytest.raises(InvalidSettingError, match="TESSERA_WEBHOOK_RECEIVERS is 'local'"):
        Settings.from_env(local)
    with pytest.raises(InvalidSettingError, match="TESSERA_WEBHOOK_RECEIVERS is 'any'"):
        Settings.from_env({**COMPLETE, "TESSERA_KEY_MODE": "test", "TESSERA_WEBHOOK_RECEIVERS": "any"})
