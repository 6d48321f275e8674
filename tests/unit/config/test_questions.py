"""What the rest of watcher asks a configuration."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable

import pytest

from watcher.config import Config
from watcher.domain.errors import UsageError
from watcher.domain.pattern import Pattern, Selection
from watcher.domain.reference import Platform, Repository
from watcher.domain.stream import StreamRule

Load = Callable[..., Config]
Refuse = Callable[..., list[str]]


def registry(name: str = "local", extra: str = "") -> str:
    return f"{{name: {name}, kind: oci, url: 'http://127.0.0.1:5000'{extra}}}"


def test_a_registry_includes_everything_unless_told(loaded: Load) -> None:
    config = loaded(f"registries: [{registry()}]")
    assert config.includes(Repository("local", "shop/api"))
    assert not config.includes(Repository("elsewhere", "shop/api"))


def test_include_and_exclude_select_paths(loaded: Load) -> None:
    extra = ", include: ['shop/**', tools/lint], exclude: ['shop/old/*']"
    config = loaded(f"registries: [{registry(extra=extra)}]")
    wanted = {"shop/api": True, "shop/old/api": False, "tools/lint": True, "tools/other": False}
    assert {path: config.includes(Repository("local", path)) for path in wanted} == wanted


def test_a_base_is_listed_whatever_include_says(loaded: Load) -> None:
    extra = ", include: ['shop/**'], exclude: ['base/secret']"
    config = loaded(
        f"registries: [{registry(extra=extra)}, {registry('hub', ', include: [x/y]')}]\n"
        "bases: ['local/base/**', hub/library/debian]"
    )
    assert config.includes(Repository("local", "base/python"))
    assert not config.includes(Repository("local", "base/secret"))
    assert not config.includes(Repository("hub", "base/python"))
    assert config.selection("hub") == Selection((Pattern("x/y"), Pattern("library/debian")), ())
    assert config.is_base(Repository("hub", "library/debian"))
    assert not config.is_base(Repository("local", "shop/api"))


def test_stream_rules_are_the_domains(loaded: Load) -> None:
    config = loaded(
        "streams:\n"
        "  - {match: 'local/shop/**', by: version, lines: minor, flavours: [slim], "
        "tags: {include: ['*'], exclude: ['*-dev']}, platforms: [linux/arm64/v8]}\n"
        "  - {}\n"
    )
    assert config.stream_rules() == (
        StreamRule(
            match=Pattern("local/shop/**"),
            by="version",
            lines="minor",
            flavours=frozenset({"slim"}),
            tags=Selection.parse(("*",), ("*-dev",)),
            platforms=frozenset({Platform("linux", "arm64", "v8")}),
        ),
        StreamRule(),
    )


@pytest.mark.parametrize(
    ("stream", "team"),
    [
        ("local/shop/api:latest", "shop"),
        ("local/shop/api#2-slim", "shop"),
        ("local/shop/api#2-slim@linux/amd64", "shop"),
        ("local/shop/api", "shop"),
        ("local/base/python:3.12", "bases"),
        ("local/base/python:3.11", "platform"),
        ("local/web#1", "web"),
        ("local/web:1", "platform"),
        ("elsewhere/x:1", "platform"),
    ],
)
def test_the_first_rule_that_matches_owns_a_stream_else_the_default(
    loaded: Load, stream: str, team: str
) -> None:
    config = loaded(
        "owners:\n"
        "  - {team: nobody}\n"
        "  - {match: 'local/shop/**', team: shop}\n"
        "  - {match: 'local/shop/api', team: late}\n"
        "  - {match: 'local/base/python:3.12', team: bases}\n"
        "  - {match: 'local/web#*', team: web}\n"
        "  - {team: platform}\n"
    )
    assert config.owner_of(stream) == team


def test_without_a_default_a_stream_may_be_nobodys(loaded: Load) -> None:
    assert loaded("owners: [{match: 'a/b', team: x}]").owner_of("local/c:1") is None


def test_a_snapshot_is_canonical_and_named_by_its_hash(loaded: Load) -> None:
    one = loaded(f"stale_after: 24h\nregistries: [{registry()}]").snapshot()
    same = loaded(f"registries: [{registry()}]\nstale_after: 1d\n# said otherwise\n").snapshot()
    other = loaded(f"registries: [{registry()}]\nstale_after: 25h").snapshot()
    assert one == same
    assert one.sha256 != other.sha256
    assert one.sha256 == hashlib.sha256(one.body.encode()).hexdigest()
    assert one.body == json.dumps(json.loads(one.body), sort_keys=True, separators=(",", ":"))


def test_half_a_character_makes_a_snapshot_all_the_same(loaded: Load) -> None:
    config = loaded(r'owners: [{team: a, attributes: {x: "\ud800"}}]')
    assert json.loads(config.snapshot().body)["owners"][0]["attributes"] == {"x": "\ud800"}


def test_what_needs_a_registry_says_so_only_when_it_is_asked(loaded: Load) -> None:
    assert len(loaded(f"registries: [{registry()}]").some_registries()) == 1
    with pytest.raises(UsageError, match="registries: none is configured"):
        loaded("registries: []").some_registries()


def test_names_are_unique_and_references_lead_somewhere(refused: Refuse) -> None:
    assert refused(
        f"registries: [{registry()}, {registry()}]\n"
        "bases: ['locl/base/**']\n"
        "owners: [{team: a, tracker: ticket}]\n"
        "trackers: [{name: tickets, kind: folder}]"
    ) == [
        "watcher.yaml: registries: the name local is given 2 times: give each its own",
        "watcher.yaml: bases[0]: there is no registry named locl; did you mean local?",
        "watcher.yaml: owners[0].tracker: there is no tracker named ticket; did you mean tickets?",
    ]
