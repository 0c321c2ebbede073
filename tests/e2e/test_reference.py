"""The reference page of a deployment: everything that it names, from the deployment itself."""

import re
from urllib.parse import urljoin

import httpx

from infra.reference import HEADERS, ROUTE
from tests.support.clouds import DeployedCloud


def test_a_deployment_serves_the_page_and_all_it_names_and_nothing_beside_it(local_cloud: DeployedCloud) -> None:
    at = f"{local_cloud.base_url}{ROUTE}"
    with httpx.Client(timeout=60) as http:
        page = http.get(at).raise_for_status()
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert {name.lower(): value for name, value in HEADERS.items()}.items() <= dict(page.headers).items()
        named = re.findall(r'(?:src|href|data-document)="(reference/[^"]+)"', page.text)
        parts = {name.partition("?")[0]: http.get(urljoin(at, name)).raise_for_status() for name in named}
        assert "Redoc" in parts["reference/redoc.standalone.js"].text
        assert parts["reference/openapi.json"].json() == http.get(f"{local_cloud.base_url}/v1/openapi.json").json()
        assert {part.headers["cache-control"] for part in parts.values()} == {"public, max-age=31536000, immutable"}
        tag = {"If-None-Match": parts["reference/openapi.json"].headers["etag"]}
        assert http.get(f"{at}/openapi.json", headers=tag).status_code == 304
        for unknown in ("/headers.json", "/index.html"):
            assert http.get(f"{at}{unknown}").json()["code"] == "unknown_route"
