"""Environments and commands are installed again when what they are made of changes, and only then."""

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from infra.venvs import ProjectInPlace, Report, SetupError, fingerprint

PROJECT = """
[build-system]
requires = ["setuptools"]
[project]
name = "shop"
scripts = { shop = "shop:main" }
[tool.linter]
width = 120
"""


class FakeEnvironment:
    """Remembers what pip was asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked: list[Sequence[str]] = []
        self.pip_works = True

    def pip_install(self, arguments: Sequence[str], report: Report) -> None:
        self.asked.append(arguments)
        if not self.pip_works:
            raise SetupError("no")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / ".venv").mkdir()
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    return tmp_path


@pytest.fixture
def environment(tree: Path) -> FakeEnvironment:
    return FakeEnvironment(tree / ".venv")


def ensure(root: Path, environment: FakeEnvironment) -> bool:
    return ProjectInPlace(root, environment).ensure(lambda line: None)


def test_touching_a_file_changes_nothing_and_editing_it_does(tmp_path: Path) -> None:
    file = tmp_path / "requirements.txt"
    file.write_text("a==1\n")
    before = fingerprint(["3.11"], [file])
    os.utime(file, (0, 0))
    assert fingerprint(["3.11"], [file]) == before
    file.write_text("a==2\n")
    assert fingerprint(["3.11"], [file]) != before


def test_another_python_is_another_environment(tmp_path: Path) -> None:
    file = tmp_path / "requirements.txt"
    file.write_text("")
    assert fingerprint(["3.11"], [file]) != fingerprint(["3.12"], [file])


def test_commands_are_installed_once_with_nothing_fetched_for_them(tree: Path, environment: FakeEnvironment) -> None:
    assert ensure(tree, environment)
    assert not ensure(tree, environment)
    assert environment.asked == [["--no-deps", "--no-build-isolation", f"--editable={tree}"]]


@pytest.mark.parametrize(
    ("before", "after", "again"),
    [("shop:main", "shop.command:main", True), ("setuptools", "hatchling", True), ("120", "100", False)],
)
def test_commands_are_installed_again_when_what_makes_them_changes(
    tree: Path, environment: FakeEnvironment, before: str, after: str, again: bool
) -> None:
    ensure(tree, environment)
    (tree / "pyproject.toml").write_text(PROJECT.replace(before, after))
    assert ensure(tree, environment) is again


def test_a_tree_that_has_moved_installs_its_commands_again(
    tree: Path, environment: FakeEnvironment, tmp_path_factory: pytest.TempPathFactory
) -> None:
    ensure(tree, environment)
    moved = tree.rename(tmp_path_factory.mktemp("elsewhere") / "tree")
    environment.folder = moved / ".venv"
    assert ensure(moved, environment)


def test_commands_that_could_not_be_installed_are_tried_again(tree: Path, environment: FakeEnvironment) -> None:
    environment.pip_works = False
    for _ in range(2):
        with pytest.raises(SetupError):
            ensure(tree, environment)
    assert len(environment.asked) == 2


def test_an_environment_of_another_tree_keeps_that_trees_commands(tree: Path, environment: FakeEnvironment) -> None:
    ensure(tree, environment)
    (tree / "second").mkdir()
    (tree / "second" / "pyproject.toml").write_text(PROJECT.replace("shop:main", "shop.command:main"))
    (tree / "second" / ".venv").symlink_to(tree / ".venv")
    second = FakeEnvironment(tree / "second" / ".venv")
    assert not ensure(tree / "second", second)
    assert second.asked == []
    assert not ensure(tree, environment)
