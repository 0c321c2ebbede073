"""`tessera statement verify`, as a partner's clerk uses it on files alone."""

import gzip
import json

import pytest

from infra.cli.__main__ import main
from infra.paths import ROOT
from partners.settlement.statements.document import signed, signed_message
from partners.settlement.statements.keys import from_der, key_set, published_key, read_key_set
from shared.kernel.canonical import sha256_hex
from tests.fakes.signer import MemorySigner
from tests.unit.partners.settlement.statement_examples import a_statement, rows, texts_of

SIGNER = MemorySigner()
HOLDS, CONTRADICTS, FAILED = 0, 1, 2


@pytest.fixture
def files(tmp_path):
    first = signed(a_statement(number=1, opening_cents=0, payments=()), SIGNER)
    closing = first["statement"]["closing_cents"]
    second = signed(a_statement(opening_cents=closing, previous_sha256=sha256_hex(first["statement"])), SIGNER)
    (tmp_path / "first.json").write_text(json.dumps(first))
    (tmp_path / "second.json").write_text(json.dumps(second, indent=2))
    (tmp_path / "keys.json").write_text(json.dumps(key_set([SIGNER.key()])))
    (tmp_path / "lines.jsonl").write_text("".join(texts_of(rows())))
    return tmp_path


def run(files, capsys, *more):
    given = ["statement", "verify", str(files / "second.json"), "--keys", str(files / "keys.json"), *map(str, more)]
    code = main(given)
    return code, " ".join(capsys.readouterr().out.split())


def everything(files):
    return "--lines", files / "lines.jsonl", "--previous", files / "first.json"


def test_a_statement_with_its_lines_and_the_one_before_holds(files, capsys):
    code, said = run(files, capsys, *everything(files))
    assert code == HOLDS
    assert "holds 5 lines" in said
    assert "It holds. Closing position" in said


def test_lines_may_be_compressed_as_they_come(files, capsys):
    lines = files / "lines.jsonl"
    lines.write_bytes(gzip.compress(lines.read_bytes()))
    assert "holds 5 lines" in run(files, capsys, *everything(files))[1]
    lines.write_bytes(lines.read_bytes()[:-20])
    code, said = run(files, capsys, *everything(files))
    assert code == FAILED
    assert "lines.jsonl" in said


def test_without_lines_it_says_that_they_were_not_checked(files, capsys):
    assert "were not checked" in run(files, capsys)[1]


def test_a_table_filed_before_tables_said_whose_they_are_holds_and_its_columns_are_told(files, capsys):
    of_before = ROOT / "tests" / "fixtures" / "statements"
    (files / "second.json").write_bytes((of_before / "format-2.json").read_bytes())
    code, said = run(files, capsys, "--figures", of_before / "format-2.csv")
    assert code == HOLDS
    assert "holds the table of figures" in said
    heading = (of_before / "format-2.csv").read_text().splitlines()[0].split(",")
    assert f"Compared were all columns that it has: {', '.join(heading)}." in said


def test_the_first_altered_line_is_named(files, capsys):
    lines = files / "lines.jsonl"
    lines.write_text(lines.read_text().replace('"receipt":"r-7"', '"receipt":"r-6"'))
    code, said = run(files, capsys, *everything(files))
    assert code == CONTRADICTS
    assert "Line 4 (main-st" in said


def test_a_changed_figure_is_found(files, capsys):
    changed = files / "second.json"
    changed.write_text(changed.read_text().replace('"paid_cents": 500', '"paid_cents": 600'))
    code, said = run(files, capsys)
    assert code == CONTRADICTS
    assert "The signature does not hold" in said


@pytest.mark.parametrize("name", ["first.json", "second.json", "keys.json"])
def test_a_file_with_a_name_twice_is_refused(files, capsys, name):
    whole = json.loads((files / name).read_text())
    first = next(iter(whole))
    forged = f"{json.dumps({first: 'another'})[:-1]}, {json.dumps(whole)[1:]}"
    assert json.loads(forged) == whole
    (files / name).write_text(forged)
    code, said = run(files, capsys, *everything(files))
    assert code == FAILED
    assert "same name twice" in said


