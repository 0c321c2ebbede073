"""What a newcomer reads when something is missing on the machine."""

import pytest

from infra.check_machine import complaint


def test_a_machine_with_all_it_takes_gets_no_complaint() -> None:
    assert complaint((3, 11), [], "linux") == ""


@pytest.mark.parametrize("version", [(3, 8), (3, 10), (3, 15)])
def test_another_python_gets_the_command_to_name_a_good_one(version: tuple[int, int]) -> None:
    sentence = complaint(version, [], "linux")
    assert f"this is Python {version[0]}.{version[1]}" in sentence
    assert "make PYTHON=python3.12" in sentence


def test_a_missing_venv_module_gets_the_package_to_install() -> None:
    assert "apt install python3.11-venv" in complaint((3, 11), ["ensurepip"], "linux")


def test_another_system_is_told_why_it_will_not_do() -> None:
    assert "Linux" in complaint((3, 12), [], "darwin")
