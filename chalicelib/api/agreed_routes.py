"""The four routes of what two operators agree on: how it stands, propose, approve, decline."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from chalicelib.api.schemas.fields import Body, NoBody, Params
from chalicelib.api.schemas.terms import ReasonBody
from chalicelib.operations import Call, Handler, Reply, Resource
from partners.access.model import Scope
from partners.contracts.errors import (
    InvalidReasonError,
    ProposalDecidedError,
    SecondPersonNeededError,
    UnknownProposalError,
)
from shared.kernel.errors import TesseraError

if TYPE_CHECKING:
    from partners.settlement.payments.agreed import Agreed, TwoPeople


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """What the description of each route says: a sentence, and perhaps paragraphs after an empty line."""

    get: str
    propose: str
    approve: str
    decline: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Something that two operators agree on about a subject, which `path` names as `subject`.

    `people` agree on it, and `approve` does what approving does besides; both are asked for with each request. `wanted`
    is what a body proposes, `shown` the reply. `unknown` is raised for a subject that there is not, if it can be told;
    `refusals` by approving alone, `invalid` by `wanted`.
    """

    name: str
    path: str
    subject: str
    texts: Texts
    params: type[Params]
    proposal_params: type[Params]
    body: type[Body]
    reply: type[BaseModel]
    unknown: type[TesseraError] | None
    people: "Callable[[], TwoPeople[Any]]"
    wanted: Callable[[Any], Any]
    shown: "Callable[[Agreed[Any]], BaseModel]"
    approve: "Callable[[], Callable[[str, str, int, str], Agreed[Any]]] | None" = None
    refusals: tuple[type[TesseraError], ...] = ()
    invalid: tuple[type[TesseraError], ...] = ()


@dataclass(frozen=True, slots=True)
class Routes:
    """The handlers."""

    get: Handler[Any, Any]
    propose: Handler[Any, Any]
    approve: Handler[Any, Any]
    decline: Handler[Any, Any]


def agreed_routes(resource: Resource, of: Agreement) -> Routes:
    """Register `get_<name>`, `propose_<name>`, `approve_<name>` and `decline_<name>`."""
    unknown = () if of.unknown is None else (of.unknown,)
    decided = (*unknown, UnknownProposalError, InvalidReasonError, ProposalDecidedError)

    def subject(call: Call[Any, Any]) -> str:
        found: str = getattr(call.params, of.subject)
        return found

    def as_it_is(call: Call[Any, Any]) -> BaseModel:
        return of.shown(of.people().of(subject(call)))

    def get(call: Call[Params, NoBody]) -> Reply:
        return Reply(as_it_is(call))

    def propose(call: Call[Params, Any]) -> Reply:
        who, wanted = call.caller.acting_as, of.wanted(call.body)
        return Reply(of.shown(of.people().propose(who, subject(call), wanted, call.body.reason)))

    def approve(call: Call[Any, ReasonBody]) -> Reply:
        approved = of.people().approve if of.approve is None else of.approve()
        return Reply(of.shown(approved(call.caller.acting_as, subject(call), call.params.proposal, call.body.reason)))

    def decline(call: Call[Any, ReasonBody]) -> Reply:
        who, proposal = call.caller.acting_as, call.params.proposal
        return Reply(of.shown(of.people().decline(who, subject(call), proposal, call.body.reason)))

    def named(handler: Any, text: str) -> Any:
        handler.__name__, handler.__doc__ = f"{handler.__name__}_{of.name}", text
        return handler

    def post(
        handler: Handler[Any, Any],
        text: str,
        path: str,
        params: type[Params],
        body: type[Body],
        errors: tuple[type[TesseraError], ...],
    ) -> None:
        resource.post(
            path,
            scope=Scope.OPERATOR,
            params=params,
            body=body,
            reply=of.reply,
            status=200,
            errors=errors,
            before=as_it_is,
        )(named(handler, text))

    says, one = of.texts, f"{of.path}/proposals/{{proposal}}"
    resource.get(of.path, scope=Scope.OPERATOR, params=of.params, reply=of.reply, errors=unknown)(named(get, says.get))
    post(propose, says.propose, of.path, of.params, of.body, (*unknown, InvalidReasonError, *of.invalid))
    refusals = (*decided, SecondPersonNeededError, *of.refusals)
    post(approve, says.approve, f"{one}/approve", of.proposal_params, ReasonBody, refusals)
    post(decline, says.decline, f"{one}/decline", of.proposal_params, ReasonBody, decided)
    return Routes(get, propose, approve, decline)
