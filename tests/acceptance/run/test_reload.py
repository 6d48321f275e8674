"""SIGHUP: what is configured anew holds, what is broken changes nothing, and systemd is told."""

from __future__ import annotations

import signal
import socket
import tempfile
from collections.abc import Iterator

import pytest

from tests.acceptance.run.test_run import address_of
from tests.acceptance.run.town import OLD, Town, awaited, fetched

pytestmark = pytest.mark.servers
BACKENDS = pytest.mark.parametrize("backend", ["sqlite"])


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What a systemd that started it has heard by the time it is looked into."""
    with (
        # Names of sockets have to be short.
        tempfile.TemporaryDirectory() as folder,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as there,
    ):
        place = f"{folder}/n"
        there.bind(place)
        there.settimeout(0)
        monkeypatch.setenv("NOTIFY_SOCKET", place)
        monkeypatch.setenv("WATCHDOG_USEC", "400000")
        heard: list[str] = []

        class Hearing(list[str]):
            def __contains__(self, what: object) -> bool:
                while True:
                    try:
                        heard.extend(there.recv(4096).decode().splitlines())
                    except BlockingIOError:
                        return what in heard

        yield Hearing()


@BACKENDS
def test_a_configuration_is_read_anew_and_a_broken_one_leaves_the_one_before(
    town: Town, told: list[str]
) -> None:
    town.push("shop/api", OLD)
    file = town.configure()
    running = town.start(file)
    web = address_of(running)
    awaited("that it is ready", lambda: "READY=1" in told)
    awaited("a sign of life", lambda: "WATCHDOG=1" in told)
    awaited("the exposure", lambda: town.number("SELECT count(*) FROM windows") == 1)
    working = file.read_text()

    file.write_text(working.replace("stale_after", "stale") + "nonsense: 1\n")
    running.process.send_signal(signal.SIGHUP)
    awaited("that it says so", lambda: running.said("the one before stays in force"))
    assert running.said(f"{file}:")
    health = fetched(f"{web}/healthz")[1]
    assert (health["alive"], "configuration" in health["ill"]) == (True, True)
    assert fetched(f"{web}/readyz")[0] == 200
    assert "RELOADING=1" in told

    file.write_text(working + "owners: [{team: shop}]\n")
    running.process.send_signal(signal.SIGHUP)
    awaited("that it is read", lambda: running.said("the configuration is read anew"))
    awaited("another web", lambda: running.log.read_text().count("web: http") == 2)
    again = running.log.read_text().rpartition("web: ")[2].split()[0]
    exposures = f"{again}/api/v1/exposures"
    awaited("the team", lambda: fetched(exposures)[1]["windows"][0]["team"] == "shop")
    assert "configuration" not in fetched(f"{again}/healthz")[1]["ill"]
    assert running.ended() == 0
    assert "STOPPING=1" in told
    assert town.rows("SELECT id FROM workers") == []
