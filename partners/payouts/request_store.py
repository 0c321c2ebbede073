"""Requests for payouts on DynamoDB, table `partners`.

| pk | sk | holds |
| --- | --- | --- |
| `PAYOUT-REQUEST#<id>` | `REQUEST` | a request; the account of one that waits |
| `PAYOUT-REQUESTS` | `<asked at, ms, 15 digits>#<id>` | that there is one which needed two people |
| `PAYOUT#<entry>` | `ORIGIN` | who approved a payout, and who asked |
| | `ACCOUNT` | the fingerprint of the bank account that it goes to |
| `MEMBER-ACCOUNT#<fingerprint>` | `<entry>` | that a payout goes there; of before, `<member>` |
| `PAID-ALONE#<day>#<currency>` | `<operator>` | what an operator has paid out alone |

What is applied is written in one transaction with its journal entry. Fingerprints are of persons: an `ACCOUNT` and a
`MEMBER-ACCOUNT` are gone KEPT_DAYS after the payout.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from partners.payouts.model import Origin, PayoutRequest, RequestState
from shared.kernel.aws import items_of_all_pages, outage_as_unavailable, transacted
from shared.kernel.money import Money
from shared.ledger.model import Entry
from shared.ledger.store import JournalStore

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEPT_DAYS = 400
LISTED = "PAYOUT-REQUESTS"

Item = dict[str, Any]


class PayoutRequestStore:
    """Every method may raise StoreUnavailableError. All reads are strongly consistent."""

    def __init__(self, client: "DynamoDBClient", table: str, journal: JournalStore) -> None:
        self._client = client
        self._table = table
        self._journal = journal

    def get(self, request_id: str) -> PayoutRequest | None:
        item = self._item(_request_key(request_id))
        return None if item is None else _request(item)

    def add(self, request: PayoutRequest) -> bool:
        """Note a request that waits; False if there is one of this id, and nothing is written then."""
        listed = {"TableName": self._table, "Item": _key(LISTED, request.place)}
        return transacted(self._client, [self._new(request), {"Put": listed}])

    def newest(self, before: str | None, limit: int) -> list[PayoutRequest]:
        """Those that needed two people, newest first: up to `limit` of what follows a place."""
        condition, values = "pk = :pk", {":pk": {"S": LISTED}}
        if before is not None:
            condition, values = f"{condition} AND sk < :before", {**values, ":before": {"S": before}}
        with outage_as_unavailable():
            answer = self._client.query(
                TableName=self._table,
                KeyConditionExpression=condition,
                ExpressionAttributeValues=values,
                ScanIndexForward=False,
                Limit=limit,
                ConsistentRead=True,
            )
        found = (self.get(item["sk"]["S"].partition("#")[2]) for item in answer["Items"])
        return [request for request in found if request is not None]

    def alone_cents(self, operator: str, day: str, currency: str) -> int:
        """What an operator has paid out alone on a UTC day in a currency."""
        item = self._item(_alone_key(operator, day, currency))
        return 0 if item is None else int(item["cents"]["N"])

    def pay_alone(self, request: PayoutRequest, entry: Entry, day: str, before_cents: int) -> None:
        """Commit `entry`, by which one operator pays out, if that one has paid `before_cents` alone on this day.

        Raises LostRaceError if not, if the entry's number is taken, or there is a request of this id.
        """
        key = _alone_key(request.asked_by, day, request.cashback.currency)
        paid = {
            "TableName": self._table,
            "Item": {**key, "cents": _number(before_cents + request.cashback.amount_cents)},
            "ConditionExpression": "attribute_not_exists(pk) OR cents = :before",
            "ExpressionAttributeValues": {":before": _number(before_cents)},
        }
        actions = [self._new(request, entry=entry), {"Put": paid}, *self._told(request, entry, None)]
        self._journal.append_with(entry, actions)

    def apply(self, request: PayoutRequest, decided_by: str, entry: Entry) -> None:
        """Commit `entry`, by which a request that waits is paid out as another operator agrees.

        Raises LostRaceError if the entry's number is taken or the request does not wait any more.
        """
        self._journal.append_with(entry, self._applied(request, decided_by, entry))

    def note_applied(self, request: PayoutRequest, decided_by: str, entry: Entry) -> bool:
        """Note it of an entry that is in the journal; False if the request does not wait any more."""
        return transacted(self._client, self._applied(request, decided_by, entry))

    def reject(self, request: PayoutRequest, decided_by: str) -> bool:
        """False if it does not wait any more."""
        return transacted(self._client, [self._decided(request, RequestState.REJECTED, decided_by, None)])

    def origin(self, entry_id: str) -> Origin | None:
        """None of a payout of before."""
        rows = {item["sk"]["S"]: item for item in self._rows(f"PAYOUT#{entry_id}")}
        if "ORIGIN" not in rows:
            return None
        account = rows["ACCOUNT"]["account"]["S"] if "ACCOUNT" in rows else None
        return Origin(rows["ORIGIN"]["asked_by"]["S"], _text(rows["ORIGIN"], "approved_by"), account)

    def told_at(self, account: str) -> frozenset[str]:
        """The payouts that go to the account of a fingerprint; of those of before, the members."""
        return frozenset(item["sk"]["S"] for item in self._rows(f"MEMBER-ACCOUNT#{account}"))

    def _applied(self, request: PayoutRequest, decided_by: str, entry: Entry) -> list[Item]:
        decided = self._decided(request, RequestState.APPLIED, decided_by, entry.entry_id)
        return [decided, *self._told(request, entry, decided_by)]

    def _told(self, request: PayoutRequest, entry: Entry, approved_by: str | None) -> list[Item]:
        """What is known of a payout beside its entry."""
        by = {"approved_by": {"S": approved_by}} if approved_by else {}
        rows = [{**_key(f"PAYOUT#{entry.entry_id}", "ORIGIN"), "asked_by": {"S": request.asked_by}, **by}]
        if request.account is not None:
            gone = {"gone_after": _number(entry.recorded_at_ms // 1_000 + KEPT_DAYS * 86_400)}
            rows.append({**_key(f"PAYOUT#{entry.entry_id}", "ACCOUNT"), "account": {"S": request.account}, **gone})
            rows.append({**_key(f"MEMBER-ACCOUNT#{request.account}", entry.entry_id), **gone})
        return [{"Put": {"TableName": self._table, "Item": row}} for row in rows]

    def _new(self, request: PayoutRequest, entry: Entry | None = None) -> Item:
        state = RequestState.PROPOSED if entry is None else RequestState.APPLIED
        item = _to_item(request, state, None, None if entry is None else entry.entry_id)
        return {"Put": {"TableName": self._table, "Item": item, "ConditionExpression": "attribute_not_exists(pk)"}}

    def _decided(self, request: PayoutRequest, state: RequestState, by: str, entry_id: str | None) -> Item:
        put = {
            "TableName": self._table,
            "Item": _to_item(request, state, by, entry_id),
            "ConditionExpression": "#state = :proposed",
            "ExpressionAttributeNames": {"#state": "state"},
            "ExpressionAttributeValues": {":proposed": {"S": RequestState.PROPOSED.value}},
        }
        return {"Put": put}

    def _item(self, key: Item) -> Item | None:
        with outage_as_unavailable():
            return self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True).get("Item")

    def _rows(self, pk: str) -> Sequence[Item]:
        request: Item = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": {"S": pk}},
            "ConsistentRead": True,
        }
        return list(items_of_all_pages(self._client.query, request))


def _key(pk: str, sk: str) -> Item:
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def _request_key(request_id: str) -> Item:
    return _key(f"PAYOUT-REQUEST#{request_id}", "REQUEST")


def _alone_key(operator: str, day: str, currency: str) -> Item:
    return _key(f"PAID-ALONE#{day}#{currency}", operator)


def _number(value: int) -> Item:
    return {"N": str(value)}


def _text(item: Item, name: str) -> str | None:
    return item[name]["S"] if name in item else None


def _to_item(request: PayoutRequest, state: RequestState, by: str | None, entry_id: str | None) -> Item:
    """Once it is decided, the account stands with the payout alone, or nowhere."""
    account = request.account if state is RequestState.PROPOSED else None
    texts = {"account": account, "decided_by": by, "entry_id": entry_id}
    return {
        **_request_key(request.request_id),
        "member": {"S": request.member},
        "card_issue": _number(request.card_issue),
        "cents": _number(request.cashback.amount_cents),
        "currency": {"S": request.cashback.currency},
        "asked_by": {"S": request.asked_by},
        "asked_at_ms": _number(request.asked_at_ms),
        "state": {"S": state.value},
        **{name: {"S": text} for name, text in texts.items() if text is not None},
    }


def _request(item: Item) -> PayoutRequest:
    return PayoutRequest(
        request_id=item["pk"]["S"].partition("#")[2],
        member=item["member"]["S"],
        card_issue=int(item["card_issue"]["N"]),
        cashback=Money(int(item["cents"]["N"]), item["currency"]["S"]),
        account=_text(item, "account"),
        asked_by=item["asked_by"]["S"],
        asked_at_ms=int(item["asked_at_ms"]["N"]),
        state=RequestState(item["state"]["S"]),
        decided_by=_text(item, "decided_by"),
        entry_id=_text(item, "entry_id"),
    )
