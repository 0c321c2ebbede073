"""Windows on DynamoDB, table `settlement`.

| pk | sk | holds |
| --- | --- | --- |
| `WINDOWS` | number, 8 digits | a window: one partition, a few rows a month |
| `EXTRACTS#<number>` | partner | what the window holds of the partner, or the hash of its bytes, written once |
| `EXTRACT#<number>#<partner>#<hash>` | part, 4 digits | those bytes, where an item has no room for them |
| `PARTS#<number>` | party, or `OUTLINE` | what of its positions is a party's, or an outline, or the hash of its bytes |
| | `PAYOUTS` | its own payouts to members, or the hash of their bytes |
| `PART#<number>#<party>#<hash>` | part, 4 digits | those bytes, where an item has no room for them |
| `NETS` | number, 8 digits | what all positions of the window come to, a row a window, or the hash of its bytes |
| `NETS#<number>#<hash>` | part, 4 digits | those bytes, where an item has no room for them |
| `POSITIONS#<number>` | part, 4 digits | all positions of a window that closed before there were parts |
| `CARRIED#<number>` | reference | an amount brought into the window, written once and only while it is open |
| `REFERENCE#<reference>` | `WINDOW` | which window that amount is in |

All reads are strongly consistent.
"""

import zlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from partners.settlement.document import pack_extract, pack_nets, unpack_extract, unpack_nets
from partners.settlement.extract import Extract
from partners.settlement.model import Carried, CurrencyNets
from partners.settlement.window import Window, WindowState
from shared.kernel.aws import items_of_all_pages, outage_as_unavailable, unmet_conditions
from shared.kernel.parts import Attribute, Parts

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

WINDOWS = "WINDOWS"
NETS = "NETS"

Item = dict[str, Any]


