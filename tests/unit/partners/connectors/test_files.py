"""Till files: each line once, results beside it, and what was refused waits in the queue as one item."""

import pytest

from partners.connectors.foreign import TillFile
from partners.connectors.model import Connection
from partners.connectors.words import FILE_LIMIT_BYTES, Kind
from partners.till.purchase_file import COLUMNS
from shared.kernel.errors import StoreUnavailableError
from shared.kernel.hearing import Heard
from tests.unit.partners.connectors.desk import Desk
from tests.unit.partners.connectors.lines import as_file, bought, results


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def folder(desk: Desk) -> Connection:
    return desk.connect(Kind.FILE)


def lines(desk: Desk, *keys: str, **changes: str) -> bytes:
    return as_file(*(bought(desk, key, **changes) for key in keys), columns=COLUMNS)


def test_each_line_is_recorded_once_whatever_file_it_comes_in(desk: Desk, folder: Connection) -> None:
    assert desk.put_file(folder, lines(desk, "k-1", "k-2")) is Heard.NEW
    assert desk.put_file(folder, lines(desk, "k-1", "k-2")) is Heard.KNOWN
    desk.run()
    assert results(desk, folder) == [("2", "recorded", ""), ("3", "recorded", "")]
    desk.put_file(folder, lines(desk, "k-2", "k-3"), "second.csv")
    desk.run()
    assert results(desk, folder, "second.csv") == [("2", "again", ""), ("3", "recorded", "")]
    assert desk.points == 150
    assert desk.queue(folder) == []


def test_bad_lines_do_not_stop_good_ones_and_the_file_waits_in_the_queue(desk: Desk, folder: Connection) -> None:
    wrong_place = lines(desk, "k-3", location_id="s9").splitlines()[1]
    raw = lines(desk, "k-1") + lines(desk, "k-2", amount_cents="1.5").splitlines()[1] + b"\n" + wrong_place
    desk.put_file(folder, raw)
    desk.run()
    assert results(desk, folder) == [
        ("2", "recorded", ""),
        ("3", "refused", "bad_line"),
        ("4", "refused", "unknown_location"),
    ]
    (item,) = desk.queue(folder)
    assert item.reason
    assert item.reason.detail.startswith("2 of 3 lines were refused")
    desk.put_file(folder, lines(desk, "k-1", "k-2", "k-3"), etag="e2")
    desk.run()
    assert results(desk, folder) == [("2", "again", ""), ("3", "recorded", ""), ("4", "recorded", "")]
    assert desk.queue(folder) == []


def test_a_quote_that_is_wrong_leaves_no_line_of_which_nothing_is_said(desk: Desk, folder: Connection) -> None:
    raw = lines(desk, "k-1", "k-2", "k-3", "k-4")
    desk.put_file(folder, raw.replace(b"r-k-2", b'"r"2'))
    desk.run()
    assert [outcome for _, outcome, _ in results(desk, folder)] == ["recorded", "refused", "recorded", "recorded"]
    desk.put_file(folder, raw.replace(b"r-k-3", b'"r-k-3'), etag="e2")
    desk.run()
    assert [outcome for _, outcome, _ in results(desk, folder)] == ["again", "recorded", "refused", "refused"]
    (item,) = desk.queue(folder)
    assert item.reason
    assert item.reason.detail.startswith("2 of 4 lines were refused")


def test_lines_that_are_too_old_are_recorded_when_the_operator_asks(desk: Desk, folder: Connection) -> None:
    desk.put_file(folder, lines(desk, "k-1", occurred_at="2026-09-15T05:58:10-06:00"))
    desk.run()
    for any_age, code in ((False, "occurred_too_long_ago"), (True, "")):
        desk.unmapped.retry_all("alpha", folder.connection_id, any_age=any_age)
        desk.run()
        assert [found for _, _, found in results(desk, folder)] == [code]
    assert desk.queue(folder) == []
    assert desk.points == 50


def test_what_the_operator_asked_for_holds_for_no_file_put_later(desk: Desk, folder: Connection) -> None:
    old = "2026-09-15T05:58:10-06:00"
    desk.put_file(folder, lines(desk, "k-1", occurred_at=old))
    desk.run()
    desk.unmapped.retry_all("alpha", folder.connection_id, any_age=True)
    desk.run()
    desk.put_file(folder, lines(desk, "k-2", "k-3", occurred_at=old), etag="e2")
    desk.run()
    assert results(desk, folder) == [(line, "refused", "occurred_too_long_ago") for line in ("2", "3")]
    assert desk.points == 50
    # Nor for what the partner has tried again after the operator's try was refused in part.
    desk.unmapped.retry_all("alpha", folder.connection_id)
    desk.run()
    assert desk.points == 50


def test_the_operator_has_no_file_recorded_but_the_one_that_waited(desk: Desk, folder: Connection) -> None:
    old = "2026-09-15T05:58:10-06:00"
    desk.put_file(folder, lines(desk, "k-1", occurred_at=old))
    desk.run()
    desk.unmapped.retry_all("alpha", folder.connection_id, any_age=True)
    # Put in its place before the work is done; S3 tells of it later.
    key = f"incoming/alpha/{folder.connection_id}/late.csv"
    desk.bucket.objects[key], desk.bucket.tags[key] = lines(desk, "k-1", "k-2", occurred_at=old), "e2"
    desk.run()
    assert [item.reason and item.reason.code for item in desk.queue(folder)] == ["file_gone"]
    assert desk.points == 0
    desk.put_file(folder, desk.bucket.objects[key], etag="e2")
    desk.run()
    assert [code for _, _, code in results(desk, folder)] == ["occurred_too_long_ago"] * 2


