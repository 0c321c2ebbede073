"""Settlements on DynamoDB, table `settlement`.

| pk | sk | holds |
| --- | --- | --- |
| `SETTLEMENTS` | `<window, 8 digits>-<currency>` | a settlement, or the hash of its bytes where they need parts |
| `SETTLEMENT#<window>-<currency>#<hash>` | part, 4 digits | all of it as one of its versions was |
| `SETTLEMENTS-UNFINISHED` | as a settlement's | that something may be left to do about it |
| | `ALL` | that all settlements of before have such a mark |

All legs, their histories and what is left to the next window are compressed together, so that a settlement changes as
a whole: by its item, on condition of the version that was read. Some 15,000 payouts left to the next window have room
in the item. Parts of versions that were replaced stay: so does nobody find half of what they are reading.

Each change marks it as unfinished, in the same transaction, until somebody finds that nothing is left to do about it.
So the runs of the schedule read those few, and not all that there ever were.
"""

import json
import zlib
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from partners.contracts.payment import PaymentMethod
from partners.contracts.proposals import Decision, ProposalState
from partners.settlement.payments.advances import Action
from partners.settlement.payments.agreed import Proposed
from partners.settlement.payments.legs import Booked, Direction, Leg, LegState, LegStep, Means
from partners.settlement.payments.member_payouts import MemberPayout
from partners.settlement.payments.model import Default, PaidSettlement, Stage, StageStep, Trouble
from partners.settlement.payments.old_debts import Old
from shared.kernel.aws import items_of_all_pages, outage_as_unavailable, transacted
from shared.kernel.canonical import canonical_json
from shared.kernel.parts import Attribute

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

SETTLEMENTS = "SETTLEMENTS"
UNFINISHED = "SETTLEMENTS-UNFINISHED"
ALL_MARKED = "ALL"


