"""The OpenAPI 3.1 document of a surface, out of the endpoints themselves."""

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from app_server.kernel.http.endpoint import ENDPOINTS, Endpoint

VERSION = "1.0.0"
MIN_CLIENT_VERSION = "1.0.0"
_REF = "#/components/schemas/{model}"

_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "trace_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}
TITLES = {"public": "万事 居民端接口", "staff": "万事 工作人员接口", "partner": "万事 合作方接口"}


def document(surface: str, title: str) -> dict[str, Any]:
    """The document of one surface; operations are sorted by path."""
    routes = sorted(
        (e for e in ENDPOINTS if e.surface == surface), key=lambda e: (e.path, e.method)
    )
    shapes = {s for e in routes for s in (e.body, e.form, e.reply) if s is not None}
    modes: list[tuple[type[BaseModel], Any]] = [
        (shape, "serialization" if any(e.reply is shape for e in routes) else "validation")
        for shape in sorted(shapes, key=lambda s: (s.__module__, s.__name__))
    ]
    refs, definitions = models_json_schema(modes, ref_template=_REF)
    references = {shape: refs[(shape, mode)] for shape, mode in modes}
    paths: dict[str, Any] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, references)
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": VERSION, "x-min-client-version": MIN_CLIENT_VERSION},
        "paths": paths,
        "components": {
            "schemas": definitions.get("$defs", {}) | {"Problem": _PROBLEM},
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(route: Endpoint, references: dict[Any, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.name.replace(".", "_"),
        "summary": route.summary,
        "tags": [route.tag],
        "x-caller": route.guard.needs,
        "parameters": _parameters(route),
        "responses": {
            str(route.status): _success(route, references),
            "default": _refusal(route),
        },
    }
    if route.guard.caller not in {"anyone", "own"}:
        operation["security"] = [{"bearer": []}]
    if route.raw:
        content = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in route.raw}
        operation["requestBody"] = {"required": True, "content": content}
    elif route.form is not None:
        operation["requestBody"] = {
            "required": False,
            "content": {"application/x-www-form-urlencoded": {"schema": references[route.form]}},
        }
    elif route.body is not None:
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": references[route.body]}},
        }
    return operation


def _refusal(route: Endpoint) -> dict[str, Any]:
    # What fails before any route is found (a request too large) is always a problem.
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    if route.refusals is None:
        return {"description": "Problem (RFC 9457)", "content": content}
    own = {route.refusals.content_type: {"schema": route.refusals.schema}}
    return {"description": route.refusals.description, "content": own | content}


def _success(route: Endpoint, references: dict[Any, Any]) -> dict[str, Any]:
    if route.reply is not None:
        return {
            "description": "OK",
            "content": {"application/json": {"schema": references[route.reply]}},
        }
    if route.status == 204:
        return {"description": "Done"}
    return {"description": "OK", "content": {route.reply_type: {"schema": {}}}}


def _parameters(route: Endpoint) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": adapter.json_schema()}
        for name, adapter in route.path_types.items()
    ]
    if route.query is not None:
        schema = route.query.model_json_schema()
        for name, field in schema.get("properties", {}).items():
            found.append(
                {
                    "name": name,
                    "in": "query",
                    "required": name in schema.get("required", []),
                    "schema": _without_null(field),
                }
            )
    if route.idempotent:
        found.append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": True,
                "schema": {"type": "string", "pattern": "^[A-Za-z0-9-]{8,80}$"},
            }
        )
    return found


def _without_null(field: dict[str, Any]) -> dict[str, Any]:
    # A query parameter is absent or a text; null has no way to be written in a URL.
    options = [o for o in field.get("anyOf", []) if o.get("type") != "null"]
    rest = {k: v for k, v in field.items() if k not in {"anyOf", "default", "title"}}
    return rest | options[0] if len(options) == 1 else rest or field
