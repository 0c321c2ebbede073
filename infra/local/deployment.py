"""The whole system on this machine: the local cloud with the package deployed to it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from infra.deploy import deploy
from infra.local.cloud import STAGE, local_cloud
from infra.package import build_package
from infra.stack import Stack
from infra.target import Target


@contextmanager
def deployed_locally(report: Callable[[str], None], port: int | None = None) -> Iterator[Stack]:
    """Package, start the local cloud, deploy; at the end of the block nothing of it is left.

    Raises SetupError, ServerStartError or DeployError.
    """
    package = build_package(report)
    report("starting the local cloud")
    with local_cloud(port) as cloud:
        yield deploy(Target.local(cloud.endpoint_url), package, STAGE, report, "test")
