"""`tessera import`: every line's outcome, the totals, the exit code, and nothing half-done that is not said."""

from pathlib import Path

import pytest

from infra.cli import __main__ as command
from partners.till.imports import Imports
from partners.till.purchase_file import COLUMNS
from shared.kernel.clock import to_rfc3339
from shared.kernel.errors import StoreUnavailableError
from tests.fakes.contract_book import contracts_of
from tests.unit.till.shop import Shop


class FakeServices:
    def __init__(self, shop: Shop) -> None:
        self.imports = Imports(contracts_of("alpha"), shop.till)


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Shop:
    """Sixty days after its purchases."""
    shop = Shop()
    shop.bought_at = to_rfc3339(shop.clock())
    shop.clock.advance(days=60)
    monkeypatch.setattr(command, "connect", lambda stage, endpoint: FakeServices(shop))
    return shop


@pytest.fixture
def run(shop: Shop, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """Writes a file of rows and runs the command on it: (exit code, lines that it printed)."""

    def import_rows(*rows: str, partner: str = "alpha") -> tuple[int, list[str]]:
        file = tmp_path / "late.csv"
        file.write_text("\n".join((",".join(COLUMNS), *rows)))
        code = command.main(["import", str(file), "--partner", partner, "--stage", "x"])
        return code, capsys.readouterr().out.splitlines()

    return import_rows


def row(shop: Shop, number: int, location: str = "s1", key: str = "") -> str:
    return f"{key or f'k-{number}'},{shop.card},{location},r-{number},{shop.bought_at},2000,USD"


def test_a_file_that_is_recorded_whole(shop, run):
    code, printed = run(row(shop, 1), row(shop, 2))
    assert code == command.HOLDS
    assert any("r-1" in line and "recorded" in line and "100 points" in line for line in printed)
    assert printed[-1] == "2 recorded, 0 again, 0 refused of 2 in the file. 200 points granted now."
    assert shop.balance == 200


def test_a_refused_line_is_named_with_its_reason_and_the_exit_code_is_1(shop, run):
    run(row(shop, 1))
    code, printed = run(row(shop, 1), row(shop, 1, key="k-other"), row(shop, 2, "moon"), row(shop, 3))
    assert code == command.CONTRADICTS
    rows = {line.split()[0]: line for line in printed if line.lstrip()[:1] in "2345" and line.startswith(" ")}
    assert {number: line.split()[3] for number, line in rows.items()} == {
        "2": "again",
        "3": "refused",
        "4": "refused",
        "5": "recorded",
    }
    assert "receipt_already_recorded" in rows["3"]
    assert "unknown_location" in rows["4"]
    assert printed[-2:] == [
        "1 recorded, 1 again, 2 refused of 4 in the file. 100 points granted now.",
        "Once that is put right, run it again with the whole file: what was recorded counts once.",
    ]


def test_a_bad_file_is_refused_before_a_deployment_is_asked(shop, run, monkeypatch):
    def connect(stage: str, endpoint: str) -> None:
        raise AssertionError("connected")

    monkeypatch.setattr(command, "connect", connect)
    code, printed = run(row(shop, 1), "k-2,9770")
    assert code == command.FAILED
    assert "Nothing was recorded." in printed[0]
    assert printed[1].strip() == "line 3: there are 2 values for 7 columns"


def test_a_file_that_is_not_there_is_named(shop, capsys):
    assert command.main(["import", "nowhere.csv", "--partner", "alpha", "--stage", "x"]) == command.FAILED
    assert "nowhere.csv" in capsys.readouterr().out


def test_an_unknown_partner_is_named_and_nothing_else_is_said(shop, run):
    code, printed = run(row(shop, 1), partner="gamma")
    assert code == command.FAILED
    assert printed == ["That did not work. No partner has this id."]


def test_lines_that_a_store_did_not_take_are_refused_lines(shop, run, monkeypatch):
    append, failures = shop.journal.append, [StoreUnavailableError("injected")]

    def fails_once(entry):
        for error in failures[:]:
            failures.clear()
            raise error
        append(entry)

    monkeypatch.setattr(shop.journal, "append", fails_once)
    code, printed = run(row(shop, 1), row(shop, 2))
    assert code == command.CONTRADICTS
    assert printed[-2] == "0 recorded, 0 again, 2 refused of 2 in the file. 0 points granted now."
    code, printed = run(row(shop, 1), row(shop, 2))
    assert (code, shop.balance) == (command.HOLDS, 200)


@pytest.mark.parametrize(
    ("error", "code"), [(ValueError("broken"), command.FAILED), (KeyboardInterrupt(), command.STOPPED)]
)
def test_what_was_recorded_before_it_ended_early_is_printed(shop, run, monkeypatch, error, code):
    import_purchase = shop.till.import_purchase

    def ends_early(partner_id, key, request):
        if key == "k-2":
            raise error
        return import_purchase(partner_id, key, request)

    monkeypatch.setattr(shop.till, "import_purchase", ends_early)
    ended, printed = run(row(shop, 1), row(shop, 2), row(shop, 3))
    assert ended == code
    assert any("r-1" in line and "recorded" in line for line in printed)
    assert "1 recorded, 0 again, 0 refused, 2 not tried of 3 in the file. 100 points granted now." in printed
    assert shop.balance == 100
