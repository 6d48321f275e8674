"""What is asked of the web, again and again, and how long each answer takes."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from http.client import HTTPConnection
from urllib.parse import quote, urlsplit

from benchmarks.ledger.facts import REGISTRY
from benchmarks.ledger.measure import Asking
from benchmarks.scale_sheet import Sheet, counted
from watcher.bootstrap import App, build
from watcher.config import load
from watcher.ports.store.browsing import WindowsWanted
from watcher.ports.store.exposures import WindowFilter
from watcher.web.addresses import Addresses
from watcher.web.application import make_application
from watcher.web.server import serving

TIMES = 20
_SHARE = 0.95
_KIBI = 1024
_REST = 0.2  # seconds of a processor in a second of the clock
_LONG = 10  # seconds
_SLOWEST = 5.0  # seconds from which on an address is asked less often


def measure(asking: Asking) -> Sheet:
    """Ask everything; a sheet of milliseconds, KiB and statements."""
    sheet = Sheet()
    with (
        build(load(asking.config, {})) as app,
        serving(make_application(app, lambda: asking.at, ahead=True), "127.0.0.1", 0) as address,
    ):
        sheet.note("all that is worked out ahead, s", _at_rest())
        for name, path in asked(app).items():
            _note(sheet, app, name, f"{address}{path}")
    return sheet


def _at_rest() -> float:
    """Wait until this process has long had nothing to do; how many of its seconds that took.

    A server that it waits for is no rest, so it is watched for longer than a question takes.
    """
    begun = before = time.process_time()
    quiet = 0
    while quiet < _LONG:
        time.sleep(1)
        now = time.process_time()
        quiet = quiet + 1 if now - before < _REST else 0
        before = now
    return before - begun


def asked(app: App) -> Mapping[str, str]:
    """Addresses by what they are called, about things of the record that have much to show."""
    last = app.views.finished(None)
    upto = last.number if last else 0
    found = app.browsing.windows(WindowsWanted(order="newest", at_most=1), upto)
    (window,) = app.exposures.windows(WindowFilter(numbers=frozenset(found.numbers)), upto)
    at = Addresses()
    stream = (
        f"{window.repository}:{window.stream}" if window.by == "tag" else str(window.repository)
    )
    image = window.episodes[-1].episode.last_image
    flaw = quote(window.vulnerability)
    return {
        "report": "/",
        "exposures": "/exposures",
        "exposures, page 40": "/exposures?page=40",
        "exposures, all": "/exposures?state=any&sort=age",
        "exposures, high of a team": "/exposures?severity=high&team=team3&sort=severity",
        "exposures, overdue": "/exposures?due=overdue",
        "exposures, by a text": f"/exposures?q={flaw}",
        "streams": "/streams",
        "streams, by open": "/streams?sort=open&page=3",
        "streams, not covered": "/streams?coverage=uncovered",
        "streams, of a folder": f"/streams/{REGISTRY}/team3",
        "stream": at.stream(stream, window.track.platform),
        "image": at.image(str(window.repository), image),
        "vulnerability": at.vulnerability(window.vulnerability),
        "bumps": "/bumps",
        "coverage": "/coverage",
        "knowledge": "/knowledge",
        "published": "/published",
        "search, a vulnerability": f"/find?q={flaw}",
        "search, a package": "/find?q=lib7",
        "search, a stream": "/find?q=team3",
        "search, a digest": f"/find?q={image[:20]}",
        "metrics": "/metrics",
        "api, exposures": "/api/v1/exposures?limit=100",
        "api, streams": "/api/v1/streams?limit=100",
    }


def _note(sheet: Sheet, app: App, name: str, address: str) -> None:
    with counted(app.database.engine) as statements:
        first, size, status = _timed(address)
    if status != HTTPStatus.OK:
        raise AssertionError(f"{address} answered {status}")
    taken = sorted(_again(address, first))
    sheet.note(f"{name}, first, ms", 1000 * first)
    sheet.note(f"{name}, p95 ms", 1000 * taken[round(_SHARE * (len(taken) - 1))])
    sheet.note(f"{name}, KiB", size / _KIBI)
    sheet.note(f"{name}, statements", len(statements))


def _again(address: str, first: float) -> Iterator[float]:
    for _ in range(TIMES if first < _SLOWEST else 2):
        yield _timed(address)[0]


def _timed(address: str) -> tuple[float, int, int]:
    parts = urlsplit(address)
    connection = HTTPConnection(parts.netloc, timeout=600)
    begun = time.perf_counter()
    connection.request("GET", f"{parts.path}?{parts.query}" if parts.query else parts.path)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return time.perf_counter() - begun, len(body), answer.status
