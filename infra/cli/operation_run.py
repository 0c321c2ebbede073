"""`tessera points purchase` and its like: one operation of the API, carried out from an operator's machine.

The handler is the API's own, so that request, decision and answer are the same whichever way they come. Only who asks
is told otherwise: whoever has the deployment's AWS credentials may act on behalf of any partner, as with
`tessera import`; what an operator answers for personally, such as the second approval of an adjustment, takes that
operator's credential or token.
"""

import argparse
import json
import os
import uuid
from collections.abc import Callable

from rich.console import Console

from chalicelib.auth import Caller
from chalicelib.errors import ScopeMissingError
from chalicelib.operations import Call, Operation, Reply, carried_out, operation_of
from chalicelib.operator_roles import roles_for
from infra.cli.answer import NEXT_CURSOR, print_json, print_problem, print_reply
from infra.cli.exit_codes import CONTRADICTS, FAILED, HOLDS
from infra.cli.form import Form
from partners.access.model import OF_THE_NETWORK, Scope
from partners.bootstrap import Services
from partners.contracts.model import NETWORK
from shared.kernel.clock import system_clock, to_rfc3339
from shared.kernel.errors import InvalidRequestError, TesseraError, UnavailableError

OPERATOR_KEY = "TESSERA_OPERATOR_KEY"
"""Not an argument: those are seen by everyone on the machine, and kept in the shell's history."""


def carry_out(console: Console, chosen: argparse.Namespace, connect: Callable[[], Services]) -> int:
    """Do what was chosen and print the answer, or the problem; returns the exit code. Of a listing, a page or all.

    What makes a repetition safe is printed before anything is recorded. Raises ValueError if an operator's key is
    needed and not there, and what `connect` raises.
    """
    form: Form = chosen.form
    operation = operation_of(chosen.handler)
    request_id = str(uuid.uuid4())
    key, now = _key(operation, chosen), to_rfc3339(system_clock())
    try:
        params, body = form.params(chosen), form.body(chosen, now)
        who = caller_for(operation, chosen, connect())
        repeated_by = _repeated_by(form, chosen, key, now)
        if repeated_by:
            console.print(f"To repeat this safely, add {repeated_by}", highlight=False, soft_wrap=True)
        reply = carried_out(operation, Call(who, params, body, key, request_id), chosen.handler)
        _print(console, reply, chosen)
        while (cursor := next_page(reply, form)) is not None and chosen.all:
            call = Call(who, form.params(chosen, cursor), body, key, request_id)
            reply = carried_out(operation, call, chosen.handler)
            _print(console, reply, chosen)
    except TesseraError as error:
        print_problem(console, error, request_id, form.argument_of, as_json=chosen.json)
        return FAILED if isinstance(error, InvalidRequestError | UnavailableError) else CONTRADICTS
    if cursor is not None and not chosen.json:
        console.print(f"There is more: add --cursor {cursor}, or --all", highlight=False, soft_wrap=True)
    return HOLDS


def _print(console: Console, reply: Reply, chosen: argparse.Namespace) -> None:
    if chosen.json:
        print_json(reply)
    else:
        print_reply(console, reply)


def next_page(reply: Reply, form: Form) -> str | None:
    """The cursor of the page after this one, or None if it is the last, or the answer has no pages."""
    return json.loads(reply.content)[NEXT_CURSOR] if form.in_pages else None


def _key(operation: Operation, chosen: argparse.Namespace) -> str:
    return (chosen.key or str(uuid.uuid4())) if operation.idempotent else ""


def _repeated_by(form: Form, chosen: argparse.Namespace, key: str, now: str) -> str:
    """The arguments that were made up here, and that the same request needs again."""
    if not key:
        return ""
    made_up = [] if chosen.key else [f"--key {key}"]
    return " ".join(made_up + [f"{field.flag} {now}" for field in form.moments_left_out(chosen)])


def caller_for(operation: Operation, chosen: argparse.Namespace, services: Services) -> Caller:
    """Raises UnknownPartnerError, InvalidKeyError, ScopeMissingError, RoleMissingError, ValueError."""
    if operation.scope is not Scope.OPERATOR:
        partner = services.contracts.partner(chosen.partner)
        return Caller(partner.partner_id, "", frozenset())
    text = os.environ.get(OPERATOR_KEY)
    if not text:
        raise ValueError(
            f"Put your credential or token as an operator into the environment as {OPERATOR_KEY}: "
            "this is kept with your name."
        )
    found = services.access.resolve(text)
    if not found.scopes & OF_THE_NETWORK:
        raise ScopeMissingError(Scope.OPERATOR)
    operator = services.operators.behind(found)
    roles = frozenset(role.value for role in operator.roles)
    who = Caller(NETWORK, found.key_id, frozenset({Scope.OPERATOR.value}), operator.operator_id, roles)
    who.require_role(roles_for(operation.method, operation.operation_id))
    return who
