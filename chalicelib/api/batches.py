"""Purchases of an offline till, delivered together."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from chalicelib.api.purchases import purchased_reply
from chalicelib.api.schemas.batch import LineOutcome, PurchasesBody, PurchasesReply
from chalicelib.api.schemas.fields import NoParams
from chalicelib.api.schemas.problem import Problem
from chalicelib.operations import Call, Reply, Resource
from chalicelib.parsing import validated_line
from chalicelib.problems import problem_document
from partners import bootstrap
from partners.access.model import Scope
from partners.till.wire import PurchaseLine, purchase_request
from shared.kernel.errors import TesseraError

if TYPE_CHECKING:
    from partners.till.batch import BatchLine, Outcome

resource = Resource("purchases", __name__)


@resource.post(
    "/v1/purchases/batch",
    scope=Scope.EARN,
    params=NoParams,
    body=PurchasesBody,
    reply=PurchasesReply,
    status=200,
)
def record_purchases(call: Call[NoParams, PurchasesBody]) -> Reply:
    """Record the purchases of an offline till.

    Each line has its own key and its own outcome, the same as if it had been sent alone to /v1/purchases.
    The whole batch may be sent again: what was recorded before is answered again and counted once.
    """
    from partners.till.batch import record_lines

    def record(lines: "Sequence[BatchLine]") -> "list[Outcome]":
        return record_lines(bootstrap.services().till.purchase, call.caller.partner_id, lines)

    return line_by_line(call.body, record, call.request_id)


def line_by_line(
    body: PurchasesBody, record: "Callable[[Sequence[BatchLine]], list[Outcome]]", request_id: str
) -> Reply:
    """Every line's outcome: `record` gets the well-formed ones and returns theirs in the same order."""
    from partners.till.batch import Line

    outcomes: dict[int, Outcome] = {}
    lines: dict[int, BatchLine] = {}
    for place, raw in enumerate(body.purchases):
        try:
            line = validated_line(raw, PurchaseLine, ("purchases", place))
        except TesseraError as refusal:
            outcomes[place] = refusal
        else:
            lines[place] = Line(line.idempotency_key, purchase_request(line))
    outcomes |= dict(zip(lines, record(list(lines.values())), strict=True))
    return outcomes_reply(outcomes, request_id)


def outcomes_reply(outcomes: "Mapping[int, Outcome]", request_id: str) -> Reply:
    """What became of the lines of a request, by their places in it."""
    shown = [_shown(place, outcomes[place], request_id) for place in sorted(outcomes)]
    refused = sum(one.problem is not None for one in shown)
    replayed = sum(one.replayed for one in shown)
    recorded = len(shown) - refused - replayed
    reply = PurchasesReply(recorded=recorded, replayed=replayed, refused=refused, outcomes=shown)
    # A line's problem has the members that it would have had alone, and no others.
    return Reply(reply.model_dump_json(exclude_unset=True))


def _shown(place: int, outcome: "Outcome", request_id: str) -> LineOutcome:
    if isinstance(outcome, TesseraError):
        problem = Problem(**problem_document(outcome, request_id))
        return LineOutcome(line=place, status=problem.status, replayed=False, purchase=None, problem=problem)
    reply = purchased_reply(outcome)
    return LineOutcome(line=place, status=201, replayed=outcome.replayed, purchase=reply, problem=None)
