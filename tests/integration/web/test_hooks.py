"""Hooks over HTTP: let in with their secret, read, and noted once; everything else in one line."""

from __future__ import annotations

import json
import logging
import random
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import pytest
import yaml
from sqlalchemy import text

from tests.integration.web.browser import Answer
from tests.unit.web.hooks.kinds import registry
from tests.unit.web.hooks.test_formats import EXAMPLES, HINTS
from tests.unit.web.hooks.test_proof import ACCOUNT, AUDIENCE, FakeIdentity, basic
from watcher.bootstrap import App, build
from watcher.config import load
from watcher.domain.errors import StartError
from watcher.domain.places import Places
from watcher.ports.store.calls import MOST_PLACES, Call, Calls
from watcher.web.application import make_application
from watcher.web.hooks import notes, routes
from watcher.web.server import serving

ONE = pytest.mark.parametrize("backend", ["sqlite"])  # the database has no part in it
SECRET = "a-secret-of-nobody"  # noqa: S105 - of nobody
TOKEN = {"webhook_audience": AUDIENCE, "webhook_account": ACCOUNT}
OPEN = ["oci", "harbor", "docker-hub", "ecr"]


def event(repository: str, tag: str = "1") -> dict[str, Any]:
    return {"action": "push", "target": {"repository": repository, "tag": tag}}


def envelope(*repositories: str) -> bytes:
    return json.dumps({"events": [event(one) for one in repositories]}).encode()


@dataclass(slots=True)
class Disturbed:
    """The record of calls, into whose way something may come."""

    calls: Calls
    look: Callable[[Places], object]

    def call(self, key: str, payload: Mapping[str, Any]) -> None:
        self.calls.call(key, payload)

    def waiting(self, most: int) -> list[Call]:
        return self.calls.waiting(most)

    def answered(self, calls: Sequence[Call]) -> None:
        self.calls.answered(calls)


@dataclass(frozen=True, slots=True)
class Hooked:
    """The web of a watcher, and whoever sends hooks to it."""

    address: str
    app: App
    disturbed: Disturbed

    def post(
        self,
        path: str = "/hooks/oci",
        body: bytes = envelope("shop/api"),
        method: str = "POST",
        **headers: str,
    ) -> Answer:
        told = {"authorization": SECRET, "content-type": "application/json"}
        told |= {name.replace("_", "-"): value for name, value in headers.items()}
        connection = HTTPConnection(urlsplit(self.address).netloc, timeout=60)
        try:
            connection.request(method, path, body, {k: v for k, v in told.items() if v})
            answer = connection.getresponse()
            shown = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, shown, answer.read())
        finally:
            connection.close()

    def noted(self) -> dict[str, int]:
        """The places that wait to be looked at, and how often they were named."""
        return {str(one.place): one.times for one in self.app.calls.waiting(9999) if one.place}


@pytest.fixture
def hooked(database_url: str, tmp_path: Path) -> Iterator[Hooked]:
    file = tmp_path / "watcher.yaml"
    file.write_text(yaml.safe_dump({"database": {"url": database_url}, "state": str(tmp_path)}))
    registries = [registry(kind, webhook_secret=SECRET) for kind in OPEN]
    registries.append(registry("artifact-registry", **TOKEN))
    registries.append(registry("oci").model_copy(update={"name": "closed"}))
    picky = registry("oci", webhook_secret=SECRET, include=["shop/**"], exclude=["shop/old/**"])
    registries.append(picky.model_copy(update={"name": "picky"}))
    with build(load(file, {})) as built:
        config = built.config.model_copy(update={"registries": tuple(registries)})
        disturbed = Disturbed(built.calls, built.calls.look)
        calls = cast("Calls", disturbed)
        app = replace(built, config=config, identity=FakeIdentity(), calls=calls)
        web = make_application(app, lambda: pytest.fail("nobody asked for the time"))
        with serving(web, "127.0.0.1", 0) as address:
            yield Hooked(address, app, disturbed)


