"""Traces: what a pass and the web do, as a collector gets to see it."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
import yaml
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from tests.integration.store_views.conftest import day
from tests.servers.collector import Collector, collecting
from watcher.adapters.tracing import tracing
from watcher.bootstrap import build
from watcher.cli import Session, run
from watcher.config import load
from watcher.domain.errors import PermanentError
from watcher.ports.trace import piece
from watcher.web.application import make_application
from watcher.web.server import serving


@pytest.fixture
def collector() -> Iterator[Collector]:
    with collecting() as made:
        yield made


@pytest.fixture
def configured(collector: Collector, sqlite_url: str, tmp_path: Path) -> Path:
    """A watcher of a registry at which nobody answers."""
    file = tmp_path / "watcher.yaml"
    registry = {
        "name": "local",
        "kind": "oci",
        "url": "http://127.0.0.1:9",
        "include": ["shop/api"],
    }
    told = {
        "database": {"url": sqlite_url},
        "state": str(tmp_path / "var"),
        "registries": [registry],
        "tracing": {"endpoint": collector.endpoint},
    }
    file.write_text(yaml.safe_dump(told))
    return file


def plain(text: str) -> str:
    return text


def test_pieces_of_work_are_spans_of_one_trace(collector: Collector) -> None:
    with (
        tracing(collector.endpoint, plain),
        piece("pass", number=7),
        piece("stage match", stage="match"),
        piece("job match", 2.0, job="context"),
    ):
        pass
    whole, stage, job = (collector.named(one) for one in ("pass", "stage match", "job match"))
    assert collector.parts_of(whole) == ["stage match"]
    assert {one.trace_id for one in collector.spans} == {whole.trace_id}
    assert [(one.key, one.value.int_value) for one in whole.attributes] == [("watcher.number", 7)]
    assert stage.parent_span_id == whole.span_id
    assert job.end_time_unix_nano - job.start_time_unix_nano >= 2_000_000_000


def test_what_fails_says_so_and_no_span_shows_a_secret(collector: Collector) -> None:
    def hide(text: str) -> str:
        return text.replace("hunter2", "***")

    with (
        pytest.raises(PermanentError),
        tracing(collector.endpoint, hide),
        piece("GET hunter2", host="hunter2.example"),
    ):
        raise PermanentError("refused: hunter2 is no password")
    (span,) = collector.spans
    assert span.status.code == Status.STATUS_CODE_ERROR
    assert "refused: *** is no password" in span.status.message
    assert b"hunter2" not in collector.bodies[0].SerializeToString()


def test_nothing_is_a_span_outside_of_the_block(collector: Collector) -> None:
    with tracing(collector.endpoint, plain):
        pass
    with piece("pass"):
        pass
    assert collector.spans == []


def test_a_collector_that_is_away_delays_nothing_and_is_told_of(
    caplog: pytest.LogCaptureFixture,
) -> None:
    begun = time.monotonic()
    with (
        caplog.at_level(logging.WARNING),
        tracing("http://127.0.0.1:9", plain),
        piece("pass"),
    ):
        pass
    assert time.monotonic() - begun < 10
    assert any(one.name.startswith("opentelemetry") for one in caplog.records)


def test_a_pass_is_a_trace_of_its_stages_and_their_requests(
    configured: Path, collector: Collector
) -> None:
    session = Session(environment={}, now=lambda: day(1))
    assert run(["--config", str(configured), "sync", "--only", "inventory"], session) == 1
    assert collector.parts_of(collector.named("pass")) == ["stage inventory"]
    asked = [one for one in collector.spans if one.name in {"GET", "HEAD"}]
    assert {one.status.code for one in asked} == {Status.STATUS_CODE_ERROR}
    assert {host(one) for one in asked} == {"127.0.0.1"}


def test_a_request_to_the_web_is_a_trace_but_for_those_that_come_all_the_time(
    configured: Path, collector: Collector
) -> None:
    with build(load(configured, {})) as app:
        app.database.upgrade()
        with serving(make_application(app, lambda: day(1)), "127.0.0.1", 0) as address:
            for path in ("/knowledge", "/healthz", "/metrics"):
                assert requests.get(f"{address}{path}", timeout=60).status_code == 200
    assert [one.name for one in collector.spans] == ["GET /knowledge"]


def test_without_a_collector_nothing_watches(configured: Path, collector: Collector) -> None:
    told = yaml.safe_load(configured.read_text())
    configured.write_text(yaml.safe_dump({**told, "tracing": {"endpoint": None}}))
    with build(load(configured, {})) as app, piece("pass"):
        assert app.tracer is None
    assert collector.spans == []


def host(span: Span) -> str:
    (found,) = (one.value for one in span.attributes if one.key == "watcher.host")
    return str(found.string_value)
