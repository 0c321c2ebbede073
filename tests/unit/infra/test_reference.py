"""The reference page: complete, from this folder alone, under a policy that allows nothing else."""

import json
import re
from pathlib import Path

import httpx
import pytest

from infra.paths import ROOT
from infra.reference import CONTENT_SECURITY_POLICY, build_reference
from infra.reference.server import served


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_reference(tmp_path_factory.mktemp("pages") / "reference")


def test_the_page_loads_its_parts_from_its_own_folder(page: Path) -> None:
    text = (page / "index.html").read_text()
    parts = re.findall(r'(?:src|href)="([^"]+)"', text)
    assert {"redoc.standalone.js", "reference.js", "reference.css"} <= set(parts)
    assert all((page / part).is_file() for part in parts if part != "data:,")
    # No script and no style stands in the page itself, so the policy need not allow any.
    assert re.findall(r"<script(?! src=)|<style|\son\w+=", text) == []


def test_the_page_shows_the_current_document(page: Path) -> None:
    assert (page / "openapi.json").read_bytes() == (ROOT / "docs" / "openapi.json").read_bytes()
    assert json.loads((page / "openapi.json").read_text())["openapi"].startswith("3.1")
    assert "openapi.json" in (page / "reference.js").read_text()


def test_the_licences_of_what_is_served_stand_beside_it(page: Path) -> None:
    assert "MIT License" in (page / "redoc.LICENSE.txt").read_text()
    assert (page / "redoc.standalone.js.LICENSE.txt").stat().st_size > 1_000


def test_the_policy_allows_scripts_of_this_folder_only() -> None:
    assert CONTENT_SECURITY_POLICY["script-src"] == "'self'"
    assert CONTENT_SECURITY_POLICY["default-src"] == "'none'"
    assert not re.search(r"https?:|\*|unsafe-eval", str(CONTENT_SECURITY_POLICY))


def test_it_is_served_with_its_headers_and_nothing_beside_it(page: Path) -> None:
    with served(page) as address, httpx.Client(base_url=address) as http:
        answer = http.get("/")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html")
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert http.get("/redoc.standalone.js").headers["x-content-type-options"] == "nosniff"
        assert http.get("/../secret").status_code == 404
    with served(page.parent) as address:
        assert httpx.get(address).status_code == 404
