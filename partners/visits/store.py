"""Pages on DynamoDB, table `pages`: the only file of this room that calls it.

| attribute | holds |
| --- | --- |
| pk | `D#<partner>#<day>` |
| sk | `<shard>#<after, 40 digits>`, or `redrive#<entry id>` for a line posted by hand |
| upto | the sequence number up to which the page covers its shard |
| shard, after | only of a line posted by hand: where the stream had it |
| lines, totals | see `partners.visits.codec` |

What was posted by hand is listed by partner, written with its page: pk `H#<partner>`, sk `<day>#<entry id>`.

Adding a page on condition that its key is free is the only commit point of posting. Since every page
begins where the one before it ends, two workers that continue a chain from the same place collide here.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from partners.visits.codec import (
    pack_lines,
    totals_from_text,
    totals_to_text,
    unpack_lines,
    unpack_payouts,
    unpack_visits,
)
from partners.visits.errors import BrokenPageError, PageTakenError
from partners.visits.lines import recount
from partners.visits.model import REDRIVEN, START, Chain, Page, PageMark, PagePart, PayoutMark, Totals, VisitMark
from shared.kernel.aws import items_of_all_pages, outage_as_unavailable, transacted

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

READ_PAGES = 50
_PARTS = {"ProjectionExpression": "sk, upto, totals"}


class PageStore:
    """Pages in table `table`. Every method may raise StoreUnavailableError."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def covered(self, chain: Chain) -> str:
        """The sequence number up to which `chain` is covered, read strongly consistent; START if not begun."""
        with outage_as_unavailable():
            answer = self._client.query(
                TableName=self._table,
                KeyConditionExpression="pk = :pk AND begins_with(sk, :shard)",
                ExpressionAttributeValues={":pk": {"S": _pk(chain)}, ":shard": {"S": f"{chain.shard}#"}},
                ProjectionExpression="upto",
                ScanIndexForward=False,
                Limit=1,
                ConsistentRead=True,
            )
        return answer["Items"][0]["upto"]["S"] if answer["Items"] else START

    def covering(self, chain: Chain, sequence: str) -> Page | None:
        """The page of `chain` whose range holds `sequence`, read strongly consistent, or None."""
        with outage_as_unavailable():
            answer = self._client.query(
                TableName=self._table,
                KeyConditionExpression="pk = :pk AND sk BETWEEN :first AND :last",
                ExpressionAttributeValues={
                    ":pk": {"S": _pk(chain)},
                    ":first": {"S": f"{chain.shard}#{START}"},
                    ":last": {"S": f"{chain.shard}#{int(sequence) - 1:040d}"},
                },
                ScanIndexForward=False,
                Limit=1,
                ConsistentRead=True,
            )
        pages = [page_from_item(item) for item in answer["Items"]]
        return next((page for page in pages if page.upto >= sequence), None)

    def add(self, page: Page) -> None:
        """Write a page. Raises PageTakenError if another begins where it does."""
        if page.redriven:
            self._add_by_hand(page)
            return
        with outage_as_unavailable():
            try:
                self._client.put_item(
                    TableName=self._table,
                    Item=page_to_item(page),
                    ConditionExpression="attribute_not_exists(pk)",
                )
            except self._client.exceptions.ConditionalCheckFailedException as error:
                raise PageTakenError(page.sort_key) from error

    def _add_by_hand(self, page: Page) -> None:
        put = {"TableName": self._table, "Item": page_to_item(page), "ConditionExpression": "attribute_not_exists(pk)"}
        _, _, entry_id = page.sort_key.partition("#")
        listed = {"pk": {"S": f"H#{page.chain.partner}"}, "sk": {"S": f"{page.chain.day}#{entry_id}"}}
        if not transacted(self._client, [{"Put": put}, {"Put": {"TableName": self._table, "Item": listed}}]):
            raise PageTakenError(page.sort_key)

    def by_hand(self, partner_id: str) -> dict[str, frozenset[str]]:
        """The keys of a partner's pages that were posted by hand, by day, read strongly consistent."""
        keys: defaultdict[str, set[str]] = defaultdict(set)
        for item in self._selected(f"H#{partner_id}", "", {}, {"ConsistentRead": True}):
            day, _, entry_id = item["sk"]["S"].partition("#")
            keys[day].add(f"{REDRIVEN}#{entry_id}")
        return {day: frozenset(of_day) for day, of_day in keys.items()}

    def pages(self, partner_id: str, day: str, *, from_page: str = "", consistent: bool = False) -> Iterator[Page]:
        """The pages of a partner's day in order of their keys, beginning with key `from_page`.

        Only a `consistent` reading is sure to have every page added before it.
        """
        items = self._items(partner_id, day, from_page, {"Limit": READ_PAGES, "ConsistentRead": consistent})
        return (page_from_item(item) for item in items)

    def marks(self, partner_id: str, day: str) -> Iterator[PageMark]:
        """Every page of a partner's day without its lines, in order of their keys, read strongly consistent."""
        wanted = {"ProjectionExpression": "sk, upto, totals", "ConsistentRead": True}
        return map(mark_of_item, self._items(partner_id, day, "", wanted))

    def totals(self, partner_id: str, day: str) -> Iterator[Totals]:
        """The totals of each page of a partner's day."""
        items = self._items(partner_id, day, "", {"ProjectionExpression": "totals"})
        return (totals_from_text(item["totals"]["S"]) for item in items)

    def parts(self, partner_id: str, day: str, marks: Mapping[str, str]) -> Iterator[PagePart]:
        """What has been posted of a partner's day beyond `marks`: sequence numbers up to which a shard is known.

        Shard by shard, in the order of the stream, without gaps; pages posted by hand always all. Costs two small
        reads a shard, and then what is new.
        """
        pk, position = f"D#{partner_id}#{day}", ""
        while (shard := self._next_shard(pk, position)) is not None:
            first = f"{shard}#" if shard == REDRIVEN else f"{shard}#{marks.get(shard, START)}"
            position = f"{shard}#~"
            for item in self._selected(pk, "sk BETWEEN :from AND :to", {":from": first, ":to": position}, _PARTS):
                yield part_of_item(item)

    def redriven(self, partner_id: str, day: str) -> Iterator[Totals]:
        """The totals of each page of a partner's day that was posted by hand, read strongly consistent."""
        bounds = {":from": f"{REDRIVEN}#", ":to": f"{REDRIVEN}#~"}
        wanted = {"ProjectionExpression": "totals", "ConsistentRead": True}
        items = self._selected(f"D#{partner_id}#{day}", "sk BETWEEN :from AND :to", bounds, wanted)
        return (totals_from_text(item["totals"]["S"]) for item in items)

    def visits(self, partner_id: str, day: str) -> Iterator[VisitMark]:
        """The visits of a partner's day. Raises BrokenPageError if a page's are not as many as its totals say."""
        # "lines" is a word that DynamoDB keeps for itself.
        wanted = {"ProjectionExpression": "#lines, totals", "ExpressionAttributeNames": {"#lines": "lines"}}
        for item in self._items(partner_id, day, "", wanted):
            yield from visits_of_item(item)

    def payouts(self, partner_id: str, day: str) -> Iterator[tuple[PageMark, tuple[PayoutMark, ...]]]:
        """Every page of a partner's day and the payouts among its lines, in order of the pages' keys, read strongly
        consistent. Raises BrokenPageError.
        """
        wanted = {
            "ProjectionExpression": "sk, upto, totals, #lines",
            "ExpressionAttributeNames": {"#lines": "lines"},
            "ConsistentRead": True,
        }
        for item in self._items(partner_id, day, "", wanted):
            yield mark_of_item(item), unpack_payouts(item["lines"]["B"])

    def _next_shard(self, pk: str, position: str) -> str | None:
        """The shard of the first page beyond a sort key."""
        with outage_as_unavailable():
            answer = self._client.query(
                TableName=self._table,
                KeyConditionExpression="pk = :pk AND sk > :position",
                ExpressionAttributeValues={":pk": {"S": pk}, ":position": {"S": position or " "}},
                ProjectionExpression="sk",
                Limit=1,
            )
        return answer["Items"][0]["sk"]["S"].partition("#")[0] if answer["Items"] else None

    def _items(self, partner_id: str, day: str, from_page: str, options: dict[str, Any]) -> Iterator[dict[str, Any]]:
        condition, bounds = ("sk >= :from", {":from": from_page}) if from_page else ("", {})
        return self._selected(f"D#{partner_id}#{day}", condition, bounds, options)

    def _selected(
        self, pk: str, condition: str, bounds: dict[str, str], options: dict[str, Any]
    ) -> Iterator[dict[str, Any]]:
        request: dict[str, Any] = {
            "TableName": self._table,
            "KeyConditionExpression": f"pk = :pk AND {condition}" if condition else "pk = :pk",
            "ExpressionAttributeValues": {":pk": {"S": pk}, **{name: {"S": text} for name, text in bounds.items()}},
            **options,
        }
        yield from items_of_all_pages(self._client.query, request)


