"""The log: one line for each event, marked with what it is about, without secrets or commands."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.config import Config, Secret
from watcher.config.engine import Database
from watcher.config.registries import OciSettings
from watcher.config.secrets import secrets_of
from watcher.report.masked import Masked
from watcher.run.log import Style, logging_to, say
from watcher.services.about import about

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HIDDEN = "hunter2-hunter2"
LIBRARY = logging.getLogger("some.library")
WORK = logging.getLogger("watcher.services.work.shift")


def written(style: Style, act: Callable[[], None], *secrets: str) -> str:
    stream = io.StringIO()
    with logging_to(stream, style, lambda: NOW, Masked(secrets)):
        act()
    return stream.getvalue()


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    before = list(logging.getLogger().handlers)
    yield
    assert logging.getLogger().handlers == before


def test_a_line_for_people_is_as_it_was_said() -> None:
    assert written(Style.TEXT, lambda: say("stopped")) == "watcher: 2026-03-01T12:00:00Z stopped\n"


def test_jobs_are_told_of_to_machines_alone() -> None:
    def act() -> None:
        with about(pass_number=7, stage="catalog", job="local/shop/api@sha256:1"):
            WORK.info("job done")

    assert written(Style.TEXT, act) == ""
    assert json.loads(written(Style.JSON, act)) == {
        "at": "2026-03-01T12:00:00Z",
        "level": "info",
        "logger": "watcher.services.work.shift",
        "event": "job done",
        "pass_number": 7,
        "stage": "catalog",
        "job": "local/shop/api@sha256:1",
    }


@pytest.mark.parametrize("style", list(Style))
def test_no_secret_gets_through_whoever_logs_it(style: Style) -> None:
    def act() -> None:
        say(f"asked with {HIDDEN}")
        LIBRARY.warning("header: %s", HIDDEN)
        with about(job=f"https://x:{HIDDEN}@registry.example"):
            WORK.warning("late")
        LIBRARY.error("failed", exc_info=ValueError(HIDDEN))

    told = written(style, act, HIDDEN)
    assert HIDDEN not in told
    assert told.count("***") >= 3
    assert len(told.splitlines()) == 4


@given(st.text())
@pytest.mark.parametrize("style", list(Style))
def test_whatever_strangers_write_is_one_line_that_commands_no_terminal(
    style: Style, text: str
) -> None:
    told = written(style, lambda: say(text))
    assert told.endswith("\n")
    assert told[:-1].isprintable()


def test_every_secret_of_a_configuration_is_known_and_addresses_are_not_hidden_whole() -> None:
    given: dict[str, Any] = {
        "kind": "oci",
        "name": "local",
        "url": "https://registry.example",
        "username": "watcher",
        "password": HIDDEN,
        "webhook_secret": "w" * 20,
        "proxy": "http://u:proxy-pass@proxy.example:1",
    }
    config = Config(
        database=Database(url=Secret("postgresql+psycopg://watcher:db-pass@db.example/facts")),
        registries=(OciSettings.model_validate(given),),
    )
    assert set(secrets_of(config)) == {HIDDEN, "w" * 20, "proxy-pass", "db-pass"}
    assert secrets_of(Config()) == ()
