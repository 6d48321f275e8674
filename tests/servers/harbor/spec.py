"""Harbor's own description of its API, as a judge of requests and of answers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import yaml
from jsonschema import Draft4Validator, FormatChecker

from tests.servers.hostile import Reply, Seen

FILE = Path(__file__).with_name("harbor-2.16-swagger.yaml")
# Swagger 2.0 is JSON Schema draft 4 with words of its own; parameters in a query are texts.
_READINGS: Mapping[str, Any] = {
    "integer": int,
    "boolean": lambda text: {"true": True, "false": False}[text],
    "string": str,
}


@dataclass(frozen=True)
class Operation:
    """One method of a path, with every reference resolved."""

    path: re.Pattern[str]
    method: str
    parameters: tuple[Mapping[str, Any], ...]
    responses: Mapping[str, Response]


@dataclass(frozen=True)
class Response:
    """What an answer of one status may be; without a schema any body."""

    headers: Mapping[str, Any]
    body: Draft4Validator | None


@dataclass(frozen=True)
class Spec:
    """All operations, below `root`, and the shapes they are about."""

    root: str
    operations: tuple[Operation, ...]
    definitions: Mapping[str, Any]

    @classmethod
    @cache
    def read(cls) -> Spec:
        """Read the description that lies beside this module."""
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        document = yaml.load(FILE.read_text("utf-8"), loader)  # noqa: S506 - a safe loader
        definitions = _strict(document["definitions"])
        operations = tuple(
            _operation(document, definitions, _Place(path, method), found)
            for path, methods in document["paths"].items()
            for method, found in methods.items()
            if method in {"get", "head", "post", "put", "delete", "patch"}
        )
        return cls(document["basePath"], operations, definitions)

    def problems(self, seen: Seen, reply: Reply) -> list[str]:
        """What is wrong with a request and with its answer."""
        return [*self.request_problems(seen), *self.answer_problems(seen, reply)]

    def request_problems(self, seen: Seen) -> list[str]:
        """What is wrong with a request: its path, its parameters, their types and limits."""
        found = self._operation(seen)
        what = f"{seen.method} {seen.path}"
        if found is None:
            return [f"{what}: there is no such operation"]
        return [f"{what}: {problem}" for problem in _parameter_problems(found, seen)]

    def answer_problems(self, seen: Seen, reply: Reply) -> list[str]:
        """What is wrong with an answer: its status, its headers, its body."""
        found = self._operation(seen)
        what = f"{seen.method} {seen.path}: {reply.status}"
        if found is None:
            return [] if reply.status == 404 else [f"{what}: there is no such operation"]
        response = found.responses.get(str(reply.status))
        if response is None:
            return [f"{what}: a status that is not described"]
        return [f"{what}: {problem}" for problem in _response_problems(response, reply)]

    def schema_problems(self, name: str, value: object) -> list[str]:
        """What is wrong with a value that should be of a named shape."""
        judge = Draft4Validator({"$ref": f"#/definitions/{name}", "definitions": self.definitions})
        return [error.message for error in judge.iter_errors(value)]

    def _operation(self, seen: Seen) -> Operation | None:
        path = urlsplit(seen.path).path.removeprefix(self.root)
        matching = (
            one
            for one in self.operations
            if one.method == seen.method.lower() and one.path.fullmatch(path)
        )
        return next(matching, None)


@dataclass(frozen=True)
class _Place:
    path: str
    method: str


def _operation(
    document: Mapping[str, Any],
    definitions: Mapping[str, Any],
    place: _Place,
    found: Mapping[str, Any],
) -> Operation:
    return Operation(
        re.compile(re.sub(r"\{[^}]*\}", "[^/]+", place.path)),
        place.method,
        tuple(_resolved(document, one) for one in found.get("parameters", ())),
        {
            status: _response(_resolved(document, one), definitions)
            for status, one in found["responses"].items()
        },
    )


def _response(found: Mapping[str, Any], definitions: Mapping[str, Any]) -> Response:
    schema = found.get("schema")
    if schema is None or schema.get("type") == "string":
        return Response(found.get("headers", {}), None)
    whole = {**_strict(schema), "definitions": definitions}
    checker = FormatChecker(formats=("date-time",))
    return Response(found.get("headers", {}), Draft4Validator(whole, format_checker=checker))


def _response_problems(response: Response, reply: Reply) -> Iterator[str]:
    for name, schema in response.headers.items():
        if name in reply.headers:
            yield from _text_problems(f"header {name}", schema, reply.headers[name])
    if response.body is not None:
        for error in response.body.iter_errors(json.loads(reply.body)):
            yield f"{error.json_path}: {error.message}"


def _resolved(document: Mapping[str, Any], found: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" not in found:
        return found
    target: Any = document
    for part in found["$ref"].removeprefix("#/").split("/"):
        target = target[part]
    resolved: Mapping[str, Any] = target
    return resolved


def _parameter_problems(operation: Operation, seen: Seen) -> Iterator[str]:
    known = {one["name"]: one for one in operation.parameters if one["in"] == "query"}
    given = parse_qsl(urlsplit(seen.path).query, keep_blank_values=True)
    for name, value in given:
        if name not in known:
            yield f"there is no parameter {name}"
        else:
            yield from _text_problems(f"parameter {name}", known[name], value)
    for one in operation.parameters:
        if one["in"] == "header" and one["name"].lower() in seen.headers:
            text = seen.headers[one["name"].lower()]
            yield from _text_problems(f"header {one['name']}", one, text)
    names = [name for name, _ in given]
    for name, one in known.items():
        if one.get("required") and name not in names:
            yield f"the parameter {name} is missing"
        if names.count(name) > 1:
            yield f"the parameter {name} is given twice"


def _text_problems(what: str, schema: Mapping[str, Any], text: str) -> Iterator[str]:
    """Judge a text that stands for a number, for true or false, or for itself."""
    try:
        value = _READINGS[schema["type"]](text)
    except (ValueError, KeyError):
        yield f"{what} is {text!r}, no {schema['type']}"
        return
    bounds = {key: schema[key] for key in ("maximum", "minimum", "enum") if key in schema}
    for error in Draft4Validator({**bounds, "type": schema["type"]}).iter_errors(value):
        yield f"{what}: {error.message}"


def _strict(schema: Any) -> Any:  # noqa: ANN401 - JSON
    """Allow null where Swagger says so, and no field that is not described."""
    if isinstance(schema, list):
        return [_strict(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    changed = {key: _strict(value) for key, value in schema.items()}
    if isinstance(changed.get("properties"), dict) and "type" in changed:
        changed.setdefault("additionalProperties", False)
    if changed.pop("x-nullable", False) and isinstance(changed.get("type"), str):
        changed["type"] = [changed["type"], "null"]
    return changed