def page_to_item(page: Page) -> dict[str, Any]:
    item = {
        "pk": {"S": _pk(page.chain)},
        "sk": {"S": page.sort_key},
        "upto": {"S": page.upto},
        "lines": {"B": pack_lines(page.lines)},
        "totals": {"S": totals_to_text(page.totals)},
    }
    if page.redriven:
        item |= {"shard": {"S": page.chain.shard}, "after": {"S": page.after}}
    return item


def page_from_item(item: dict[str, Any]) -> Page:
    """Raises BrokenPageError if the item does not read, or its totals are not the recount of its lines."""
    try:
        _, partner, day = item["pk"]["S"].split("#")
        shard, after = item["sk"]["S"].split("#")
        redriven = shard == REDRIVEN
        if redriven:
            shard, after = item["shard"]["S"], item["after"]["S"]
        page = Page(
            chain=Chain(partner, day, shard),
            after=after,
            upto=item["upto"]["S"],
            lines=unpack_lines(item["lines"]["B"]),
            totals=totals_from_text(item["totals"]["S"]),
            redriven=redriven,
        )
    except (KeyError, ValueError) as error:
        raise BrokenPageError(f"a page does not read: {error}") from error
    if recount(partner, page.lines) != page.totals:
        raise BrokenPageError(f"the totals of page {item['pk']['S']} {page.sort_key} do not match its lines")
    return page


def mark_of_item(item: dict[str, Any]) -> PageMark:
    """Raises BrokenPageError if the totals do not read."""
    return PageMark(item["sk"]["S"], item["upto"]["S"], totals_from_text(item["totals"]["S"]))


def visits_of_item(item: dict[str, Any]) -> tuple[VisitMark, ...]:
    """Raises BrokenPageError if the item does not read, or its totals say another number."""
    visits = unpack_visits(item["lines"]["B"])
    if len(visits) != totals_from_text(item["totals"]["S"]).visits:
        raise BrokenPageError("the visits of a page are not as many as its totals say")
    return visits


def part_of_item(item: dict[str, Any]) -> PagePart:
    shard, after = item["sk"]["S"].split("#")
    return PagePart(shard, after, item["upto"]["S"], totals_from_text(item["totals"]["S"]))


def _pk(chain: Chain) -> str:
    return f"D#{chain.partner}#{chain.day}"
