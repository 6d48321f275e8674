"""Secrets are read at load, and shown nowhere."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from watcher.config import Config
from watcher.config.registries import OciSettings
from watcher.config.secret import Secret

Load = Callable[..., Config]
Refuse = Callable[..., list[str]]

HIDDEN = "hunter2-of-the-test"


def with_password(password: str, extra: str = "") -> str:
    return (
        "registries: [{name: local, kind: oci, url: 'http://127.0.0.1:5000', username: me, "
        f"password: {password}{extra}}}]"
    )


def password_of(config: Config) -> str:
    registry = config.registries[0]
    assert registry.kind == "oci"
    assert registry.password
    return registry.password.reveal()


def test_a_secret_is_a_text_a_variable_or_a_file(loaded: Load, tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text(f"{HIDDEN}\n", encoding="utf-8")
    assert password_of(loaded(with_password(HIDDEN))) == HIDDEN
    assert password_of(loaded(with_password("{env: HUB}"), {"HUB": HIDDEN})) == HIDDEN
    assert password_of(loaded(with_password(f"{{file: '{file}'}}"))) == HIDDEN


def test_the_environment_may_name_the_file_of_a_secret(loaded: Load, tmp_path: Path) -> None:
    file = tmp_path / "url"
    file.write_text("sqlite:///elsewhere.db\n", encoding="utf-8")
    config = loaded("", {"WATCHER_DATABASE__URL__FILE": str(file)})
    assert config.database.url.reveal() == "sqlite:///elsewhere.db"


@pytest.mark.parametrize(
    ("password", "line"),
    [
        ('{env: "A\\e"}', r"the environment has no variable A\x1b: set it, or remove the key"),
        ("{env: NONE}", "the environment has no variable NONE: set it, or remove the key"),
        ("{env: EMPTY}", "the variable EMPTY is empty: put the secret there, or remove the key"),
        ("''", "the text is empty: put the secret there, or remove the key"),
        (
            "{file: nowhere}",
            (
                "the file nowhere cannot be read (No such file or directory): "
                "create it, or let us read it"
            ),
        ),
        (f"{{env: A, file: {HIDDEN}}}", "must be a text in quotes, {env: NAME} or {file: PATH}"),
        (f"{{evn: {HIDDEN}}}", "must be a text in quotes, {env: NAME} or {file: PATH}"),
        ("12345", "must be a text in quotes, {env: NAME} or {file: PATH}"),
    ],
)
def test_a_secret_that_cannot_be_had_names_key_and_source_but_no_value(
    refused: Refuse, password: str, line: str
) -> None:
    lines = refused(with_password(password), {"EMPTY": ""})
    assert lines == [f"watcher.yaml:1: registries[0].password: {line}"]
    assert HIDDEN not in lines[0]
    assert "12345" not in lines[0]


@pytest.mark.parametrize("content", [b"x" * 65_537, b"\xff\xfe"])
def test_a_file_that_holds_no_secret_is_refused(
    refused: Refuse, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "password"
    file.write_bytes(content)
    (line,) = refused(with_password(f"{{file: '{file}'}}"))
    assert line.startswith("watcher.yaml:1: registries[0].password: the file password")


@pytest.mark.parametrize(
    "text",
    [
        with_password(HIDDEN, ", webhook_secret: [x]"),
        with_password(HIDDEN, ", nmae: x"),
        with_password(HIDDEN, ", zone: x").replace("kind: oci", "kind: harbor"),
        with_password(HIDDEN).replace("kind: oci", "kind: ocy"),
        with_password(HIDDEN).replace("username: me", "tls_ca: null"),
        with_password(HIDDEN).replace("//127", f"//me:{HIDDEN}@127"),
        f"registries: [{{name: a, kind: oci, url: 'http://a', proxy: 'http://me:{HIDDEN}@p/x'}}]",
        f"registries: [{{name: a, kind: oci, url: 'http://a', proxy: 'socks://me:{HIDDEN}@p'}}]",
        f"database: '{HIDDEN}'",
        f"database: {{url: '{HIDDEN}', urll: '{HIDDEN}'}}",
        f"feeds: {{kev: 'https://me:{HIDDEN}@x/y'}}",
        f"trackers: [{{name: a, kind: gitea, url: 'http://x', project: 'a/b', token: [{HIDDEN}]}}]",
    ],
)
def test_no_message_shows_a_secret(refused: Refuse, text: str) -> None:
    assert HIDDEN not in "\n".join(refused(text))


def test_no_text_of_a_configuration_shows_a_secret(loaded: Load) -> None:
    config = loaded(
        with_password(HIDDEN, f", proxy: 'http://me:{HIDDEN}@p:1', webhook_secret: {HIDDEN}"),
        {"WATCHER_DATABASE__URL": f"postgresql+psycopg://me:{HIDDEN}@db/watcher"},
    )
    texts = [repr(config), str(config), config.model_dump_json(), config.snapshot().body]
    texts += [repr(config.model_dump()), f"{config.database.url}"]
    assert [text for text in texts if HIDDEN in text] == []
    assert copy.deepcopy(config) == config


def test_the_snapshot_masks_what_is_set_and_leaves_out_where_it_came_from(loaded: Load) -> None:
    config = loaded(with_password("{env: HUB_TOKEN}"), {"HUB_TOKEN": HIDDEN})
    registry = json.loads(config.snapshot().body)["registries"][0]
    assert (registry["password"], registry["webhook_secret"]) == ("***", None)
    assert "HUB_TOKEN" not in config.snapshot().body


def test_another_secret_is_the_same_snapshot_and_another_configuration(loaded: Load) -> None:
    one, other = loaded(with_password("one")), loaded(with_password("other"))
    assert one.snapshot() == other.snapshot()
    assert one != other


def test_the_end_of_a_line_is_no_part_of_a_secret_wherever_it_comes_from(loaded: Load) -> None:
    (one,) = loaded(with_password("{env: E}"), {"E": "pw\r\n"}).registries
    assert isinstance(one, OciSettings)
    assert one.password == Secret("pw")
