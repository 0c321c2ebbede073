"""`python -m infra.deploy --stage NAME`: package and deploy to the AWS account of your credentials.

The local cloud gets the same zip and the same template through `deploy()` below.
"""

import argparse
import sys
from collections.abc import Callable
from typing import get_args

from botocore.exceptions import BotoCoreError, ClientError

from infra.artefacts import upload
from infra.cloudformation import DeployError, deploy_stack
from infra.local.gateway import apply_gateway_errors
from infra.package import Package, build_package
from infra.stack import Stack
from infra.target import Target
from infra.venvs import SetupError
from shared.kernel.settings import KeyMode

_LOOK_EVERY_SECONDS_ON_AWS = 5.0
_LOOK_EVERY_SECONDS_LOCALLY = 0.05


def deploy(target: Target, package: Package, stage: str, report: Callable[[str], None], key_mode: KeyMode) -> Stack:
    """Create or update the stack `tessera-STAGE`, which takes keys of `key_mode` alone. Raises DeployError."""
    name = f"tessera-{stage}"
    stream_source = "emulator" if target.is_local else "aws"
    receivers = "local" if target.is_local and key_mode == "test" else "public"
    parameters = {
        "Stage": stage,
        "StreamSource": stream_source,
        "KeyMode": key_mode,
        "WebhookReceivers": receivers,
    }
    outputs = deploy_stack(
        target.client("cloudformation"),
        name,
        upload(target, package),
        parameters,
        report,
        _LOOK_EVERY_SECONDS_LOCALLY if target.is_local else _LOOK_EVERY_SECONDS_ON_AWS,
    )
    stack = Stack.of(target, name, stage, outputs)
    if target.is_local:
        apply_gateway_errors(target.client("apigateway"), outputs["RestAPIId"], stack.base_url.rsplit("/", 1)[1])
    return stack


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m infra.deploy", description=__doc__)
    parser.add_argument("--stage", required=True, help="name of the deployment, for example prod")
    parser.add_argument(
        "--key-mode", choices=get_args(KeyMode), default="live", help="test: points are not real, live keys are refused"
    )
    arguments = parser.parse_args()
    stage: str = arguments.stage
    try:
        target = Target.aws()
        identity = target.client("sts").get_caller_identity()
        print(f"deploying stage {stage} to account {identity['Account']}, region {target.region}")
        stack = deploy(target, build_package(print), stage, print, arguments.key_mode)
    except (SetupError, DeployError, BotoCoreError, ClientError, ValueError) as error:
        sys.exit(f"not deployed: {error}")
    print(f"deployed: {stack.base_url}/v1/health")
    for key, value in sorted(stack.outputs.items()):
        print(f"  {key}: {value}")


if __name__ == "__main__":
    main()
