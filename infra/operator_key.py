"""`python -m infra.operator_key --stage NAME`: issues a key of the network's operator and prints it, once.

The first key of a deployment can't come through its API, which asks for one.
"""

import argparse
import sys

from botocore.exceptions import BotoCoreError, ClientError

from infra.cli.connection import connect, deployment_parser
from infra.cloudformation import DeployError
from partners.access.model import IssuedKey, Scope
from partners.bootstrap import Services
from partners.contracts.model import NETWORK
from shared.kernel.errors import TesseraError


def issue_operator_key(services: Services) -> IssuedKey:
    """Raises StoreUnavailableError."""
    return services.access.issue_key(NETWORK, frozenset({Scope.OPERATOR}))


def main(arguments: list[str] | None = None) -> None:
    """The key goes to standard output and all else to standard error, so that it can be piped into a safe."""
    parser = argparse.ArgumentParser(
        prog="python -m infra.operator_key",
        description="Issue a key of the network's operator.",
        parents=[deployment_parser()],
    )
    chosen = parser.parse_args(arguments)
    try:
        issued = issue_operator_key(connect(chosen.stage, chosen.endpoint))
    except TesseraError as error:
        sys.exit(f"no key was issued: {error.detail}")
    except (DeployError, BotoCoreError, ClientError, ValueError) as error:
        sys.exit(f"no key was issued: {error}")
    print(issued.text)
    print(
        "Keep this key in a secrets manager, one key for each operator: it may do all that the network may, and is "
        f"neither stored nor shown again. Revoke it with POST /v1/keys/{issued.key.key_id}/revoke.",
        file=sys.stderr,
    )


if __name__ == "__main__":
    main()
