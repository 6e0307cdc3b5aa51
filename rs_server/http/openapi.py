"""The OpenAPI 3.1 document, made from the table of routes and the types of their bodies."""

import re
from collections.abc import Sequence
from typing import Any

import msgspec

from rs_server import __version__
from rs_server.core.permissions import CUSTOMER, PERMISSIONS, STRANGER
from rs_server.http.kit import COOKIE, Route
from rs_server.protocol.errors import ErrorInfo


def document(routes: Sequence[Route]) -> dict[str, Any]:
    types = [t for route in routes for t in (route.request, route.response) if t is not None]
    types.append(ErrorInfo)
    unique = list({str(t): t for t in types}.values())
    schemas, components = msgspec.json.schema_components(unique, ref_template="#/components/schemas/{name}")
    by_type = {str(kind): schema for kind, schema in zip(unique, schemas, strict=True)}
    paths: dict[str, Any] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, by_type)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Deskside",
            "version": __version__,
            "description": "Everything that changes something needs an `Origin` of the installation's own pages when "
            "it comes with the cookie; a client without `Origin` shows a bearer token.",
        },
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "staff": {"type": "apiKey", "in": "cookie", "name": COOKIE},
                "endpoint": {"type": "http", "scheme": "bearer"},
            },
        },
    }


def _operation(route: Route, schemas: dict[str, Any]) -> dict[str, Any]:
    permission = PERMISSIONS[route.permission]
    operation: dict[str, Any] = {
        "summary": route.summary,
        "operationId": f"{route.handler.__module__.rsplit('.', 1)[-1]}_{route.handler.__name__}",
        "description": f"Permission `{permission.name}`: {permission.about}.",
        "security": _security(permission.holders),
        "responses": {
            str(route.status): {"description": "Done"},
            "default": {
                "description": "Refused",
                "content": {"application/json": {"schema": schemas[str(ErrorInfo)]}},
            },
        },
    }
    names = re.findall(r"\{(\w+)\}", route.path)
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names
    ]
    parameters += [{"name": name, "in": "query", "schema": {"type": "string"}} for name in route.query]
    if parameters:
        operation["parameters"] = parameters
    if route.request is not None:
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": schemas[str(route.request)]}},
        }
    if route.response is not None:
        operation["responses"][str(route.status)]["content"] = {
            "application/json": {"schema": schemas[str(route.response)]}
        }
    return operation


def _security(holders: frozenset[str]) -> list[dict[str, list[str]]]:
    if STRANGER in holders:
        return []
    ways: list[dict[str, list[str]]] = []
    if holders - {CUSTOMER}:
        ways.append({"staff": []})
    if CUSTOMER in holders:
        ways.append({"endpoint": []})
    return ways