def shown_by(kind: str) -> tuple[str, dict[str, str]]:
    """The address of a kind's hooks, and the headers with which its registry sends them."""
    if kind == "docker-hub":
        return f"/hooks/docker-hub/{SECRET}", {"authorization": ""}
    if kind == "artifact-registry":
        return "/hooks/artifact-registry", {"authorization": "Bearer good"}
    return f"/hooks/{kind}", {"authorization": SECRET}


@ONE
@pytest.mark.parametrize("example", sorted(HINTS))
def test_what_a_registry_sends_is_taken_and_the_places_it_names_are_noted(
    hooked: Hooked, example: str
) -> None:
    folder = example.partition("/")[0]
    kind = "oci" if folder == "distribution" else folder
    path, headers = shown_by(kind)
    answer = hooked.post(path, (EXAMPLES / example).read_bytes(), **headers)
    assert (answer.status, answer.body) == (202, b"")
    assert sorted(hooked.noted()) == sorted({f"{kind}/{n.split(':')[0]}" for n in HINTS[example]})


@ONE
def test_a_secret_may_come_as_a_bearers_token_or_a_password(hooked: Hooked) -> None:
    for header in (f"Bearer {SECRET}", basic(SECRET).decode()):
        assert hooked.post(authorization=header).status == 202


@ONE
@pytest.mark.parametrize(
    ("path", "header"),
    [
        ("/hooks/oci", ""),
        ("/hooks/oci", "wrong"),
        ("/hooks/oci", "Bearer wrong"),
        (f"/hooks/oci?secret={SECRET}", ""),
        (f"/hooks/oci/{SECRET}", ""),
        (f"/hooks/oci/{SECRET}", SECRET),
        ("/hooks/docker-hub", SECRET),
        ("/hooks/docker-hub/wrong", ""),
        ("/hooks/docker-hub/", ""),
        ("/hooks/artifact-registry", SECRET),
        ("/hooks/artifact-registry", "Bearer bad"),
    ],
)
def test_who_does_not_prove_to_be_the_registry_is_refused_unread(
    hooked: Hooked, path: str, header: str
) -> None:
    answer = hooked.post(path, b"not even read", authorization=header, content_type="text/plain")
    assert (answer.status, answer.html) == (401, "What came along does not prove the sender.\n")
    assert answer.headers["www-authenticate"] == "Bearer"
    assert hooked.noted() == {}


@ONE
def test_keys_of_google_that_cannot_be_had_are_a_503(hooked: Hooked) -> None:
    assert hooked.post("/hooks/artifact-registry", authorization="Bearer away").status == 503


@ONE
def test_a_closed_registry_and_one_that_is_none_are_told_apart_in_the_log_alone(
    hooked: Hooked, caplog: pytest.LogCaptureFixture
) -> None:
    for shown in ("", SECRET, "Bearer None"):
        closed = hooked.post("/hooks/closed", authorization=shown)
        absent = hooked.post("/hooks/absent", authorization=shown)
        assert (closed.status, closed.html) == (404, "There is no such hook.\n")
        assert (absent.status, absent.html, absent.headers) == (404, closed.html, closed.headers)
    assert [one.getMessage()[:41] for one in caplog.records] == [
        "a request to /hooks/closed was refused: i"
    ]
    assert hooked.noted() == {}


@ONE
@pytest.mark.parametrize("path", ["/hooks", "/hooks/", "/hook/oci", "/HOOKS/oci", "//hooks/oci"])
def test_nothing_but_the_addresses_of_hooks_takes_a_post(hooked: Hooked, path: str) -> None:
    assert hooked.post(path).status in {404, 405}
    assert hooked.noted() == {}


@ONE
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "ODD"])
def test_hooks_are_posted_and_nothing_else(hooked: Hooked, method: str) -> None:
    assert hooked.post(method=method).status == 405
    assert hooked.noted() == {}


