"""Settlements on DynamoDB, table `settlement`.

| pk | sk | holds |
| --- | --- | --- |
| `SETTLEMENTS` | `<window, 8 digits>-<currency>` | a settlement, or the hash of its bytes where they need parts |
| `SETTLEMENT#<window>-<currency>#<hash>` | part, 4 digits | all of it as one of its versions was |
| `SETTLEMENTS-OPEN` | as a settlement's | that something may be left to do about it, or it is not summed up |
| | `ALL-<rules>` | that all settlements that were not summed up by these rules had such a mark |
| `SETTLEMENTS-UNFINISHED` | as a settlement's, `ALL` | the same, as earlier versions write and take it away |
| `SUMS` | `<currency>-<window, 8 digits>` | what a finished settlement comes to, in one of its versions |
| `MOVES` | as its sums | what moved in it by party, or the hash of its bytes |
| `MOVES#<currency>-<window>#<hash>` | part, 4 digits | those bytes, where an item has no room for them |

All legs, their histories and what is left to the next window are compressed together, so that a settlement changes as
a whole: by its item, on condition of the version that was read. Some 15,000 payouts left to the next window have room
in the item. Parts of versions that were replaced stay: so does nobody find half of what they are reading.

Each change marks it as unfinished, in the same transaction, until somebody finds that nothing is left to do about it:
then the mark goes, and what it comes to is written, in one transaction too. So whoever asks for what is there of all
settlements reads the few that are unfinished, and of all others a row. What is kept of one that is marked counts for
nothing. An earlier version that is still at work while this one is deployed sums nothing up, so it can't take away the
mark that says that this is to be done.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from partners.settlement.payments.advances import Action
from partners.settlement.payments.codec import settlement_from_bytes, settlement_to_bytes
from partners.settlement.payments.model import PaidSettlement
from partners.settlement.payments.sums import RULES, Known, Moves, Sums, is_open, moves_of, sums_of
from partners.settlement.payments.sums_codec import (
    moves_from_bytes,
    moves_to_bytes,
    sums_from_attributes,
    sums_to_attributes,
)
from shared.kernel.aws import items_of_all_pages, outage_as_unavailable, transacted
from shared.kernel.parts import Attribute

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

SETTLEMENTS = "SETTLEMENTS"
OPEN, UNFINISHED = "SETTLEMENTS-OPEN", "SETTLEMENTS-UNFINISHED"
SUMS, MOVES = "SUMS", "MOVES"
_ALL = f"ALL-{RULES}"

Item = dict[str, Any]


class PaymentStore:
    """Every method may raise StoreUnavailableError. All reads are strongly consistent."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table
        self._settlement = Attribute(client, table, "settlement")
        self._moves = Attribute(client, table, "moves")

    def add(self, one: PaidSettlement) -> bool:
        """False if there is one of this window and currency; then nothing was written."""
        return self._put(one, "attribute_not_exists(pk)", {})

    def replace(self, before: PaidSettlement, after: PaidSettlement, also: Sequence[Action] = ()) -> bool:
        """Write it, and do what is `also` to be done with it.

        False if the stored one is no longer `before`, or a condition of those does not hold: nothing was written then.
        """
        return self._put(after, "version = :before", {":before": {"N": str(before.version)}}, also)

    def get(self, window: int, currency: str) -> PaidSettlement | None:
        return self._at(_sk(window, currency))

    def _at(self, sk: str) -> PaidSettlement | None:
        item = self._get(SETTLEMENTS, sk)
        return None if item is None else self._from_item(item)

    def _get(self, pk: str, sk: str) -> Item | None:
        key = {"pk": {"S": pk}, "sk": {"S": sk}}
        with outage_as_unavailable():
            return self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True).get("Item")

    def all(self) -> list[PaidSettlement]:
        """By window and currency. Reads all that there ever were."""
        return list(self.each())

    def each(self, ending: str = "") -> Iterator[PaidSettlement]:
        """The same one after the other, those of one answer of the store in memory at a time."""
        return self._query("pk = :pk", {":pk": {"S": SETTLEMENTS}}, ending)

    def of_window(self, window: int) -> list[PaidSettlement]:
        """By currency."""
        values = {":pk": {"S": SETTLEMENTS}, ":window": {"S": _sk(window, "")}}
        return list(self._query("pk = :pk AND begins_with(sk, :window)", values))

    def unfinished(self) -> list[PaidSettlement]:
        """Those about which something may be left to do, by window and currency.

        The first call marks all that there are: those of before had no mark, or were not summed up.
        """
        marks, all_marked = self._marks()
        if not all_marked:
            for one in self.each():
                self.mark(one.window, one.currency)
            self._mark(_ALL)
            marks, _ = self._marks()
        return self._whole(marks)

    def known(self, currency: str = "") -> Known:
        """All settlements, or those in a currency: unfinished ones whole, of all others what they come to."""
        # The marks first: what has none then has been summed up, and whatever becomes of what has one, it is read.
        marks, all_marked = self._marks()
        if not all_marked:
            return Known(tuple(self.each(f"-{currency}" if currency else "")))
        sums = self._sums(currency)
        unknown = {sk for sk, one in sums.items() if one is None} | {sk for sk in marks if sk.endswith(currency)}
        finished = [one for sk, one in sums.items() if one is not None and sk not in unknown]
        return Known(tuple(self._whole(sorted(unknown))), tuple(finished))

    def moves(self, known: Known, currency: str = "") -> list[Moves]:
        """What moved in each of the settlements that are known, or of those in a currency."""
        kept = self._kept_moves(currency) if known.finished else {}
        return [*(kept[one.settlement_id] for one in known.finished), *map(moves_of, known.unfinished)]

    def differing(self) -> list[tuple[int, str]]:
        """Settlements that have no mark although something of them is open, or what is kept of them is not what they
        come to, by window and currency. Reads all that there ever were.
        """
        marks, all_marked = self._marks()
        if not all_marked:
            return []
        suspects = []
        sums, moves = self._sums(""), self._kept_moves("")
        for one in (one for one in self.each() if _sk(one.window, one.currency) not in marks):
            kept = (sums.get(_sk(one.window, one.currency)), moves.get(one.settlement_id))
            if kept != (sums_of(one), moves_of(one)) or is_open(one):
                suspects.append((one.window, one.currency))
        # One that was changed or finished meanwhile is none.
        return [of for of in suspects if self._differs(*of)]

    def mark(self, window: int, currency: str) -> None:
        """Have a settlement looked at again. What is kept of it counts for nothing until then."""
        self._mark(_sk(window, currency))

    def finish(self, one: PaidSettlement) -> None:
        """Nothing is left to do about a settlement, which is summed up, unless it has changed since: then it stays
        marked.
        """
        sk, by_currency = _sk(one.window, one.currency), _by_currency(one.window, one.currency)
        moves = self._moves.put(_parts_of_moves(by_currency), moves_to_bytes(moves_of(one)))
        sums: Item = {"pk": {"S": SUMS}, "sk": {"S": by_currency}, **sums_to_attributes(sums_of(one))}
        moved: Item = {"pk": {"S": MOVES}, "sk": {"S": by_currency}, **moves}
        actions: Any = [
            {
                "ConditionCheck": {
                    "TableName": self._table,
                    "Key": {"pk": {"S": SETTLEMENTS}, "sk": {"S": sk}},
                    "ConditionExpression": "version = :read",
                    "ExpressionAttributeValues": {":read": {"N": str(one.version)}},
                }
            },
            *({"Delete": {"TableName": self._table, "Key": _mark_of(sk, pk)}} for pk in (OPEN, UNFINISHED)),
            *({"Put": {"TableName": self._table, "Item": item}} for item in (sums, moved)),
        ]
        self._transact(actions)

    def _marks(self) -> tuple[list[str], bool]:
        """In order, and whether all settlements that are not summed up have one."""
        of_before, own = (
            {item["sk"]["S"] for item in self._items("pk = :pk", {":pk": {"S": pk}})} for pk in (UNFINISHED, OPEN)
        )
        return sorted(sk for sk in of_before | own if not sk.startswith("ALL")), _ALL in own

    def _whole(self, marks: Iterable[str]) -> list[PaidSettlement]:
        found = map(self._at, marks)
        return [one for one in found if one is not None]

    def _sums(self, currency: str) -> dict[str, Sums | None]:
        """By settlement; None where they were made by other rules."""
        return {_sk(*_named(item)): _sums_in(item) for item in self._by_currency(SUMS, currency)}

    def _kept_moves(self, currency: str) -> dict[str, Moves]:
        found = map(self._moves_in, self._by_currency(MOVES, currency))
        return {one.settlement_id: one for one in found}

    def _moves_in(self, item: Item) -> Moves:
        window, currency = _named(item)
        return moves_from_bytes(f"{window}-{currency}", self._moves.get(_parts_of_moves(item["sk"]["S"]), item))

    def _differs(self, window: int, currency: str) -> bool:
        sk, by_currency = _sk(window, currency), _by_currency(window, currency)
        one, sums, moves = self._at(sk), self._get(SUMS, by_currency), self._get(MOVES, by_currency)
        if one is None or sk in self._marks()[0]:
            return False
        if sums is None or moves is None or is_open(one):
            return True
        return (_sums_in(sums), self._moves_in(moves)) != (sums_of(one), moves_of(one))

    def _by_currency(self, pk: str, currency: str) -> Iterator[Item]:
        values = {":pk": {"S": pk}, ":currency": {"S": f"{currency}-"}}
        if currency:
            return self._items("pk = :pk AND begins_with(sk, :currency)", values)
        return self._items("pk = :pk", {":pk": {"S": pk}})

    def _mark(self, sk: str) -> None:
        with outage_as_unavailable():
            self._client.put_item(TableName=self._table, Item=_mark_of(sk))

    def _query(self, condition: str, values: Item, ending: str = "") -> Iterator[PaidSettlement]:
        found = self._items(condition, values)
        return (self._from_item(item) for item in found if item["sk"]["S"].endswith(ending))

    def _items(self, condition: str, values: Item) -> Iterator[Item]:
        request: Item = {
            "TableName": self._table,
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": values,
            "ConsistentRead": True,
        }
        return items_of_all_pages(self._client.query, request)

    def _from_item(self, item: Item) -> PaidSettlement:
        return settlement_from_bytes(self._settlement.get(_parts_pk(item["sk"]["S"]), item))

    def _put(self, one: PaidSettlement, condition: str, values: dict[str, Any], also: Sequence[Action] = ()) -> bool:
        sk = _sk(one.window, one.currency)
        item = {
            "pk": {"S": SETTLEMENTS},
            "sk": {"S": sk},
            "version": {"N": str(one.version)},
            **self._settlement.put(_parts_pk(sk), settlement_to_bytes(one)),
        }
        put: dict[str, Any] = {"TableName": self._table, "Item": item, "ConditionExpression": condition}
        if values:
            put["ExpressionAttributeValues"] = values
        marking = ({"Put": {"TableName": self._table, "Item": _mark_of(sk, pk)}} for pk in (OPEN, UNFINISHED))
        return self._transact([{"Put": put}, *marking, *also])

    def _transact(self, actions: Any) -> bool:
        return transacted(self._client, actions)


def _mark_of(sk: str, pk: str = OPEN) -> Item:
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def _by_currency(window: int, currency: str) -> str:
    return f"{currency}-{window:08d}"


def _named(item: Item) -> tuple[int, str]:
    """The window and currency that sums or moves are of."""
    currency, _, window = item["sk"]["S"].partition("-")
    return int(window), currency


def _sums_in(item: Item) -> Sums | None:
    return sums_from_attributes(*_named(item), item)


def _parts_of_moves(by_currency: str) -> str:
    return f"{MOVES}#{by_currency}"


def _parts_pk(sk: str) -> str:
    return f"SETTLEMENT#{sk}"


def _sk(window: int, currency: str) -> str:
    return f"{window:08d}-{currency}"