class PaymentStore:
    """Every method may raise StoreUnavailableError. All reads are strongly consistent."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table
        self._settlement = Attribute(client, table, "settlement")

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
        key = {"pk": {"S": SETTLEMENTS}, "sk": {"S": sk}}
        with outage_as_unavailable():
            answer = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        return self._from_item(answer["Item"]) if "Item" in answer else None

    def all(self) -> list[PaidSettlement]:
        """By window and currency."""
        return self._query("pk = :pk", {":pk": {"S": SETTLEMENTS}})

    def of_currency(self, currency: str) -> list[PaidSettlement]:
        """By window. Reads all that there ever were."""
        return self._query("pk = :pk", {":pk": {"S": SETTLEMENTS}}, f"-{currency}")

    def of_window(self, window: int) -> list[PaidSettlement]:
        """By currency."""
        values = {":pk": {"S": SETTLEMENTS}, ":window": {"S": _sk(window, "")}}
        return self._query("pk = :pk AND begins_with(sk, :window)", values)

    def unfinished(self) -> list[PaidSettlement]:
        """Those about which something may be left to do, by window and currency.

        The first call marks all that there are: those of before marks had none.
        """
        marks = self._marks()
        if ALL_MARKED not in marks:
            for one in self.all():
                self._mark(_sk(one.window, one.currency))
            self._mark(ALL_MARKED)
            marks = self._marks()
        found = (self._at(sk) for sk in marks if sk != ALL_MARKED)
        return [one for one in found if one is not None]

    def finish(self, one: PaidSettlement) -> None:
        """Nothing is left to do about a settlement, unless it has changed since: then it stays marked."""
        sk = _sk(one.window, one.currency)
        actions: Any = [
            {
                "ConditionCheck": {
                    "TableName": self._table,
                    "Key": {"pk": {"S": SETTLEMENTS}, "sk": {"S": sk}},
                    "ConditionExpression": "version = :read",
                    "ExpressionAttributeValues": {":read": {"N": str(one.version)}},
                }
            },
            {"Delete": {"TableName": self._table, "Key": _mark_of(sk)}},
        ]
        self._transact(actions)

    def _marks(self) -> list[str]:
        request: dict[str, Any] = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": {"S": UNFINISHED}},
            "ConsistentRead": True,
        }
        return [item["sk"]["S"] for item in items_of_all_pages(self._client.query, request)]

    def _mark(self, sk: str) -> None:
        with outage_as_unavailable():
            self._client.put_item(TableName=self._table, Item=_mark_of(sk))

    def _query(self, condition: str, values: dict[str, Any], ending: str = "") -> list[PaidSettlement]:
        request: dict[str, Any] = {
            "TableName": self._table,
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": values,
            "ConsistentRead": True,
        }
        found = items_of_all_pages(self._client.query, request)
        return [self._from_item(item) for item in found if item["sk"]["S"].endswith(ending)]

    def _from_item(self, item: dict[str, Any]) -> PaidSettlement:
        return _unpack(self._settlement.get(_parts_pk(item["sk"]["S"]), item))

    def _put(self, one: PaidSettlement, condition: str, values: dict[str, Any], also: Sequence[Action] = ()) -> bool:
        sk = _sk(one.window, one.currency)
        item = {
            "pk": {"S": SETTLEMENTS},
            "sk": {"S": sk},
            "version": {"N": str(one.version)},
            **self._settlement.put(_parts_pk(sk), _pack(one)),
        }
        put: dict[str, Any] = {"TableName": self._table, "Item": item, "ConditionExpression": condition}
        if values:
            put["ExpressionAttributeValues"] = values
        return self._transact([{"Put": put}, {"Put": {"TableName": self._table, "Item": _mark_of(sk)}}, *also])

    def _transact(self, actions: Any) -> bool:
        return transacted(self._client, actions)


_NAMES = ("given_up", "came_back", "late", "carried", "given_back", "funded")


def _mark_of(sk: str) -> dict[str, Any]:
    return {"pk": {"S": UNFINISHED}, "sk": {"S": sk}}


def _parts_pk(sk: str) -> str:
    return f"SETTLEMENT#{sk}"


def _sk(window: int, currency: str) -> str:
    return f"{window:08d}-{currency}"


def _pack(one: PaidSettlement) -> bytes:
    return zlib.compress(canonical_json(asdict(one)), level=9)


def _unpack(packed: bytes) -> PaidSettlement:
    row: dict[str, Any] = json.loads(zlib.decompress(packed))
    return PaidSettlement(
        **{
            **row,
            "net_cents": tuple((party, cents) for party, cents in row["net_cents"]),
            "history": tuple(StageStep(**{**step, "stage": Stage(step["stage"])}) for step in row["history"]),
            "legs": tuple(_leg(leg) for leg in row["legs"]),
            "defaults": tuple(map(_default, row["defaults"])),
            "proposals": tuple(map(_proposal, row.get("proposals", ()))),
            "charged_micros": tuple((party, micros) for party, micros in row["charged_micros"]),
            "troubles": tuple(Trouble(**one) for one in row.get("troubles", ())),
            "postponed": tuple(MemberPayout(**one) for one in row.get("postponed", ())),
            "old": Old(**{name: tuple(map(tuple, of)) for name, of in row.get("old", {}).items()}),
            **{name: tuple(row.get(name, ())) for name in _NAMES},
        }
    )


def _default(row: dict[str, Any]) -> Default:
    return Default(**{**row, "confirmed_by": tuple(row.get("confirmed_by", ()))})


def _proposal(row: dict[str, Any]) -> Proposed[Default]:
    decision = None if row["decision"] is None else Decision(**row["decision"])
    read = {"value": _default(row["value"]), "state": ProposalState(row["state"]), "decision": decision}
    return Proposed(**{**row, **read})


def _leg(row: dict[str, Any]) -> Leg:
    history, contradicted = (
        tuple(LegStep(**{**step, "state": LegState(step["state"])}) for step in row.get(name, ()))
        for name in ("history", "contradicted")
    )
    means = row.get("means", {"method": PaymentMethod.BANK_FILE})
    means = Means(**{**means, "method": PaymentMethod(means["method"])})
    bookings = tuple(Booked(**one) for one in row.get("bookings", ()))
    read = {"direction": Direction(row["direction"]), "history": history, "means": means, "bookings": bookings}
    said = {
        "rests_on": tuple(map(tuple, row.get("rests_on", ()))),
        "confirmed_by": tuple(row.get("confirmed_by", ())),
        "contradicted": contradicted,
    }
    return Leg(**{**row, **read, **said})
