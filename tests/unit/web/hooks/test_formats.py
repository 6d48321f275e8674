"""What registries send, read: examples after the vendors' descriptions, and what is none of it."""

from __future__ import annotations

import json
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.web.hooks.kinds import registry
from watcher.web.hooks.document import UnreadableError, parse
from watcher.web.hooks.hint import Hint
from watcher.web.hooks.reading import reader_of

HERE = Path(__file__).parent
EXAMPLES = HERE / "examples"
HINTS: dict[str, list[str]] = yaml.safe_load((HERE / "hints.yaml").read_text(encoding="utf-8"))
KIND_OF = {"distribution": "oci"}  # where a folder is not called as the kind that sends it
KINDS = ["oci", "harbor", "docker-hub", "ecr", "artifact-registry"]


def read(kind: str, body: bytes) -> frozenset[Hint]:
    return reader_of(registry(kind))(parse(body))


def written(one: Hint) -> str:
    return f"{one.path}:{one.tag}" if one.tag else one.path


def bodies(kind: str) -> list[dict[str, Any]]:
    folder = next((name for name, its in KIND_OF.items() if its == kind), kind)
    return [json.loads(file.read_text()) for file in sorted((EXAMPLES / folder).iterdir())]


def test_every_example_has_its_answer_and_no_other() -> None:
    files = {str(file.relative_to(EXAMPLES)) for file in EXAMPLES.rglob("*.json")}
    assert files == set(HINTS)


@pytest.mark.parametrize("name", sorted(HINTS))
def test_an_example_names_the_places_that_it_tells_of(name: str) -> None:
    folder = name.partition("/")[0]
    found = read(KIND_OF.get(folder, folder), (EXAMPLES / name).read_bytes())
    assert sorted(map(written, found)) == HINTS[name]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"1",
        b'"x"',
        b"\xff",
        b"{}",
        b'{"events": {}}',
        b'{"events": [1]}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"message": {"data": 1}}',
        b'{"type": 1}',
    ],
)
def test_what_the_kind_does_not_send_is_said_to_be_none_of_it(kind: str, body: bytes) -> None:
    with pytest.raises(UnreadableError):
        read(kind, body)


@pytest.mark.parametrize("kind", KINDS)
def test_no_registry_is_told_what_another_kind_sends(kind: str) -> None:
    for other in set(KINDS) - {kind}:
        for body in bodies(other):
            told = json.dumps(body).encode()
            try:
                assert read(kind, told) == frozenset()
            except UnreadableError:
                continue


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_a_body_with_anything_anywhere_names_places_or_is_unreadable(
    kind: str, data: st.DataObject
) -> None:
    """Nothing else may come out of a stranger's document, whatever is put in whichever field."""
    body = json.loads(json.dumps(data.draw(st.sampled_from(bodies(kind)))))
    odd: st.SearchStrategy[Any] = st.sampled_from(
        [None, 1, 1.5, True, "", "x", "a/b:c@d", [], {}, [[]], "\ud800"]
    )
    place: Any = body
    for _ in range(data.draw(st.integers(1, 4))):
        key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else [0]))
        inside = place[key]
        if not isinstance(inside, dict | list) or not inside or data.draw(st.booleans()):
            place[key] = data.draw(odd)
            break
        place = inside
    try:
        found = read(kind, json.dumps(body).encode())
    except UnreadableError:
        return
    assert all(one.leads_somewhere for one in found)


@pytest.mark.parametrize(
    "content",
    [
        "no base64!",
        b64encode(b"no json").decode(),
        b64encode(b"[]").decode(),
        b64encode(b'{"action": "INSERT"}').decode(),
        "\u00e9",
    ],
)
def test_a_message_whose_content_is_broken_is_unreadable(content: str) -> None:
    with pytest.raises(UnreadableError):
        read("artifact-registry", json.dumps({"message": {"data": content}}).encode())


def test_a_project_of_a_domain_is_found_under_its_address() -> None:
    tag = "europe-docker.pkg.dev/example.com/acme/shop/api:1"
    content = b64encode(json.dumps({"action": "INSERT", "tag": tag}).encode()).decode()
    one = registry("artifact-registry").model_copy(update={"project": "example.com:acme"})
    assert reader_of(one)({"message": {"data": content}}) == {Hint("shop/api", "1")}
