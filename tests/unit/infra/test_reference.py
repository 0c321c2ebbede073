"""The reference page: complete, from this folder alone, under a policy that allows nothing else."""

import json
import re
from pathlib import Path

import pytest

from functions.reference import digest_of
from infra.paths import ROOT
from infra.reference import CONTENT_SECURITY_POLICY, build_reference


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_reference(tmp_path_factory.mktemp("pages") / "reference")


def test_the_page_loads_its_parts_from_its_own_folder(page: Path) -> None:
    text = (page / "index.html").read_text()
    named = re.findall(r'(?:src|href|data-document)="([^"?]+)(?:\?v=([0-9a-f]{16}))?"', text)
    parts = {part: digest for part, digest in named if part != "data:,"}
    assert set(parts) == {"redoc.standalone.js", "reference.js", "reference.css", "openapi.json"}
    assert {part: digest_of((page / part).read_bytes()) for part in parts} == parts
    assert "{{" not in text
    # No script and no style stands in the page itself, so the policy need not allow any.
    assert re.findall(r"<script(?! src=)|<style|\son\w+=", text) == []


def test_the_page_shows_the_current_document(page: Path) -> None:
    shown = json.loads((page / "openapi.json").read_text())
    assert shown == json.loads((ROOT / "docs" / "openapi.json").read_text())
    assert "dataset.document" in (page / "reference.js").read_text()


def test_the_licences_of_what_is_served_stand_beside_it(page: Path) -> None:
    assert "MIT License" in (page / "redoc.LICENSE.txt").read_text()
    assert (page / "redoc.standalone.js.LICENSE.txt").stat().st_size > 1_000


def test_the_policy_allows_scripts_of_this_folder_only() -> None:
    assert CONTENT_SECURITY_POLICY["script-src"] == "'self'"
    assert CONTENT_SECURITY_POLICY["default-src"] == "'none'"
    assert not re.search(r"https?:|\*|unsafe-eval", str(CONTENT_SECURITY_POLICY))
