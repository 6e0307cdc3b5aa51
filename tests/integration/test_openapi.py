"""The API's document: complete, and true to its own form (OpenAPI 3.1, JSON Schema 2020-12)."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from rs_server.app import ROUTES
from rs_server.core.permissions import CUSTOMER, PERMISSIONS, STRANGER
from rs_server.http.openapi import document

from .conftest import House


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


async def test_it_is_served(house: House) -> None:
    made = msgspec.json.decode(msgspec.json.encode(document(ROUTES)))
    assert await house.api().call("GET", "/openapi.json") == made


def test_every_route_is_in_it_with_its_security() -> None:
    made = document(ROUTES)
    operations = {(method.upper(), path) for path, item in made["paths"].items() for method in item}
    assert operations == {(route.method, route.path) for route in ROUTES}
    schemes = made["components"]["securitySchemes"]
    for route in ROUTES:
        operation = made["paths"][route.path][route.method.lower()]
        security = operation["security"]
        assert (security == []) == (route.permission == "public"), route
        assert all(name in schemes and scopes == [] for way in security for name, scopes in way.items())
        holders = PERMISSIONS[route.permission].holders
        if STRANGER not in holders:
            assert ({"endpoint": []} in security) == (CUSTOMER in holders), route
            assert ({"staff": []} in security) == bool(holders - {CUSTOMER}), route


def test_its_form() -> None:
    made = document(ROUTES)
    assert re.fullmatch(r"3\.1\.\d+", made["openapi"])
    assert made["info"]["title"]
    assert made["info"]["version"]
    names = [operation["operationId"] for item in made["paths"].values() for operation in item.values()]
    assert len(set(names)) == len(names)
    for path, item in made["paths"].items():
        assert path.startswith("/")
        for method, operation in item.items():
            assert method in ("get", "head", "post", "put", "patch", "delete")
            assert operation["summary"]
            placed = re.findall(r"\{(\w+)\}", path)
            parameters = operation.get("parameters", [])
            assert [p["name"] for p in parameters if p["in"] == "path"] == placed
            assert all(p["required"] for p in parameters if p["in"] == "path")
            assert operation["responses"]
            for status, response in operation["responses"].items():
                assert re.fullmatch(r"[1-5]\d\d|default", status)
                assert response["description"]
            assert method not in ("get", "head", "delete") or "requestBody" not in operation


def test_what_a_page_asks_for_is_described_wherever_it_counts() -> None:
    paths = document(ROUTES)["paths"]
    for path, method, asked in (
        ("/sites/{key}", "get", ["queue", "skill"]),
        ("/sites/{key}/callback", "get", ["queue", "skill", "zone"]),
        ("/sites/{key}/callback", "post", ["queue", "skill"]),
    ):
        operation = paths[f"/api/v1{path}"][method]
        assert [each["name"] for each in operation["parameters"] if each["in"] == "query"] == asked
        assert "the site's queue" not in operation["summary"]


def test_every_reference_leads_somewhere() -> None:
    made = document(ROUTES)
    schemas = made["components"]["schemas"]
    for reference in references(made):
        assert reference.removeprefix("#/components/schemas/") in schemas, reference
