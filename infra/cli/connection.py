"""The services of a deployment, on AWS or on the local cloud, for a process on an operator's machine."""

import argparse
import os
from urllib.parse import urlsplit

from infra.cloudformation import stack_outputs
from infra.local.cloud import STAGE
from infra.stack import Stack
from infra.target import Target
from partners import bootstrap
from partners.bootstrap import Services


def deployment_parser() -> argparse.ArgumentParser:
    """A parent parser: `--stage` or `--endpoint`, one of which must be given, as `connect` takes them."""
    parser = argparse.ArgumentParser(add_help=False)
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--stage", metavar="NAME", help="a stage in the AWS account of your credentials")
    which.add_argument("--endpoint", metavar="URL", help="a local cloud, as `make serve` prints it")
    return parser


def target_of(endpoint: str | None) -> Target:
    """The AWS of the usual settings, or the local cloud at an address of which host and port count."""
    if endpoint is None:
        return Target.aws()
    address = urlsplit(endpoint if "//" in endpoint else f"//{endpoint}")
    return Target.local(f"http://{address.netloc}")


def connect(stage: str | None, endpoint: str | None) -> Services:
    """Stage `stage` in the account of the usual AWS settings, or the local cloud at `endpoint`.

    Of `endpoint` only host and port count, so the address that `make serve` prints will do. The AWS SDK of
    this process goes there from now on, and so do the API's handlers. Raises DeployError if there is no such
    stack, ValueError if the AWS settings name no region, and what botocore raises.
    """
    target, named = target_of(endpoint), stage or ""
    if endpoint is not None:
        named = stage or STAGE
        for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
            os.environ.pop(name, None)
    name = f"tessera-{named}"
    stack = Stack.of(target, name, named, stack_outputs(target.client("cloudformation"), name))
    os.environ.update(stack.process_environment())
    bootstrap.services.cache_clear()
    return bootstrap.services()