class WindowStore:
    """Every method may raise StoreUnavailableError."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table
        self._parts = Parts(client, table)
        self._extract = Attribute(client, table, "extract")
        self._part = Attribute(client, table, "part")
        self._nets = Attribute(client, table, "nets")

    def add(self, window: Window) -> bool:
        """False if there is a window of this number; then nothing was written."""
        return self._put(_window_to_item(window), "attribute_not_exists(pk)")

    def replace(self, before: Window, after: Window) -> bool:
        """False if the window is no longer in the state of `before`; then nothing was written."""
        values = {":before": {"S": before.state.value}}
        return self._put(_window_to_item(after), "#state = :before", {"#state": "state"}, values)

    def window(self, number: int) -> Window | None:
        item = self._get(WINDOWS, _number(number))
        return None if item is None else _window_from_item(item)

    def newest(self) -> Window | None:
        """The window with the highest number."""
        item = next(self._query(WINDOWS, ScanIndexForward=False, Limit=1), None)
        return None if item is None else _window_from_item(item)

    def windows(self) -> list[Window]:
        """All windows, oldest first."""
        return [_window_from_item(item) for item in self._query(WINDOWS)]

    def add_extract(self, number: int, extract: Extract) -> None:
        """Write what a window holds of a partner; what is there stays as it is."""
        partner_id = extract.partner_id
        packed = self._extract.put(_extract_parts(number, partner_id), pack_extract(extract))
        key = {"pk": {"S": f"EXTRACTS#{number}"}, "sk": {"S": partner_id}}
        self._put({**key, **packed}, "attribute_not_exists(pk)")

    def extract(self, number: int, partner_id: str) -> Extract | None:
        item = self._get(f"EXTRACTS#{number}", partner_id)
        return None if item is None else self._unpacked(number, item)

    def extracts(self, number: int) -> Iterator[Extract]:
        """By partner, those of one answer of the store in memory at a time."""
        return (self._unpacked(number, item) for item in self._query(f"EXTRACTS#{number}"))

    def noted(self, number: int) -> set[str]:
        """The partners of whom there is an extract."""
        return {item["sk"]["S"] for item in self._query(f"EXTRACTS#{number}")}

    def _unpacked(self, number: int, item: Item) -> Extract:
        return unpack_extract(self._extract.get(_extract_parts(number, item["sk"]["S"]), item))

    def document(self, number: int) -> bytes:
        """The positions of a window of before there were parts. Raises zlib.error of any other."""
        return self._parts.get(f"POSITIONS#{number}")

    def put_part(self, number: int, party: str, part: bytes) -> None:
        """Write what of a window's positions is a party's, or OUTLINE; the same again changes nothing."""
        packed = self._part.put(_parts_of_part(number, party), zlib.compress(part, level=9))
        self._put({"pk": {"S": f"PARTS#{number}"}, "sk": {"S": party}, **packed})

    def part(self, number: int, party: str) -> bytes | None:
        item = self._get(f"PARTS#{number}", party)
        return None if item is None else zlib.decompress(self._part.get(_parts_of_part(number, party), item))

    def put_nets(self, number: int, nets: tuple[CurrencyNets, ...]) -> None:
        """Write what all positions of a window come to; the same again changes nothing."""
        packed = self._nets.put(_parts_of_nets(number), pack_nets(nets))
        self._put({"pk": {"S": NETS}, "sk": {"S": _number(number)}, **packed})

    def nets(self, number: int) -> tuple[CurrencyNets, ...] | None:
        item = self._get(NETS, _number(number))
        return None if item is None else self._nets_in(item)

    def all_nets(self) -> dict[int, tuple[CurrencyNets, ...]]:
        """By number, of all windows that have them."""
        return {int(item["sk"]["S"]): self._nets_in(item) for item in self._query(NETS)}

    def _nets_in(self, item: Item) -> tuple[CurrencyNets, ...]:
        return unpack_nets(self._nets.get(_parts_of_nets(int(item["sk"]["S"])), item))

    def carried(self, number: int) -> list[Carried]:
        """What is brought into a window, by reference; final once it is not open."""
        return [_carried_from_item(item) for item in self._query(f"CARRIED#{number}")]

    def carry(self, number: int, amounts: Sequence[Carried]) -> list[Carried]:
        """Bring amounts into window `number`, all of them or none; which are then left to be brought into one.

        At most CARRIED_TOGETHER. They are left if the window is not open, or if the reference of another is in some
        window: that one is not left, it is there.
        """
        puts = [
            {"Put": self._write(item, "attribute_not_exists(pk)")}
            for carried in amounts
            for item in (_marker(number, carried), _carried_item(number, carried))
        ]
        standing = {
            "TableName": self._table,
            "Key": {"pk": {"S": WINDOWS}, "sk": {"S": _number(number)}},
            "ConditionExpression": "#state = :open",
            "ExpressionAttributeNames": {"#state": "state"},
            "ExpressionAttributeValues": {":open": {"S": WindowState.OPEN.value}},
        }
        actions: Any = [*puts, {"ConditionCheck": standing}]
        unmet = unmet_conditions(self._client, actions)
        return [one for place, one in enumerate(amounts) if unmet and not unmet & {2 * place, 2 * place + 1}]

    def _put(self, item: Item, condition: str = "", names: Item | None = None, values: Item | None = None) -> bool:
        request = self._write(item, condition)
        if names and values:
            request |= {"ExpressionAttributeNames": names, "ExpressionAttributeValues": values}
        with outage_as_unavailable():
            try:
                self._client.put_item(**request)
            except self._client.exceptions.ConditionalCheckFailedException:
                return False
        return True

    def _write(self, item: Item, condition: str) -> Item:
        return {"TableName": self._table, "Item": item, **({"ConditionExpression": condition} if condition else {})}

    def _get(self, pk: str, sk: str) -> Item | None:
        with outage_as_unavailable():
            answer = self._client.get_item(
                TableName=self._table, Key={"pk": {"S": pk}, "sk": {"S": sk}}, ConsistentRead=True
            )
        return answer.get("Item")

    def _query(self, pk: str, **options: Any) -> Iterator[Item]:
        request: Item = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": {"S": pk}},
            "ConsistentRead": True,
            **options,
        }
        yield from items_of_all_pages(self._client.query, request)


def _extract_parts(number: int, partner_id: str) -> str:
    return f"EXTRACT#{number}#{partner_id}"


def _parts_of_part(number: int, party: str) -> str:
    return f"PART#{number}#{party}"


def _parts_of_nets(number: int) -> str:
    return f"{NETS}#{number}"


def _number(number: int) -> str:
    return f"{number:08d}"


def _window_to_item(window: Window) -> Item:
    item: Item = {
        "pk": {"S": WINDOWS},
        "sk": {"S": _number(window.number)},
        "begins_at_ms": {"N": str(window.begins_at_ms)},
        "state": {"S": window.state.value},
        "parties": {"S": " ".join(window.parties)},
    }
    if window.ends_at_ms is not None and window.closed_by is not None:
        item |= {"ends_at_ms": {"N": str(window.ends_at_ms)}, "closed_by": {"S": window.closed_by}}
    if window.closed_at_ms is not None and window.digest is not None:
        item |= {"closed_at_ms": {"N": str(window.closed_at_ms)}, "digest": {"S": window.digest}}
    return item


def _window_from_item(item: Item) -> Window:
    return Window(
        number=int(item["sk"]["S"]),
        begins_at_ms=int(item["begins_at_ms"]["N"]),
        state=WindowState(item["state"]["S"]),
        ends_at_ms=int(item["ends_at_ms"]["N"]) if "ends_at_ms" in item else None,
        closed_by=item["closed_by"]["S"] if "closed_by" in item else None,
        closed_at_ms=int(item["closed_at_ms"]["N"]) if "closed_at_ms" in item else None,
        parties=tuple(item["parties"]["S"].split()),
        digest=item["digest"]["S"] if "digest" in item else None,
    )


def _marker(number: int, carried: Carried) -> Item:
    return {"pk": {"S": f"REFERENCE#{carried.reference}"}, "sk": {"S": "WINDOW"}, "window": {"N": str(number)}}


def _carried_item(number: int, carried: Carried) -> Item:
    return {
        "pk": {"S": f"CARRIED#{number}"},
        "sk": {"S": carried.reference},
        "party": {"S": carried.party},
        "currency": {"S": carried.currency},
        "cents": {"N": str(carried.amount_cents)},
    }


def _carried_from_item(item: Item) -> Carried:
    return Carried(item["sk"]["S"], item["party"]["S"], item["currency"]["S"], int(item["cents"]["N"]))
