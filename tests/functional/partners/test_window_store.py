"""Windows on both engines, and on the fake that stands for them in other tests."""

import contextlib
import random
from itertools import count

import pytest

from partners.settlement.by_party import OUTLINE
from partners.settlement.document import pack_extract, pack_nets
from partners.settlement.extract import Extract, Reach
from partners.settlement.model import Carried, CurrencyNets, Net
from partners.settlement.window import CARRIED_TOGETHER, Window, WindowState
from partners.settlement.window_store import WindowStore
from partners.visits.model import DayTotals, Move, MoveKind, Totals
from shared.kernel.parts import PART_BYTES
from tests.fakes.dying_dynamodb import Died, DyingDynamoDB
from tests.fakes.dynamodb import FakeDynamoDB
from tests.support.clouds import DynamoEngine

_numbers = count(10)
MOST_OF_AN_ITEM = 400_000
EXTRACT = Extract(
    "harvest",
    {"2026-11-21": Reach({"shard-a": "1".zfill(40)}, frozenset({"redrive#0123456789-7"}))},
    (DayTotals("harvest", "2026-11-21", Totals(1, 2, 3, 4, -5, (Move(MoveKind.ISSUED, "harvest", "USD", 6_000, 7),))),),
)


class WindowStoreContract:
    """A subclass gives the fixture `store`; tests share it, and so take windows of their own."""

    @pytest.fixture
    def number(self):
        return next(_numbers)

    def test_a_window_is_added_once_and_changes_only_from_the_state_that_was_read(self, store, number):
        window = Window(number, 1_000)
        assert store.add(window) is True
        assert store.add(Window(number, 2_000)) is False
        closing = window.ended(5_000, "key-1", ("harvest", "network"))
        assert store.replace(window, closing) is True
        assert store.replace(window, window.ended(6_000, "key-2", ())) is False
        closed = closing.closed(7_000, "d" * 64)
        assert store.replace(closing, closed) is True
        assert store.window(number) == closed
        assert store.window(number).state is WindowState.CLOSED
        assert closed in store.windows()
        assert store.newest().number >= number
        assert store.window(number + 1_000) is None

    def test_an_extract_is_noted_once(self, store, number):
        store.add_extract(number, EXTRACT)
        store.add_extract(number, Extract("harvest", {}, ()))
        store.add_extract(number, Extract("city-market", {}, ()))
        assert store.extract(number, "harvest") == EXTRACT
        assert [one.partner_id for one in store.extracts(number)] == ["city-market", "harvest"]
        assert store.extract(number, "nobody") is None

    def test_an_extract_too_large_for_an_item_is_noted_once_too(self, store, number):
        """Eighty partitions of the journal for a month: some 500 shards a day, whose names nothing compresses."""
        rng = random.Random(5)
        reaches = {
            f"2026-11-{day:02d}": Reach(
                {f"shardId-{rng.getrandbits(96):032d}": f"{rng.getrandbits(80):040d}" for _ in range(500)}
            )
            for day in range(1, 31)
        }
        large = Extract("harvest", reaches, EXTRACT.days)
        assert len(pack_extract(large)) > MOST_OF_AN_ITEM
        store.add_extract(number, large)
        store.add_extract(number, EXTRACT)
        store.add_extract(number, Extract("city-market", {}, ()))
        assert store.extract(number, "harvest") == large
        assert list(store.extracts(number)) == [Extract("city-market", {}, ()), large]

    def test_the_positions_of_a_window_of_before_parts_read_back(self, store, number):
        document = b"".join(str(n * n).encode() for n in range(200_000))
        assert len(document) > 2 * PART_BYTES
        store._parts.put(f"POSITIONS#{number}", document)
        assert store.document(number) == document

    def test_nets_read_back_of_one_window_and_of_all_however_many_parties(self, store, number):
        rng = random.Random(3)
        some = (CurrencyNets("USD", (Net("harvest", -5, -1, 10_000, 7), Net("network", 5, 1, -10_000, -7))),)
        nets = (Net(f"p-{n}", *(rng.getrandbits(60) for _ in range(4))) for n in range(9_000))
        many = (CurrencyNets("USD", tuple(nets)),)
        assert len(pack_nets(many)) > PART_BYTES
        for _ in range(2):
            store.put_nets(number, some)
            store.put_nets(number + 1, many)
        assert (store.nets(number), store.nets(number + 1), store.nets(number + 2)) == (some, many, None)
        read = store.all_nets()
        assert (read[number], read[number + 1]) == (some, many)
        assert number + 2 not in read

    def test_who_is_noted_is_told_without_the_notes(self, store, number):
        assert store.noted(number) == set()
        store.add_extract(number, EXTRACT)
        assert store.noted(number) == {EXTRACT.partner_id}

    def test_what_is_one_partys_reads_back_apart_whatever_its_size(self, store, number):
        small, large = b"{}", random.Random(7).randbytes(PART_BYTES + 1)
        for _ in range(2):
            store.put_part(number, "harvest", large)
            store.put_part(number, "members", small)
        assert store.part(number, "harvest") == large
        assert store.part(number, "members") == small
        assert store.part(number, OUTLINE) is None

    def test_an_amount_is_carried_into_one_window_and_an_open_one(self, store, number):
        window = Window(number, 1_000)
        store.add(window)
        one, *others = [
            Carried(f"{number}:harvest:{each:02d}", "harvest", "USD", -12) for each in range(CARRIED_TOGETHER)
        ]
        assert store.carry(number, [one]) == []
        assert store.carry(number, [one]) == []
        assert store.carry(number, [*others[:20], one, *others[20:]]) == others, "all or none, and that one is there"
        assert store.carried(number) == [one]
        assert store.carry(number, others[:-2]) == []
        store.replace(window, window.ended(5_000, "key-1", ()))
        for closed in (number, number + 1_000):
            assert store.carry(closed, others[-3:]) == others[-2:]
        assert store.carried(number) == [one, *others[:-2]]


class TestWindowStore(WindowStoreContract):
    @pytest.fixture
    def store(self, dynamodb_engine: DynamoEngine) -> WindowStore:
        return WindowStore(dynamodb_engine.client, dynamodb_engine.settlement_table)


class TestWindowStoreOnFake(WindowStoreContract):
    fake = FakeDynamoDB()

    @pytest.fixture
    def store(self) -> WindowStore:
        return WindowStore(self.fake, "settlement")  # type: ignore[arg-type]

    def test_a_large_extract_that_was_left_half_written_is_noted_whole(self):
        """Parts come first, so whoever dies among them has noted nothing."""
        rng = random.Random(6)
        large = Extract("harvest", {"2026-11-21": Reach({f"{rng.getrandbits(600)}": "1" for _ in range(6_000)})}, ())
        assert len(pack_extract(large)) > MOST_OF_AN_ITEM
        for writes in range(4):
            dynamodb = DyingDynamoDB()
            dynamodb.dies_after = writes
            store = WindowStore(dynamodb, "settlement")  # type: ignore[arg-type]
            with contextlib.suppress(Died):
                store.add_extract(1, large)
            assert list(store.extracts(1)) in ([], [large])
            dynamodb.dies_after = None
            store.add_extract(1, large)
            assert store.extract(1, "harvest") == large
