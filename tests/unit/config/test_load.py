"""Loading: file, environment above it, and a line for everything that is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from watcher.config import Config, load
from watcher.domain.errors import UsageError

Load = Callable[..., Config]
Refuse = Callable[..., list[str]]
LOCAL = "{name: local, kind: oci, url: 'http://127.0.0.1:5000'}"


def test_an_empty_file_is_the_default_configuration(loaded: Load) -> None:
    config = loaded("")
    assert config.database.url.reveal() == "sqlite:///watcher.db"
    assert (config.state, config.stale_after) == (Path("var"), timedelta(hours=24))
    assert (config.trivy.binary, config.trivy.timeout) == ("trivy", timedelta(minutes=10))
    assert [str(one) for one in config.trivy.db] == [
        "mirror.gcr.io/aquasec/trivy-db:2",
        "ghcr.io/aquasecurity/trivy-db:2",
    ]
    assert config.tickets.minimum_age == timedelta(0)


def test_nobody_changes_a_configuration(loaded: Load) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        loaded("").state = Path("elsewhere")  # type: ignore[misc]


def test_the_environment_beats_the_file_key_by_key(loaded: Load) -> None:
    config = loaded(
        "trivy: {workers: 2, binary: /opt/trivy}\nstale_after: 3h",
        {
            "WATCHER_DATABASE__URL": "postgresql+psycopg://db.example/watcher",
            "WATCHER_TRIVY__WORKERS": "8",
            "WATCHER_STALE_AFTER": "90d",
            "WATCHER_TRIVY__JAVA_DB": "[]",
            "WATCHER_REGISTRIES": json.dumps(
                [{"name": "r", "kind": "oci", "url": "http://127.0.0.1:1"}]
            ),
            "WATCHER_ACCEPTANCES": "null",
            "WATCHER_POLICY__CLASS": "moderate",
        },
    )
    assert config.database.url.reveal() == "postgresql+psycopg://db.example/watcher"
    assert (config.trivy.workers, config.trivy.binary) == (8, "/opt/trivy")
    assert (config.stale_after, config.trivy.java_db) == (timedelta(days=90), ())
    assert (config.registries[0].name, config.acceptances) == ("r", None)
    assert config.policy.class_ == "moderate"


def test_the_name_of_the_file_is_no_key(loaded: Load) -> None:
    assert loaded("", {"WATCHER_CONFIG": "watcher.yaml"}) == loaded("")


def test_the_programs_own_environment_is_not_read(
    loaded: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHER_STATE", "elsewhere")
    assert loaded("", {}).state == Path("var")


def test_what_kubernetes_sets_for_a_service_called_watcher_is_no_mistake(loaded: Load) -> None:
    names = ("PORT", "SERVICE_HOST", "SERVICE_PORT", "PORT_8080_TCP_ADDR", "PORT_8080_TCP")
    assert loaded("", {f"WATCHER_{name}": "tcp://10.0.0.1:80" for name in names}) == loaded("")


@pytest.mark.parametrize(
    ("name", "line"),
    [
        (
            "WATCHER_DATABSE__URL",
            (
                "WATCHER_DATABSE__URL: names no key of the configuration; did you "
                "mean WATCHER_DATABASE?"
            ),
        ),
        (
            "WATCHER_STAT",
            "WATCHER_STAT: names no key of the configuration; did you mean WATCHER_STATE?",
        ),
        (
            "WATCHER_DATABASE__ULR",
            "WATCHER_DATABASE__ULR: database.ulr: unknown key; did you mean url?",
        ),
        ("WATCHER_TRIVY__WORKERS", "WATCHER_TRIVY__WORKERS: trivy.workers: must be a whole number"),
        ("WATCHER_REGISTRIES", "WATCHER_REGISTRIES: must be JSON, such as [] or {}"),
        (
            "WATCHER_REGISTRIES__0__URL",
            "WATCHER_REGISTRIES__0__URL: registries: must be a list, such as [a, b]",
        ),
    ],
)
def test_a_wrong_variable_is_named(refused: Refuse, name: str, line: str) -> None:
    assert refused("", {name: "x"}) == [line]


def test_a_missing_file_says_how_to_get_one(tmp_path: Path) -> None:
    path = tmp_path / "none.yaml"
    with pytest.raises(UsageError) as caught:
        load(path, {})
    assert str(caught.value) == (
        f"there is no configuration at {path}: write one (docs/configuration.md tells how), "
        "or name another with --config"
    )


def test_a_folder_is_no_configuration(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"cannot be read \(Is a directory\)"):
        load(tmp_path, {})


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("state: var\nstate: [", "watcher.yaml:2: is not valid YAML"),
        ("state: var\nbases: [*x]", "watcher.yaml:2: is not valid YAML (found undefined alias"),
        ("a: 1\n---\nb: 2", "watcher.yaml:2: is not valid YAML (but found another document)"),
        ("state: !!python/name:os.system x", "watcher.yaml:1: is not valid YAML (could not"),
        ("state: 2026-02-31", "watcher.yaml: is not valid YAML (day is out of range for month)"),
        ("? [a]\n: b", "watcher.yaml:1: is not valid YAML (found unhashable key)"),
        ("trivy: {1: x}", "watcher.yaml:1: trivy[1]: must be text: put the key in quotes"),
        ('"a\\n\\e": 1', r"watcher.yaml:1: a\n\x1b: unknown key"),
        ('"\\e": 1\n"\\e": 2', r"watcher.yaml:2: key \x1b stands here and on line 1"),
        ("- a", "watcher.yaml: must be a mapping"),
        ("7: a", "watcher.yaml: must be a mapping"),
        ("state: a\n\nstate: b", "watcher.yaml:3: key state stands here and on line 1: keep one"),
        ("[" * 600, "watcher.yaml: is nested too deeply"),
        ("state: &a [*a]", "watcher.yaml: is nested too deeply"),
        ("x: [" + "1," * 10_001 + "]", "watcher.yaml: has more than 10000 keys"),
        ("#" * 1024 * 1025, "watcher.yaml: is larger than 1048576 bytes"),
        ("state: '\x00'", "watcher.yaml: is not valid YAML (special characters"),
    ],
)
def test_a_file_that_is_no_configuration_is_refused_in_one_line(
    refused: Refuse, text: str, line: str
) -> None:
    lines = refused(text)
    assert len(lines) == 1
    assert lines[0].startswith(line)


def test_a_file_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "watcher.yaml"
    path.write_bytes(b"state: \xff\xfe")
    with pytest.raises(UsageError, match="is not UTF-8 text"):
        load(path, {})


def test_aliases_that_unfold_without_end_are_refused_soon(refused: Refuse) -> None:
    layers = ["a0: &a0 [x]"] + [
        f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)
    ]
    assert "more than 10000 keys" in refused("\n".join(layers))[0]


def test_merge_keys_spare_repetition(loaded: Load) -> None:
    config = loaded(
        f"registries:\n  - &first {LOCAL}\n  - {{<<: *first, name: second, concurrency: 2}}\n"
    )
    assert [(one.name, one.concurrency) for one in config.registries] == [
        ("local", 8),
        ("second", 2),
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("registris: []", "1: registris: unknown key; did you mean registries?"),
        ("trivy:\n  binry: x", "2: trivy.binry: unknown key; did you mean binary?"),
        (
            "web: {zzz: 1}",
            "1: web.zzz: unknown key; known are: auth, listen, proxies, smtp, url",
        ),
        ("executor: {dsk: {}}", "1: executor.dsk: unknown key; did you mean dask?"),
        (
            "streams: [{tags: {exclud: []}}]",
            "1: streams[0].tags.exclud: unknown key; did you mean exclude?",
        ),
        ("policy: {clas: x}", "1: policy.clas: unknown key; did you mean class?"),
        (
            "registries:\n  - name: a\n    kind: oci\n    url: http://a\n    pasword: x",
            "5: registries[0].pasword: unknown key; did you mean password?",
        ),
        (
            "trackers: [{name: a, kind: folder, token: x}]",
            "1: trackers[0].token: unknown key; known are: kind, name, path",
        ),
    ],
)
def test_an_unknown_key_is_named_with_the_nearest_known_one(
    refused: Refuse, text: str, line: str
) -> None:
    assert f"watcher.yaml:{line}" in refused(text)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("registries:", "registries: is empty: give it a value, or remove the key"),
        ("state: ''", "state: must be a text of one line that is not empty"),
        ("state: 7", "state: must be text: put it in quotes"),
        ("trivy: 7", "trivy: must be a mapping, such as {key: value}"),
        ("trivy: {db: []}", "trivy.db: must name at least one"),
        ("trivy: {db: mirror.gcr.io/x}", "trivy.db: must be a list, such as [a, b]"),
        (
            "trivy: {db: [nothing]}",
            "trivy.db[0]: artifact 'nothing' is not host/path[:tag][@sha256:…]",
        ),
        ("trivy: {workers: 0}", "trivy.workers: must be at least 1"),
        ("trivy: {workers: 10001}", "trivy.workers: must be at most 10000"),
        ("trivy: {workers: true}", "trivy.workers: must be a number"),
        ("trivy: {workers: 1.5}", "trivy.workers: must be a whole number"),
        ("trivy: {timeout: 0s}", "trivy.timeout: must be longer than nothing"),
        (
            "stale_after: 24",
            "stale_after: must be a number with s, m, h, d or w, such as 10m or 90d",
        ),
        ("stale_after: 99999w", "stale_after: is longer than 100 years: write less"),
        (
            "tickets: {threshold: high}",
            "tickets.threshold: must be one of CRITICAL, HIGH, MEDIUM, LOW, UNKNOWN",
        ),
        ("tickets: {majors: maybe}", "tickets.majors: must be true or false"),
        ("executor: thread", "executor: must be one of threads; did you mean threads?"),
        ("executor: {dask: {}}", "executor.dask.scheduler: is missing: add it"),
        (
            "executor: {dask: {scheduler: http://a:1}}",
            "executor.dask.scheduler: must be an address such as tls://scheduler.example:8786",
        ),
        (
            "web: {listen: localhost}",
            "web.listen: 'localhost' is not host:port, such as 127.0.0.1:8080",
        ),
        ("web: {smtp: {host: x}}", "web.smtp.sender: is missing: add it"),
        (
            "policy: {preset: a, rules: {}}",
            "policy: has rules beside a preset or class: keep one of them",
        ),
        (
            "feeds: {vex: [ftp://x/y]}",
            "feeds.vex[0]: must be an address such as https://registry.example",
        ),
        (
            "owners: [{team: a, attributes: {x: [1]}}]",
            "owners[0].attributes.x: must be text, a number, true or false",
        ),
        (
            "owners: [{team: a, attributes: {x: .nan}}]",
            "owners[0].attributes.x: must be text, a number, true or false",
        ),
        (
            "renames: [{from: a, to: local/b}]",
            "renames[0].from: 'a' is no repository with its registry, such as local/shop/api",
        ),
        (
            "streams: [{by: versions}]",
            "streams[0].by: must be one of version, tag, newest; did you mean version?",
        ),
        (
            "streams: [{match: ''}]",
            (
                "streams[0].match: '' can match nothing: it begins with a "
                "registry's name, such as local/shop/**"
            ),
        ),
        (
            "streams: [{tags: {include: [a/b]}}]",
            (
                "streams[0].tags.include[0]: 'a/b' can match nothing: tags are of "
                "letters, digits, '.', '_' and '-'"
            ),
        ),
        (
            "streams: [{platforms: [linux]}]",
            (
                "streams[0].platforms[0]: platform 'linux' is not "
                "os/architecture[/variant], such as linux/amd64"
            ),
        ),
        (
            "trackers: [{name: a, kind: gitea, url: http://a, project: x, token: y}]",
            "trackers[0].project: 'x' is no project there, such as acme/shop",
        ),
        (
            "trackers: [{name: a, kind: trello}]",
            (
                "trackers[0].kind: unknown kind 'trello'; known are: "
                "folder, gitea, github, gitlab, jira"
            ),
        ),
        ("acceptances: 7", "acceptances: must be text: put it in quotes"),
    ],
)
def test_a_wrong_value_is_said_in_one_line(refused: Refuse, text: str, line: str) -> None:
    assert refused(text) == [f"watcher.yaml:1: {line}"]


def test_several_problems_have_a_line_each(refused: Refuse) -> None:
    assert refused("stat: a\ntrivy:\n  workers: 0\nbases:\n  - x\n", {"WATCHER_STATE": ""}) == [
        "WATCHER_STATE: state: must be a text of one line that is not empty",
        "watcher.yaml:3: trivy.workers: must be at least 1",
        "watcher.yaml:5: bases[0]: 'x' must begin with a registry's name, such as local/base/**",
        "watcher.yaml:1: stat: unknown key; did you mean state?",
    ]


NAMES = st.sampled_from(
    ["name", "kind", "url", "trivy", "registries", "owners", "match", "env", "x"]
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["oci", "harbor", "folder", "10m", "http://a"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=12,
)
KEYS = st.sampled_from(sorted(Config.model_fields))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(values=st.dictionaries(KEYS, VALUES, max_size=4))
def test_whatever_the_file_holds_it_loads_or_every_line_says_where(
    loaded: Load, tmp_path: Path, values: dict[str, object]
) -> None:
    try:
        config = loaded(json.dumps(values))
    except UsageError as error:
        lines = str(error).splitlines()
        assert lines
        assert all(line.startswith(str(tmp_path)) for line in lines)
        assert not any("Input should" in line for line in lines)
    else:
        assert json.loads(config.snapshot().body)
