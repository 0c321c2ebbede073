"""The reference page out of the package: every file that it names, its headers, and how long it may be kept."""

import re
from pathlib import Path
from typing import Any

import pytest

from functions import reference as function
from functions.reference import A_WHILE, FOR_GOOD, handler
from infra.gateway_files import PATHS
from infra.paths import ROOT
from infra.reference import HEADERS, packaged
from tests.support.lambda_context import FakeContext

MOST_A_FUNCTION_MAY_ANSWER_BYTES = 6 * 1024 * 1024


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("package")
    for name, content in packaged(tmp_path_factory.mktemp("pages"), ROOT).items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_bytes(content)
    return root


@pytest.fixture(autouse=True)
def unpacked(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(function, "FOLDER", package / "reference")
    function._file.cache_clear()


def get(path: str, version: str | None = None, **headers: str) -> dict[str, Any]:
    query = None if version is None else {"v": version}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return handler({"resource": path, "queryStringParameters": query, "headers": named or None}, FakeContext())


def test_every_path_of_the_gateway_has_its_file_with_the_headers_of_the_page() -> None:
    for path in PATHS:
        answer = get(path)
        assert answer["statusCode"] == 200
        assert HEADERS.items() <= answer["headers"].items()
        assert 100 < len(answer["body"].encode()) < MOST_A_FUNCTION_MAY_ANSWER_BYTES
    types = [get(path)["headers"]["Content-Type"].split(";")[0] for path in PATHS]
    assert types == [
        "text/html",
        "text/css",
        "text/javascript",
        "text/javascript",
        "application/json",
        *["text/plain"] * 2,
    ]


def test_the_page_names_files_below_it_by_their_digests_which_may_be_kept_for_good() -> None:
    page = get("/reference")
    assert page["headers"]["Cache-Control"] == A_WHILE
    named = re.findall(r'"(reference/[^"?]+)\?v=([0-9a-f]+)"', page["body"])
    assert {f"/{name}" for name, _ in named} <= set(PATHS)
    assert len({name for name, _ in named}) == 4
    for name, version in named:
        assert get(f"/{name}", version)["headers"]["Cache-Control"] == FOR_GOOD
        for other in (None, "0" * 16):
            assert get(f"/{name}", other)["headers"]["Cache-Control"] == A_WHILE


def test_what_is_known_already_is_not_sent_again() -> None:
    first = get("/reference/openapi.json")
    again = get("/reference/openapi.json", If_None_Match=f'W/"other", {first["headers"]["ETag"]}')
    assert (again["statusCode"], again["body"]) == (304, "")
    assert again["headers"] == first["headers"]
    assert get("/reference/openapi.json", If_None_Match='"other"')["statusCode"] == 200
