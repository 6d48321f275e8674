"""What the web does not answer: each in the house's style, in one line, without a traceback."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sqlalchemy import create_engine, event

from tests.integration.web.browser import Answer, Browser
from tests.integration.web.conftest import Opening
from tests.integration.web.streams import LINE, PLATFORMS
from watcher.bootstrap import App
from watcher.domain.errors import UsageError
from watcher.web.addresses import Addresses
from watcher.web.application import make_application

ABSENT = f"sha256:{'0' * 64}"


def in_house(answer: Answer) -> bool:
    """Whether an answer is a page of ours."""
    return "<h1>" in answer.html and "Traceback" not in answer.html and "watcher" in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/nope",
        "/exposures/",
        "/static/none.css",
        "/static/../environment.py",
        "/static/%2e%2e/environment.py",
        "/streams/local/none:latest",
        "/streams/other/shop/web:latest",
        "/streams/local/shop/web:latest@linux/riscv64",
        "/streams/local/shop/web%23latest",
        "/streams/local/sho",
        "/streams/%00",
        "/streams/",
        f"/images/local/shop/web@{ABSENT}",
        "/images/local/shop/web@sha256:12",
        "/images/x",
        "/vulnerabilities/CVE-1999-1",
        "/vulnerabilities/",
    ],
)
def test_what_is_not_there_is_a_404_page(web: Browser, path: str) -> None:
    answer = web.get(path)
    assert answer.status == 404
    assert in_house(answer)


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("/exposures?sort=x", "sort='x' is none of due, severity, age, stream"),
        ("/exposures?severity=bad", "severity='bad' is none of critical"),
        ("/exposures?page=0", "they are numbered from 1 on"),
        ("/exposures?age=1", "age='1' is none of"),
        ("/exposures?as_of=yesterday", "as_of 'yesterday' is no time"),
        ("/streams?coverage=maybe", "coverage='maybe' is none of all, covered, uncovered"),
        ("/streams/local/shop/web:latest?weeks=9", "weeks='9' is none of"),
        ("/?since=2026-03-30T00:00:00Z", "period is empty"),
        ("/find?q=%07", "nothing can be searched"),
        (f"/find?q={'x' * 501}", "too long"),
    ],
)
def test_what_cannot_be_meant_is_a_400_page_that_says_why(
    web: Browser, path: str, line: str
) -> None:
    answer = web.get(path)
    assert answer.status == 400
    assert in_house(answer)
    assert line in answer.text


def test_below_the_api_a_refusal_is_json(web: Browser) -> None:
    absent, bad = web.get("/api/v1/none"), web.get("/api/v1/exposures?severity=bad")
    assert (absent.status, absent.json()["schema"]) == (404, "watcher/error/1")
    assert (bad.status, bad.json()["error"][:14]) == (400, "severity='bad'")
    assert web.get("/api/v1/exposures?open=perhaps").status == 400
    assert web.get("/api/v1/find").status == 400


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "ODD"])
def test_nothing_but_reading_is_allowed(web: Browser, method: str) -> None:
    answer = web.get("/exposures", method)
    assert answer.status == 405
    assert in_house(answer)


def test_a_head_request_gets_the_headers_alone(web: Browser) -> None:
    head, whole = web.get("/knowledge", "HEAD"), web.get("/knowledge")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-length"] == whole.headers["content-length"]


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "localhost.evil.example"]
)
def test_a_name_that_is_not_this_machine_reads_nothing(web: Browser, host: str) -> None:
    answer = web.get("/exposures", Host=host)
    assert answer.status == 421
    assert in_house(answer)
    assert "CVE" not in answer.text


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:80", "127.0.0.1", "[::1]:8080"])
def test_names_of_this_machine_may_ask(web: Browser, host: str) -> None:
    assert web.get("/healthz", Host=host).status == 200


@pytest.mark.parametrize(
    "path", ["/", "/nope", "/exposures?sort=x", "/static/web.css", "/api/v1/streams", "/healthz"]
)
def test_every_answer_carries_the_headers_that_keep_strangers_out(web: Browser, path: str) -> None:
    headers = web.get(path).headers
    assert headers["content-security-policy"] == (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    )
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "server" not in headers


def test_a_database_that_is_locked_is_a_503_page_that_says_so(
    small_record: Path, tmp_path: Path, opened: Opening
) -> None:
    database = _copied(small_record, tmp_path)
    with opened(database) as (web, app):
        assert web.get("/exposures").status == 200
        # Nobody waits half a minute for a test.
        event.listen(app.database.engine, "do_connect", _hurried)
        app.database.engine.dispose()
        other = create_engine(f"sqlite:///{database}", isolation_level=None)
        with other.connect() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode = DELETE")
            connection.exec_driver_sql("BEGIN EXCLUSIVE")
            _is_unavailable(web)
            connection.exec_driver_sql("ROLLBACK")
        other.dispose()
        assert web.get("/exposures").status == 200
        assert web.get("/readyz").status == 200


def test_a_database_that_vanished_is_a_503_page_and_is_not_made_anew(
    small_record: Path, tmp_path: Path, opened: Opening
) -> None:
    database = _copied(small_record, tmp_path)
    with opened(database) as (web, _):
        assert web.get("/streams").status == 200
        database.rename(tmp_path / "elsewhere.db")
        _is_unavailable(web)
        assert not database.exists()
        (tmp_path / "elsewhere.db").rename(database)
        assert web.get("/streams").status == 200


def test_a_defect_is_a_500_page_without_a_traceback(
    small_record: Path, opened: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a secret of the house")

    with opened(small_record) as (web, app):
        monkeypatch.setattr(type(app.views), "knowledge", broken)
        for path in ("/knowledge", "/api/v1/knowledge"):
            answer = web.get(path)
            assert answer.status == 500
            assert "secret of the house" not in answer.html
            assert "content-security-policy" in answer.headers
        assert in_house(web.get("/knowledge"))


def test_an_address_off_loopback_is_refused_before_anything_listens(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    wide = app.config.web.model_copy(update={"listen": "0.0.0.0:8080"})
    exposed = app.config.model_copy(update={"web": wide})
    monkeypatch.setattr(type(app), "config", exposed, raising=False)
    with pytest.raises(UsageError, match="nobody has to sign in"):
        make_application(app, lambda: pytest.fail("nobody asked for the time"))


def test_names_with_every_sign_come_back_as_they_were(web: Browser) -> None:
    at = Addresses()
    assert at.stream(LINE, "linux/amd64") == "/streams/local/shop/front/api%232-slim@linux/amd64"
    assert "front/api#2-slim" in web.get(at.stream(LINE, "linux/amd64")).text
    assert web.get(at.stream(PLATFORMS, "linux/arm64")).status == 200
    odd = web.get(at.stream("local/a?b#c/100%/../x:y"))
    assert odd.status == 404
    assert web.get("/find?q=a%23b%3Fc%25d%26e").status == 200


def _copied(record: Path, folder: Path) -> Path:
    database = folder / "watcher.db"
    shutil.copyfile(record, database)
    return database


def _hurried(_dialect: object, _record: object, _args: object, told: dict[str, object]) -> None:
    told["timeout"] = 0.05


def _is_unavailable(web: Browser) -> None:
    for path in ("/", "/exposures", "/streams", "/find?q=x"):
        answer = web.get(path)
        assert answer.status == 503
        assert "The database cannot be read now" in answer.text
        assert in_house(answer)
    assert web.get("/api/v1/streams").json()["status"] == 503
    ready = web.get("/readyz")
    assert (ready.status, ready.json()["ready"]) == (503, False)
    assert web.get("/healthz").status == 200
