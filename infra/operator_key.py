"""`python -m infra.operator_key --stage NAME`: issues a credential of an operator and prints it, once.

The first operator of a deployment can't come through its API, which asks for one.
"""

import argparse
import sys

from botocore.exceptions import BotoCoreError, ClientError

from infra.cli.connection import connect, deployment_parser
from infra.cloudformation import DeployError
from partners.access.model import IssuedKey
from partners.bootstrap import Services
from partners.operators.model import ALL_ROLES, LONGEST_TOKEN_SECONDS
from shared.kernel.errors import TesseraError

FIRST_OPERATOR = "admin"


def issue_operator_credential(services: Services, operator_id: str = FIRST_OPERATOR) -> IssuedKey:
    """A credential of this operator, who is brought in with all roles if there is no such one.

    Raises InvalidOperatorError, OperatorDisabledError, TooManyCredentialsError, StoreUnavailableError.
    """
    _bring_in(services, operator_id)
    return services.operators.issue_credential(operator_id)


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
    chosen = parser.parse_args(arguments)
    try:
        issued = issue_operator_credential(connect(chosen.stage, chosen.endpoint), chosen.operator)
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
