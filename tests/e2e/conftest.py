"""The deployed system, packaged as for AWS and reached over HTTP."""

import pytest

from infra.deploy import deploy
from infra.local.cloud import STAGE
from infra.package import Package
from infra.target import Target
from tests.support.clouds import DeployedCloud

WALK_EVERYTHING = ("test_invoices.py", "test_settlement.py", "test_audit.py", "test_one_member_eight_tills.py")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What walks all that there is comes first, but in `make test-full` meets what all other tests have left."""
    for item in items:
        if "e2e" in item.path.parts:
            item.add_marker("e2e")
    if config.option.markexpr != "full or not full":
        items.sort(key=lambda item: "e2e" not in item.path.parts or item.path.name not in WALK_EVERYTHING)


@pytest.fixture(scope="session")
def local_cloud(cloud_endpoint: str, package: Package) -> DeployedCloud:
    """The stack, deployed once for the whole session: tests bring partners and members of their own."""
    from partners.bootstrap import Services
    from shared.kernel.settings import Settings

    target = Target.local(cloud_endpoint)
    stack = deploy(target, package, STAGE, print, "test")
    return DeployedCloud(stack, target, Services(Settings.from_env(stack.settings_environment())))
