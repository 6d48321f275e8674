"""The documents over HTTP: byte for byte those of the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.web.browser import Browser
from tests.integration.web.conftest import NOON, configured
from watcher.cli import Session, run

DOCUMENTS = [
    ("/api/v1/streams", ["streams"]),
    ("/api/v1/images", ["images"]),
    ("/api/v1/knowledge", ["knowledge"]),
    ("/api/v1/bumps", ["bumps"]),
    ("/api/v1/exposures", ["exposures"]),
    (
        "/api/v1/exposures?open=true&severity=high&stream=local/data/etl:latest",
        ["exposures", "--open", "--severity", "high", "--stream", "local/data/etl:latest"],
    ),
    (
        "/api/v1/exposures?vulnerability=CVE-2026-1&as_of=2026-03-05T12:00:00Z",
        ["exposures", "--vulnerability", "CVE-2026-1", "--as-of", "2026-03-05T12:00:00Z"],
    ),
    (
        "/api/v1/exposures?as_of=2026-03-05T12:00:00Z&known_now=true",
        ["exposures", "--as-of", "2026-03-05T12:00:00Z", "--known-now"],
    ),
    (
        "/api/v1/report?as_of=2026-03-05T12:00:00Z&known_now=true",
        ["report", "--as-of", "2026-03-05T12:00:00Z", "--known-now"],
    ),
    ("/api/v1/streams?as_of=2026-03-05T12:00:00Z", ["streams", "--as-of", "2026-03-05T12:00:00Z"]),
    ("/api/v1/find?q=openssl@1", ["find", "openssl@1"]),
    ("/api/v1/report", ["report"]),
    (
        "/api/v1/report?since=2026-03-05T00:00:00Z",
        ["report", "--since", "2026-03-05T00:00:00Z"],
    ),
]


@pytest.mark.parametrize(("path", "arguments"), DOCUMENTS)
def test_a_document_is_the_command_lines_byte_for_byte(
    web: Browser, small_record: Path, tmp_path: Path, path: str, arguments: list[str]
) -> None:
    file = tmp_path / "told.json"
    session = Session(environment={}, now=lambda: NOON)
    config = str(configured(small_record))
    assert run(["--config", config, *arguments, "--format", "json", "-o", str(file)], session) == 0
    answer = web.get(path)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    assert answer.body == file.read_bytes()


def test_the_api_describes_itself(web: Browser) -> None:
    described = web.get("/api/v1/openapi.json").json()
    paths = set(described["paths"])
    names = {"report", "exposures", "streams", "images", "knowledge", "bumps", "find"}
    names |= {"published", "published/{number}", "cyclonedx"}
    assert paths == {f"/api/v1/{name}" for name in names}
    assert web.get("/docs").status == web.get("/openapi.json").status == 404


def test_health_and_readiness_are_told(web: Browser) -> None:
    assert web.get("/healthz").json()["alive"] is True
    assert web.get("/readyz").json() == {
        "schema": "watcher/ready/1",
        "ready": True,
        "reason": None,
        "parts": {},
    }
