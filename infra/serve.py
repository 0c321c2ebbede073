"""`python -m infra.serve [--port N]`: keeps the deployed system running on this machine until Ctrl-C."""

import argparse
import os
import shlex
import sys
import threading
import urllib.request

from infra.cloudformation import DeployError
from infra.example_partner import LOCATION_ID, PARTNER_ID, Example, create_example
from infra.local.deployment import deployed_locally
from infra.local.server import ServerStartError
from infra.paths import BUILD, ROOT
from infra.reference import ROUTE
from infra.stack import Stack
from infra.venvs import SetupError
from partners.bootstrap import Services
from shared.kernel.clock import system_clock, to_rfc3339
from shared.kernel.settings import Settings

_CLI = ".venv/bin/tessera"
VARIABLES = BUILD / "serve.env"
"""What a shell reads to do what docs/guide.md says; it is there as long as the system runs."""


def welcome(stack: Stack, example: Example, now: str) -> str:
    """What the terminal shows once all is up: address, keys and commands that work when pasted."""
    purchase = (
        f'{{"card_number":"{example.card_number}","location_id":"{LOCATION_ID}","receipt":"1001",'
        f'"occurred_at":"{now}","total":{{"amount_cents":4210,"currency":"USD"}}}}'
    )
    return f"""
Tessera runs at {stack.base_url}

  operator token {example.operator_token}  (of ann, for 12 hours)
  second one     {example.second_operator_token}  (of bob, to approve what ann proposes)
  partner key    {example.partner_key}  (partner {PARTNER_ID}, location {LOCATION_ID})
  card           {example.card_number}
  API document   {stack.base_url}/v1/openapi.json
  API reference  {stack.base_url}{ROUTE}
  for the shell  . {VARIABLES.relative_to(ROOT)}  (sets URL, KEY and CARD, as docs/guide.md uses them)

Award points for a purchase of $42.10. Sent again, it answers the same and awards nothing more:

  curl -sw '\\n' {stack.base_url}/v1/purchases \\
    -H 'Authorization: Bearer {example.partner_key}' \\
    -H 'Content-Type: application/json' -H 'Idempotency-Key: receipt-1001' \\
    -d '{purchase}'

Look at the card:

  curl -sw '\\n' {stack.base_url}/v1/cards/{example.card_number} \\
    -H 'Authorization: Bearer {example.partner_key}'

Look into the ledger as its operator, and audit all of it:

  {_CLI} ledger show {example.card_number} --endpoint {stack.endpoint_url}
  {_CLI} audit --settled-for 10 --endpoint {stack.endpoint_url}

Ctrl-C stops it; nothing is kept.
"""


def serve(port: int | None) -> None:
    """Returns when interrupted. Raises SetupError, ServerStartError or DeployError."""
    with deployed_locally(_report, port) as stack:
        os.environ.update(stack.process_environment())
        _report("making an example partner")
        example = create_example(Services(Settings.from_env(os.environ)))
        with urllib.request.urlopen(f"{stack.base_url}/v1/health", timeout=60) as answer:  # noqa: S310 (loopback)
            answer.read()
        _keep_variables(stack, example)
        try:
            print(welcome(stack, example, to_rfc3339(system_clock())), flush=True)
            threading.Event().wait()
        finally:
            VARIABLES.unlink(missing_ok=True)


def _keep_variables(stack: Stack, example: Example) -> None:
    values = {"URL": stack.base_url, "KEY": example.partner_key, "CARD": example.card_number}
    VARIABLES.parent.mkdir(exist_ok=True)
    VARIABLES.touch(mode=0o600)
    VARIABLES.write_text("".join(f"export {name}={shlex.quote(value)}\n" for name, value in values.items()))


def _report(line: str) -> None:
    print(line, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m infra.serve", description=__doc__)
    parser.add_argument("--port", type=int, help="loopback port; a free one if not given")
    try:
        serve(parser.parse_args().port)
    except KeyboardInterrupt:
        print("\nstopped")
    except (SetupError, ServerStartError, DeployError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
