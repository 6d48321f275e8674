"""Whatever strangers call their things, pages show it as text and their links lead back to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.scanner import Known, fake_package
from tests.integration.store_views.conftest import MIDNIGHT, Fleet, day
from tests.integration.web.browser import Browser
from tests.integration.web.conftest import browsing
from tests.servers.sqlite import copy_database
from watcher.adapters.store.engine import open_engine
from watcher.demo.workshop import Image, layer
from watcher.domain.package import Occurrence
from watcher.web.addresses import Addresses

AT = Addresses()
SCRIPT = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>"
PATH = "a b/c%2Fd/../e?f=g#h&i;j/<b>k"
PLATFORM = "linux/<i>amd64"
NAME = f"local/{PATH}:la'te\"st"
FLAW = "CVE/../<u>1?#%"
LONG = "x" * 5000


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Browser]:
    database = tmp_path_factory.mktemp("hostile") / "watcher.db"
    copy_database(sqlite_template, database)
    engine = open_engine(f"sqlite:///{database}")
    _record(Fleet(engine))
    engine.dispose()
    with browsing(database) as (browser, _):
        yield browser


def _record(fleet: Fleet) -> None:
    package = fake_package(f"{SCRIPT}\u202e\n", version=SCRIPT)
    listed = [
        Occurrence(package, "", f"/{SCRIPT}", f"pkg:x/{SCRIPT}"),
        Occurrence(fake_package(LONG), "", LONG, LONG),
    ]
    image = Image(
        [layer({"content": "x"})],
        platform=PLATFORM,
        created=MIDNIGHT,
        labels={SCRIPT: SCRIPT, "org.opencontainers.image.title": LONG},
    )
    fleet.scanner.put_image(image.digest, listed, system=(SCRIPT, "1"))
    fleet.registry.push(PATH, "la'te\"st", image)
    known = [Known(package.name, name, SCRIPT, title=SCRIPT + LONG) for name in (FLAW, "..", "%2e")]
    fleet.learn(day(0), known)
    fleet.sync(day(1))


def test_every_page_shows_hostile_names_as_text(web: Browser) -> None:
    waiting, seen = (
        ["/", "/exposures", "/streams", "/coverage", "/knowledge", "/find?q=script"],
        set(),
    )
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        answer = web.get(path)
        assert answer.status == 200, path
        tags = answer.page.tags
        assert not {tag for tag, _ in tags} & {"script", "img", "u", "i", "k"}
        assert not [told for _, told in tags if any(name.startswith("on") for name in told)]
        assert "\u202e" not in answer.html
        assert len(answer.body) < 250_000
        local = (link.partition("#")[0] for link in answer.links)
        waiting += [link for link in local if link.startswith(("/streams/", "/images/", "/vuln"))]
    kinds = {path.split("/")[1] for path in seen}
    assert {"streams", "images", "vulnerabilities"} <= kinds


def test_a_stream_of_an_impossible_name_is_found_by_its_link(web: Browser) -> None:
    for address in (AT.stream(NAME), AT.stream(NAME, PLATFORM)):
        answer = web.get(address)
        assert answer.status == 200
        assert NAME in answer.text
        assert "Timeline" in answer.text
    assert AT.stream(NAME, PLATFORM) in web.get("/streams").links


def test_filters_find_what_has_an_impossible_name(web: Browser) -> None:
    for asked in (NAME, f"{NAME}@{PLATFORM}"):
        assert "3 windows, 3 vulnerabilities, 1 stream" in web.get(AT.exposures(stream=asked)).text
    assert "0 windows, " in web.get(AT.exposures(stream=f"{NAME}@linux/amd64")).text
    assert "1 window, " in web.get(AT.exposures(vulnerability=FLAW)).text
    assert "3 windows, " in web.get(AT.exposures(q="<script>")).text
    assert "0 windows, " in web.get(AT.exposures(q="%_")).text


@pytest.mark.parametrize("name", [FLAW, "..", "%2e"])
def test_a_vulnerability_of_an_impossible_id_is_found_by_its_link(web: Browser, name: str) -> None:
    answer = web.get(AT.vulnerability(name))
    assert answer.status == 200
    assert name in answer.text
    assert AT.vulnerability(name) in web.get("/exposures").links


def test_an_error_shows_what_was_asked_as_text(web: Browser) -> None:
    answer = web.get("/exposures?sort=%3Cscript%3Ealert(1)%3C/script%3E")
    assert answer.status == 400
    assert not [tag for tag, _ in answer.page.tags if tag == "script"]
