"""Listings page by page, and the cursors that lead from one to the next."""

import json
from base64 import urlsafe_b64decode

import pytest

from chalicelib.cursors import MARK, Cursors
from chalicelib.errors import InvalidCursorError
from tests.unit.chalicelib.replies import problem
from tests.unit.chalicelib.world import World, purchase

DAY = "from=2026-11-15&to=2026-11-15"


def buy_five(world: World, card: str) -> None:
    for number in range(5):
        world.post("/v1/purchases", purchase(card, receipt=f"r-{number}"), idempotency_key=f"p{number}")


def walk(world: World, path: str, limit: int) -> list[list[str | None]]:
    """The receipts of each page, until there is no next one."""
    pages, cursor = [], ""
    while True:
        page = world.get(f"{path}{'&' if '?' in path else '?'}limit={limit}{cursor}").json_body
        pages.append([entry["receipt"] for entry in page["entries"]])
        if page["next_cursor"] is None:
            return pages
        cursor = f"&cursor={page['next_cursor']}"


def test_a_cards_entries_come_newest_first_and_page_by_page(world: World, card: str) -> None:
    buy_five(world, card)
    assert walk(world, f"/v1/cards/{card}/entries", 50) == [["r-4", "r-3", "r-2", "r-1", "r-0", None]]
    assert walk(world, f"/v1/cards/{card}/entries", 4) == [["r-4", "r-3", "r-2", "r-1"], ["r-0", None]]
    assert walk(world, f"/v1/cards/{card}/entries", 1) == [["r-4"], ["r-3"], ["r-2"], ["r-1"], ["r-0"], [None]]


def test_an_entry_shows_what_the_partner_needs_to_find_it_again(world: World, card: str) -> None:
    buy_five(world, card)
    found = world.get(f"/v1/cards/{card}/entries?limit=1").json_body["entries"][0]
    assert found == {
        "entry_id": found["entry_id"],
        "op": "earn",
        "recorded_at": "2026-11-15T12:00:00.000Z",
        "occurred_at": "2026-11-15T12:00:00.000Z",
        "location_id": "s1",
        "receipt": "r-4",
        "points": 100,
        "cashback": None,
        "price_micros": 6000,
        "total": {"amount_cents": 2000, "currency": "USD"},
        "value": None,
        "visit": True,
    }


def test_a_period_is_listed_page_by_page_in_the_order_of_posting(world: World, card: str) -> None:
    buy_five(world, card)
    world.post_all_entries()
    whole = [[None, "r-0", "r-1", "r-2", "r-3", "r-4"]]
    assert walk(world, f"/v1/entries?{DAY}", 50) == whole
    for limit in range(1, 7):
        pages = walk(world, f"/v1/entries?{DAY}", limit)
        assert [receipt for page in pages for receipt in page] == whole[0]


def test_a_period_lists_by_day_of_recording(world: World, card: str) -> None:
    world.clock.advance(days=1)
    buy_five(world, card)
    world.post_all_entries()
    assert walk(world, f"/v1/entries?{DAY}", 50) == [[None]]
    assert len(walk(world, "/v1/entries?from=2026-11-16&to=2026-11-16", 50)[0]) == 5


def test_a_period_must_be_a_period(world: World) -> None:
    problem(world.get("/v1/entries?from=2026-11-16&to=2026-11-15"), 400, "invalid_range")
    problem(world.get("/v1/entries?from=2026-01-01&to=2026-12-31"), 400, "invalid_range")
    problem(world.get("/v1/entries?from=2026-11-15"), 400, "missing_field")
    for day in ("2026-11-31", "20261115", "2026-11-15T00:00:00Z", "today", "1763208000"):
        found = problem(world.get(f"/v1/entries?from={day}&to=2026-11-15"), 400, "invalid_field")
        assert found["errors"][0]["parameter"] == "from"


def test_a_cursor_of_another_listing_partner_card_or_period_is_refused(world: World, card: str) -> None:
    buy_five(world, card)
    other = world.enrol("bob@example.com")
    world.post_all_entries()
    of_card = world.get(f"/v1/cards/{card}/entries?limit=1").json_body["next_cursor"]
    of_day = world.get(f"/v1/entries?{DAY}&limit=1").json_body["next_cursor"]
    for path, key in (
        (f"/v1/cards/{other}/entries?cursor={of_card}", world.alpha),
        (f"/v1/cards/{card}/entries?cursor={of_card}", world.beta),
        (f"/v1/cards/{card}/entries?cursor={of_day}", world.alpha),
        (f"/v1/entries?{DAY}&cursor={of_card}", world.alpha),
        (f"/v1/entries?from=2026-11-14&to=2026-11-15&cursor={of_day}", world.alpha),
        (f"/v1/entries?{DAY}&cursor={of_day}", world.beta),
    ):
        problem(world.get(path, key), 400, "invalid_cursor")


