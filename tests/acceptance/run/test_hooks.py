"""A push, the registry's own notification of it, and the exposure: no listing falls due."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.acceptance.run.town import FIXED, OLD, Running, Town, awaited, fetched
from watcher.demo.workshop import Registry
from watcher.demo.workshop.blobs import Json
from watcher.demo.workshop.locate import free_port

pytestmark = pytest.mark.servers

SECRET = "told-to-both-of-them"  # noqa: S105 - of this test alone
SELDOM = {"knowledge": "1d", "inventory": "1d", "tickets": "1d"}


@pytest.fixture
def port() -> int:
    """Where the web will listen."""
    return free_port()


@pytest.fixture
def notifying(town: Town, port: int, tmp_path: Path) -> Iterator[Town]:
    """The same town, whose registry tells of what happens in it."""
    endpoint: dict[str, Json] = {
        "name": "watcher",
        "url": f"http://127.0.0.1:{port}/hooks/local",
        "headers": {"Authorization": [f"Bearer {SECRET}"]},
        "timeout": "5s",
        "threshold": 3,
        "backoff": "1s",
    }
    with Registry(tmp_path / "telling", notifications={"endpoints": [endpoint]}) as registry:
        yield replace(town, registry=registry, told={"webhook_secret": SECRET})


def made(town: Town, what: str) -> int:
    """How many passes recorded that they did something."""
    return sum(what in str(stages) for (stages,) in town.rows("SELECT stages FROM passes"))


def windows(web: str) -> list[bool]:
    return [one["open"] for one in fetched(f"{web}/api/v1/exposures")[1]["windows"]]


def pushed(town: Town, port: int, serving: Running, leading: Running) -> None:
    """Push, and see the exposure come and go, while nothing falls due."""
    web, said = f"http://127.0.0.1:{port}", leading.said
    awaited("the web", lambda: serving.said("web: http"))
    awaited("the passes of the start", lambda: made(town, "inventory") == 1)
    awaited("their end", lambda: fetched(f"{web}/readyz")[0] == 200)
    town.push("shop/api", OLD)
    awaited("the exposure", lambda: windows(web) == [True])
    town.push("shop/api", FIXED)
    awaited("its end", lambda: windows(web) == [False])
    awaited("that it says why", lambda: said("for hooks about local/shop/api: "))
    awaited("an answer to every call", lambda: town.number("SELECT count(*) FROM calls") == 0)
    assert made(town, "inventory") == 1
    assert made(town, "look") >= 2


@pytest.mark.parametrize("backend", ["postgresql"])
def test_a_push_is_seen_by_its_hook_in_one_process_and_answered_by_another(
    notifying: Town, port: int
) -> None:
    listen = {"listen": f"127.0.0.1:{port}"}
    file = notifying.configure(schedule=SELDOM, web=listen)
    web = notifying.start(file, "--role", "web")
    leader = notifying.start(file, "--role", "scheduler")
    pushed(notifying, port, web, leader)
    assert not web.said("for hooks")
    assert (web.ended(), leader.ended()) == (0, 0)
    assert SECRET not in web.log.read_text() + leader.log.read_text()


@pytest.mark.parametrize("backend", ["sqlite"])
def test_a_push_is_seen_by_its_hook_where_one_process_is_all_of_it(
    notifying: Town, port: int
) -> None:
    listen = {"listen": f"127.0.0.1:{port}"}
    running = notifying.start(notifying.configure(schedule=SELDOM, web=listen))
    pushed(notifying, port, running, running)
    assert running.ended() == 0
