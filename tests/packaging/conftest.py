"""The Lambda package, unpacked where nothing of the work tree is near."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from infra.package import Package


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "packaging" in item.path.parts:
            item.add_marker("packaging")


@pytest.fixture(scope="session")
def unpacked(package: Package, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("package")
    with zipfile.ZipFile(package.archive) as archive:
        archive.extractall(folder)
    return folder


@pytest.fixture(scope="session")
def template(package: Package) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(package.template.read_text())
    return loaded