@ONE
def test_hooks_come_under_whatever_name_we_have_outside_and_pages_do_not(hooked: Hooked) -> None:
    assert hooked.post(Host="watcher.example", Origin="https://elsewhere.example").status == 202
    assert hooked.post("/exposures", method="GET", Host="watcher.example").status == 421
    assert hooked.post("/exposures", Host="127.0.0.1").status == 405


@ONE
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"content_type": "application/cloudevents+json; charset=utf-8"}, 202),
        ({"content_type": "application/vnd.docker.distribution.events.v2+json"}, 202),
        ({"content_type": "application/json;charset=UTF-8"}, 202),
        ({"content_type": ""}, 415),
        ({"content_type": "text/plain"}, 415),
        ({"content_type": "application/x-www-form-urlencoded"}, 415),
        ({"content_type": "text/json+json"}, 415),
        ({"content_encoding": "gzip"}, 415),
    ],
)
def test_only_json_is_taken_and_only_where_it_says_so(
    hooked: Hooked, headers: dict[str, str], status: int
) -> None:
    answer = hooked.post("/hooks/oci", envelope("shop/api"), "POST", **headers)
    assert answer.status == status
    assert len(answer.html.splitlines()) == (0 if status == 202 else 1)


@ONE
@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}", b"[" * 500_000, b'{"events": 1}'])
def test_a_body_that_is_none_of_the_kinds_is_a_400_of_one_line(hooked: Hooked, body: bytes) -> None:
    answer = hooked.post(body=body)
    assert answer.status == 400
    assert answer.html.startswith("This registry's kind sends no such thing: ")
    assert len(answer.html.splitlines()) == 1


def padded(size: int) -> bytes:
    body = envelope("shop/api")
    return body + b" " * (size - len(body))


@ONE
def test_a_body_may_be_a_mebibyte_and_no_longer_declared_or_not(hooked: Hooked) -> None:
    assert hooked.post(body=padded(routes.LARGEST)).status == 202
    declared = hooked.post(body=b"", content_length=str(routes.LARGEST + 1))
    assert declared.status == 413
    host = urlsplit(hooked.address).netloc
    connection = HTTPConnection(host, timeout=60)
    pieces = (padded(4096) for _ in range(routes.LARGEST // 4096 + 1))
    told = {"authorization": SECRET, "content-type": "application/json"}
    connection.request("POST", "/hooks/oci", pieces, told, encode_chunked=True)
    assert connection.getresponse().status == 413
    connection.close()


@ONE
def test_a_body_that_does_not_arrive_is_not_waited_for(
    hooked: Hooked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "PATIENCE", 0.3)
    where = urlsplit(hooked.address)
    with socket.create_connection((where.hostname or "", where.port or 0), timeout=30) as slow:
        slow.sendall(
            b"POST /hooks/oci HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
            b"authorization: a-secret-of-nobody\r\ncontent-length: 100\r\n\r\n{"
        )
        assert slow.recv(4096).startswith(b"HTTP/1.1 408 ")
    with socket.create_connection((where.hostname or "", where.port or 0), timeout=30) as cut:
        cut.sendall(
            b"POST /hooks/oci HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
            b"authorization: a-secret-of-nobody\r\ncontent-length: 100\r\n\r\n{"
        )
    assert hooked.post().status == 202


@ONE
def test_what_is_not_watched_is_taken_and_not_noted(hooked: Hooked) -> None:
    body = envelope("shop/api", "shop/old/api", "data/etl")
    assert hooked.post("/hooks/picky", body).status == 202
    assert hooked.noted() == {"picky/shop/api": 1}


def test_hooks_that_come_again_and_out_of_order_are_one_call_for_each_place(
    hooked: Hooked,
) -> None:
    names = [f"shop/{letter}" for letter in "abcde"]
    sent = [names[number % 5] for number in range(200)]
    random.Random(1).shuffle(sent)  # noqa: S311 - an order
    with ThreadPoolExecutor(20) as executor:
        answers = list(executor.map(lambda one: hooked.post(body=envelope(one)), sent))
    assert {one.status for one in answers} == {202}
    assert sorted(hooked.noted()) == [f"oci/{one}" for one in names]


def test_hooks_about_more_places_than_may_wait_are_one_call_for_the_registry(
    hooked: Hooked,
) -> None:
    with ThreadPoolExecutor(20) as executor:
        bodies = [envelope(f"shop/{number}") for number in range(MOST_PLACES + 50)]
        answers = list(executor.map(lambda one: hooked.post(body=one), bodies))
    assert {one.status for one in answers} == {202}
    assert hooked.noted().keys() == {"oci"}
    whole = envelope(*(f"shop/{number}" for number in range(5000)))
    assert hooked.post("/hooks/picky", whole).status == 202
    assert hooked.noted()["picky"] == 1


def test_many_hooks_at_once_are_few_transactions(hooked: Hooked) -> None:
    written, begun, go_on = list[Places](), threading.Event(), threading.Event()

    def slowly(places: Places) -> None:
        written.append(places)
        begun.set()
        assert go_on.wait(30)
        hooked.disturbed.calls.look(places)

    hooked.disturbed.look = slowly
    with ThreadPoolExecutor(50) as executor:
        sent = [executor.submit(hooked.post, body=envelope(f"shop/{n}")) for n in range(50)]
        assert begun.wait(30)
        time.sleep(1)
        go_on.set()
        assert {one.result().status for one in sent} == {202}
    assert len(hooked.noted()) == 50
    assert len(written) < 25


@ONE
def test_a_hook_that_cannot_be_noted_is_a_503_and_the_next_one_is_not(hooked: Hooked) -> None:
    hooked.disturbed.look = lambda _: _fail(StartError("the database is locked"))
    answer = hooked.post()
    assert (answer.status, answer.html[:26]) == (503, "It cannot be noted now: se")
    hooked.disturbed.look = hooked.disturbed.calls.look
    assert hooked.post().status == 202
    assert hooked.noted() == {"oci/shop/api": 1}


@ONE
def test_a_database_that_hangs_is_not_waited_for(
    hooked: Hooked, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()
    monkeypatch.setattr(notes, "PATIENCE", 0.3)
    hooked.disturbed.look = lambda _: go_on.wait(30)
    assert [hooked.post().status for _ in range(3)] == [503] * 3
    go_on.set()
    assert hooked.post().status == 202


@ONE
def test_a_defect_tells_nobody_the_secret_in_an_address(
    hooked: Hooked, caplog: pytest.LogCaptureFixture
) -> None:
    hooked.disturbed.look = lambda _: _fail(RuntimeError("broken"))
    path, headers = shown_by("docker-hub")
    with caplog.at_level(logging.INFO):
        body = (EXAMPLES / "docker-hub/push.json").read_bytes()
        answer = hooked.post(path, body, **headers)
    assert answer.status == 500
    assert SECRET not in answer.html
    # pytest hears the server's own log of requests too, which is silent elsewhere.
    said = [one.getMessage() for one in caplog.records if one.name.startswith("watcher")]
    assert said == ["'/hooks/': unexpected RuntimeError: 'broken'"]


def _fail(error: Exception) -> None:
    raise error


def test_nothing_that_strangers_send_is_kept_but_names_of_repositories(
    hooked: Hooked,
) -> None:
    told = json.loads(envelope("shop/api"))
    told["events"][0] |= {"actor": {"name": "<script>"}, "request": {"useragent": "x" * 1000}}
    assert hooked.post(body=json.dumps(told).encode()).status == 202
    with hooked.app.database.engine.connect() as connection:
        rows = connection.execute(text("SELECT key, payload FROM calls")).all()
    (row,) = rows
    payload = row.payload if isinstance(row.payload, dict) else json.loads(row.payload)
    assert (row.key, payload) == (
        "look:oci/shop/api",
        {"registry": "oci", "repository": "shop/api"},
    )