def test_the_same_file_put_again_is_recorded_once_the_cause_of_its_refusal_is_gone(
    desk: Desk, folder: Connection
) -> None:
    raw = lines(desk, "k-1", location_id="s9")
    desk.put_file(folder, raw)
    desk.run()
    assert results(desk, folder) == [("2", "refused", "unknown_location")]
    desk.shop.contracts.places.add(("alpha", "s9"))
    for put_id, outcome in (("put-2", "recorded"), ("put-3", "again")):
        desk.put_file(folder, raw, put_id=put_id)
        desk.run()
        assert results(desk, folder) == [("2", outcome, "")]
    assert (desk.queue(folder), desk.points) == ([], 50)


def test_a_line_that_earned_on_one_card_earns_on_no_other(desk: Desk, folder: Connection) -> None:
    other = desk.shop.enrol("bob@example.com")
    desk.put_file(folder, lines(desk, "k-1"))
    desk.run()
    for number, (card, code) in enumerate(((other, "idempotency_key_of_another_card"), (desk.card, ""))):
        desk.put_file(folder, lines(desk, "k-1", card_number=card), name="mended.csv", etag=f"m-{number}")
        desk.run()
        assert results(desk, folder, "mended.csv") == [("2", "refused" if code else "again", code)]
    assert (desk.points, desk.shop.till.card("alpha", other).points_balance) == (50, 0)


def test_a_refused_line_whose_card_was_mistyped_is_recorded_when_it_is_mended(desk: Desk, folder: Connection) -> None:
    for number, (card, code) in enumerate((("9770 0000 0000 0000", "invalid_card_number"), (desk.card, ""))):
        desk.put_file(folder, lines(desk, "k-1", card_number=card), etag=f"e-{number}")
        desk.run()
        assert [found for _, _, found in results(desk, folder)] == [code]
    assert (desk.queue(folder), desk.points) == ([], 50)


def test_a_refusal_of_a_line_that_has_earned_frees_its_key_for_no_other_card(desk: Desk, folder: Connection) -> None:
    other = desk.shop.enrol("bob@example.com")
    cases = [({}, ""), ({"amount_cents": "9"}, "idempotency_key_reused")]
    for number, (changes, code) in enumerate([*cases, ({"card_number": other}, "idempotency_key_of_another_card")]):
        desk.put_file(folder, lines(desk, "k-1", **changes), etag=f"e-{number}")
        desk.run()
        assert [found for _, _, found in results(desk, folder)] == [code]
    assert desk.shop.till.card("alpha", other).points_balance == 0


def test_lines_that_share_a_key_and_differ_are_all_refused(desk: Desk, folder: Connection) -> None:
    raw = lines(desk, "k-1", "k-2") + lines(desk, "k-1", amount_cents="5").splitlines()[1]
    desk.put_file(folder, raw)
    desk.run()
    assert [code for _, _, code in results(desk, folder)] == [
        "idempotency_key_not_unique",
        "",
        "idempotency_key_not_unique",
    ]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"colour\nred", "file_unreadable"),
        (b"\xff\xfe", "file_unreadable"),
        (b" " * (FILE_LIMIT_BYTES + 1), "file_too_large"),
        (b"\n".join([b"{"] * 20_001), "file_too_large"),
    ],
)
def test_a_file_that_is_none_waits_with_its_reason(desk: Desk, folder: Connection, raw: bytes, reason: str) -> None:
    desk.put_file(folder, raw)
    desk.run()
    assert desk.reasons(folder) == [reason]


def test_a_file_that_is_gone_can_be_put_again(desk: Desk, folder: Connection) -> None:
    desk.put_file(folder, b"")
    desk.bucket.objects.clear()
    desk.run()
    assert desk.reasons(folder) == ["file_gone"]
    desk.put_file(folder, lines(desk, "k-1"), etag="e2")
    desk.run()
    assert desk.queue(folder) == []


def test_files_of_other_partners_folders_are_not_taken(desk: Desk, folder: Connection) -> None:
    shop = desk.connect(Kind.SHOPIFY)
    for partner_id, connection in (("beta", folder), ("alpha", shop)):
        file = TillFile("x.csv", f"incoming/{partner_id}/{connection.connection_id}/x.csv", "e", 1)
        assert desk.intake.hear_file(partner_id, connection.connection_id, file, "p-1") is Heard.IGNORED
    desk.connections.disable("alpha", folder.connection_id)
    assert desk.put_file(folder, b"x") is Heard.IGNORED


def test_an_outage_asks_for_the_file_again(desk: Desk, folder: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.put_file(folder, lines(desk, "k-1", "k-2"))

    def out(*_: object) -> None:
        raise StoreUnavailableError("throttled")

    with monkeypatch.context() as patch:
        patch.setattr(desk.shop.till, "purchase", out)
        with pytest.raises(StoreUnavailableError):
            desk.work.settle(*desk.line.messages[0])
    desk.run()
    assert desk.points == 100