def test_a_forged_cursor_is_refused(world: World, card: str) -> None:
    buy_five(world, card)
    cursor = world.get(f"/v1/cards/{card}/entries?limit=1").json_body["next_cursor"]
    altered = cursor[:-1] + ("A" if cursor[-1] != "A" else "B")
    anothers = Cursors(b"another pepper").write(("card_entries", "alpha", card), {"before_seq": 2})
    for forged in (altered, anothers, cursor[:10], "x", "%C3%A9", "e30", "=" * 9, "a" * 999):
        problem(world.get(f"/v1/cards/{card}/entries?cursor={forged}"), 400, "invalid_cursor")


def bare(cursor: str) -> bytes:
    text = cursor.removeprefix(MARK)
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_a_cursor_gives_its_position_back_and_is_safe_in_an_address() -> None:
    cursors = Cursors(b"pepper")
    position = {"day": "2026-11-15", "page": "shard#0001", "line": 7}
    cursor = cursors.write(("entries", "alpha"), position)
    assert cursors.read(("entries", "alpha"), cursor) == position
    assert cursor.replace("-", "").replace("_", "").isalnum()


def test_no_cursor_is_an_option_on_a_command_line() -> None:
    written = [Cursors(b"pepper").write(("entries", "alpha"), {"line": line}) for line in range(400)]
    assert not [cursor for cursor in written if cursor.startswith("-")]


def test_a_cursor_tells_its_holder_nothing_of_where_it_stands() -> None:
    """A till, the partner there and its entries may be what the listing itself hides."""
    cursors = Cursors(b"pepper")
    binding = ("charge", "alpha", "1", "1")
    positions = [{"partner": who, "page": "shard#0001", "line": 7} for who in ("beta", "gamma-and-sons", "beta")]
    written = [cursors.write(binding, position) for position in positions]
    for cursor in written:
        raw = bare(cursor)
        assert all(word not in raw for word in (b"beta", b"gamma", b"shard", b"partner"))
    assert written[0] == written[2]
    assert len({len(cursor) for cursor in written}) == 1
    # What two cursors have in common is no help: their keystreams differ from the first byte on.
    plain = [json.dumps(one, sort_keys=True, separators=(",", ":")).encode() for one in positions[:2]]
    veiled = [bare(one)[16:] for one in written[:2]]
    assert (
        bytes(a ^ b for a, b in zip(*veiled, strict=True))[:40]
        != bytes(a ^ b for a, b in zip(*(one.ljust(80) for one in plain), strict=True))[:40]
    )


def test_a_text_of_any_length_is_no_cursor() -> None:
    for length in (0, 4, 64, 128, 40_000):
        with pytest.raises(InvalidCursorError):
            Cursors(b"pepper").read(("entries",), MARK + "A" * length)


def test_what_grows_with_the_years_comes_in_pages(world: World) -> None:
    for month in ("2026-08", "2026-09", "2026-10"):
        made = world.post("/v1/partners/alpha/invoices", {"month": month}, world.operator)
        assert made.status_code == 201, made.body
    for _ in range(2):
        key = world.operators.issue_credential("ann").key.key_id
        world.clock.advance(ms=1)
        world.operators.revoke_credential("ann", key)
        world.clock.advance(days=1)
        world.windows.close(world.windows.newest().number, "ann")
        world.windows.work(drain_ms=0)
    world.operators.issue_credential("ann")
    expected = [
        ("/v1/invoices", "invoices", "month", world.alpha, ["2026-10", "2026-09", "2026-08"]),
        ("/v1/partners/alpha/invoices", "invoices", "month", world.operator, ["2026-10", "2026-09", "2026-08"]),
        ("/v1/windows", "windows", "window", world.operator, [3, 2, 1]),
        ("/v1/operators/ann/credentials", "credentials", "revoked_at", world.operator, None),
    ]
    for path, name, field, key, values in expected:
        whole = [one[field] for one in world.get(path, key).json_body[name]]
        assert len(whole) == 3
        assert values in (None, whole)
        paged, cursor = [], ""
        for left in (2, 1, 0):
            page = world.get(f"{path}?limit=1{cursor}", key).json_body
            paged += [one[field] for one in page[name]]
            assert (page["next_cursor"] is None) == (left == 0)
            cursor = f"&cursor={page['next_cursor']}"
        assert paged == whole