def test_a_figure_that_stands_twice_in_a_signed_statement_is_refused(files, capsys):
    changed = files / "second.json"
    changed.write_text(changed.read_text().replace('"paid_cents": 500', '"paid_cents": 600, "paid_cents": 500', 1))
    assert run(files, capsys, *everything(files))[0] == FAILED


@pytest.mark.parametrize("where", [(), ("signature",)])
def test_what_is_added_beside_the_signed_statement_is_found(files, capsys, where):
    changed = json.loads((files / "second.json").read_text())
    target = changed[where[0]] if where else changed
    target["pay_to"] = "DE89370400440532013000"
    (files / "second.json").write_text(json.dumps(changed))
    assert run(files, capsys, *everything(files))[0] == CONTRADICTS


def test_a_statement_that_is_signed_with_more_than_its_format_has_is_found(files, capsys):
    plain = json.loads((files / "second.json").read_text())["statement"] | {"pay_to": "somebody"}
    signature = {
        "algorithm": "Ed25519",
        "key_id": SIGNER.key().key_id,
        "value": SIGNER.sign(signed_message(plain)).hex(),
    }
    (files / "second.json").write_text(json.dumps({"statement": plain, "signature": signature}))
    code, said = run(files, capsys, *everything(files))
    assert code == CONTRADICTS
    assert "other members" in said


def test_another_statement_before_it_is_found(files, capsys):
    code, said = run(files, capsys, "--previous", files / "second.json")
    assert code == CONTRADICTS
    assert "not the one that this statement follows" in said


@pytest.mark.parametrize("broken", ["second.json", "keys.json", "lines.jsonl"])
@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"{}"])
def test_broken_files_are_refused_in_words(files, capsys, broken, content):
    (files / broken).write_bytes(content)
    code, said = run(files, capsys, *everything(files))
    assert code in (CONTRADICTS, FAILED)
    assert "Traceback" not in said


def test_a_line_that_is_no_text_any_more_is_named(files, capsys):
    lines = files / "lines.jsonl"
    lines.write_bytes(lines.read_bytes().replace(b"r-4", b"r\xff4"))
    assert "Line 3 (main-st" in run(files, capsys, *everything(files))[1]


def test_a_missing_file_is_named(files, capsys):
    code, said = run(files, capsys, "--lines", files / "nowhere.jsonl")
    assert (code, "nowhere.jsonl" in said) == (FAILED, True)


def test_published_keys_are_read_back_and_others_left_out():
    key = SIGNER.key()
    other = {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}
    published = key_set([key])
    assert read_key_set({"keys": [other, *published["keys"], None, {"kty": "OKP", "crv": "Ed25519", "x": "?"}]}) == [
        key
    ]
    assert published["keys"][0]["kid"] == key.key_id


def test_the_key_id_is_the_thumbprint_of_the_standards_example():
    # RFC 8037, appendix A.3
    x = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    assert published_key(x).key_id == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
    assert from_der(bytes.fromhex("302a300506032b6570032100") + x) == published_key(x)


def test_fetch_gets_the_named_partner_s_statement_of_the_window(monkeypatch, tmp_path):
    asked = []
    monkeypatch.setattr("infra.cli.__main__.connect", lambda stage, endpoint: (stage, endpoint))
    monkeypatch.setattr("infra.cli.statement_fetch.fetch", lambda console, *asked_for: asked.append(asked_for) or True)
    given = ["statement", "fetch", "7", "--partner", "harvest", "--into", str(tmp_path), "--stage", "prod"]
    assert main(given) == HOLDS
    assert asked == [(("prod", None), "harvest", 7, tmp_path)]
