"""`python -m infra.operator_key --stage NAME`: issues a credential of an operator and prints it, once.

The first operator of a deployment can't come through its API, which asks for one. What is done here is in the audit
trail all the same, by the AWS identity that does it.
"""

import argparse
import sys
import uuid

from botocore.exceptions import BotoCoreError, ClientError

from infra.cli.connection import connect, deployment_parser, target_of
from infra.cloudformation import DeployError
from partners.access.model import IssuedKey
from partners.bootstrap import Services
from partners.contracts.model import NETWORK
from partners.operators.model import ALL_ROLES, LONGEST_TOKEN_SECONDS
from partners.trail.model import Act, Phase
from shared.kernel.errors import TesseraError, UnavailableError

FIRST_OPERATOR = "admin"
ACTION = "operator_key"


def issue_operator_credential(
    services: Services, operator_id: str = FIRST_OPERATOR, *, by: str, reason: str | None = None
) -> IssuedKey:
    """A credential of this operator, who is brought in with all roles if there is no such one.

    Both are in the audit trail, done `by` an AWS identity; if that can't be recorded, nothing is done. Raises
    InvalidOperatorError, OperatorDisabledError, TooManyCredentialsError, StoreUnavailableError.
    """
    trail = services.trail
    begun = trail.begin(Act(by, NETWORK, ACTION, {"operator_id": operator_id}, {}, reason, str(uuid.uuid4())))
    before = None
    try:
        before = _rights(services, operator_id)
        _bring_in(services, operator_id)
        issued = services.operators.issue_credential(operator_id)
    except UnavailableError as lost:
        trail.end(begun, Phase.UNKNOWN, lost.code, before)
        raise
    except TesseraError as refusal:
        trail.end(begun, Phase.REFUSED, refusal.code)
        raise
    after = {**(_rights(services, operator_id) or {}), "key_id": issued.key.key_id}
    trail.end(begun, Phase.DONE, None, before, after)
    return issued


def _rights(services: Services, operator_id: str) -> dict[str, list[str]] | None:
    found = next((one for one in services.operators.all() if one.operator_id == operator_id), None)
    return None if found is None else {"roles": sorted(found.roles)}


def operator_token(services: Services, operator_id: str = FIRST_OPERATOR) -> str:
    """A token of this operator, who is brought in with all roles if there is no such one, for twelve hours."""
    _bring_in(services, operator_id)
    return services.operators.open_token(operator_id, LONGEST_TOKEN_SECONDS).text


def _bring_in(services: Services, operator_id: str) -> None:
    if operator_id not in {one.operator_id for one in services.operators.all()}:
        services.operators.add(operator_id, operator_id, ALL_ROLES)


def main(arguments: list[str] | None = None) -> None:
    """The credential goes to standard output and all else to standard error, so that it can be piped into a safe."""
    parser = argparse.ArgumentParser(
        prog="python -m infra.operator_key",
        description="Issue a credential of an operator; a new operator gets all roles.",
        parents=[deployment_parser()],
    )
    parser.add_argument("--operator", default=FIRST_OPERATOR, metavar="ID", help="whose; %(default)s if not given")
    parser.add_argument("--reason", metavar="TEXT", help="why; it is kept in the audit trail")
    chosen = parser.parse_args(arguments)
    try:
        services = connect(chosen.stage, chosen.endpoint)
        by = target_of(chosen.endpoint).client("sts").get_caller_identity()["Arn"]
        issued = issue_operator_credential(services, chosen.operator, by=by, reason=chosen.reason)
    except TesseraError as error:
        sys.exit(f"no credential was issued: {error.detail}")
    except (DeployError, BotoCoreError, ClientError, ValueError) as error:
        sys.exit(f"no credential was issued: {error}")
    print(issued.text)
    print(
        f"This is the credential of the operator '{issued.key.operator_id}'. Keep it in a secrets manager; it is "
        "neither stored nor shown again. It signs in with POST /v1/operator-tokens, and its tokens bring the other "
        "operators in with POST /v1/operators.",
        file=sys.stderr,
    )


if __name__ == "__main__":
    main()
