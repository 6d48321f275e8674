"""`watcher run` as a process: passes as they fall due, the web beside, and a clean end."""

from __future__ import annotations

import re
import signal
from pathlib import Path

import pytest

from tests.acceptance.run.town import FIXED, OLD, Running, Town, awaited, fetched

pytestmark = pytest.mark.servers


def address_of(running: Running) -> str:
    awaited("the web's address", lambda: running.said("web: http"))
    found = re.search(r"web: (http://\S+)", running.log.read_text())
    assert found
    return found.group(1)


def nothing_is_held(town: Town) -> bool:
    return (
        town.rows("SELECT id FROM workers") == []
        and town.number("SELECT count(*) FROM jobs WHERE worker_id IS NOT NULL") == 0
        and town.number("SELECT count(*) FROM passes WHERE state = 'running'") == 0
    )


def test_passes_are_made_as_they_fall_due_and_the_web_shows_what_they_found(town: Town) -> None:
    town.push("shop/api", OLD)
    running = town.start(town.configure())
    web = address_of(running)

    def windows() -> list[bool]:
        return [one["open"] for one in fetched(f"{web}/api/v1/exposures")[1]["windows"]]

    awaited("readiness", lambda: fetched(f"{web}/readyz")[0] == 200)
    awaited("the exposure", lambda: windows() == [True])
    town.push("shop/api", FIXED)
    awaited("its end", lambda: windows() == [False])
    assert running.ended() == 0
    assert nothing_is_held(town)
    assert "stopped" in running.log.read_text()


def test_sigterm_in_the_middle_of_a_scan_gives_its_lease_back_untried(town: Town) -> None:
    town.push("shop/api", OLD)
    running = town.start(town.configure(trivy=town.slow_trivy(300)), "--role", "scheduler")
    held = "SELECT count(*) FROM jobs WHERE worker_id IS NOT NULL"
    awaited("a lease", lambda: town.number(held) == 1)
    assert running.ended(within=20) == 0
    assert nothing_is_held(town)
    assert town.rows("SELECT stage, state, attempts FROM jobs") == [("catalog", "ready", 0)]
    assert town.rows("SELECT state FROM passes ORDER BY id DESC LIMIT 1") == [("abandoned",)]
    again = town.start(town.configure(), "--role", "scheduler")
    awaited("the catalogue", lambda: town.number("SELECT count(*) FROM catalogues") == 1)
    awaited("the job's end", lambda: town.number("SELECT count(*) FROM jobs") == 0)
    assert again.ended() == 0


def test_a_process_that_is_killed_leaves_its_work_to_the_next_one(town: Town) -> None:
    town.push("shop/api", OLD)
    slow = town.configure(trivy=town.slow_trivy(300))
    running = town.start(slow, "--role", "scheduler")
    held = "SELECT count(*) FROM jobs WHERE worker_id IS NOT NULL"
    awaited("a lease", lambda: town.number(held) == 1)
    running.ended(signal.SIGKILL)
    town.start(town.configure(), "--role", "scheduler")
    awaited("the catalogue", lambda: town.number("SELECT count(*) FROM catalogues") == 1)
    awaited("the window", lambda: town.number("SELECT count(*) FROM windows") == 1)


def test_one_scheduler_leads_and_the_other_takes_over_when_it_is_killed(town: Town) -> None:
    configuration = town.configure()
    first = town.start(configuration, "--role", "scheduler")
    awaited("a first pass", lambda: first.said("pass at"))
    second = town.start(configuration, "--role", "scheduler")
    awaited("the second's start", lambda: second.said("runs as scheduler"))
    first.ended(signal.SIGKILL)
    assert "pass at" not in second.log.read_text()
    awaited("the second's pass", lambda: second.said("pass at"))
    assert second.ended() == 0


@pytest.mark.parametrize("backend", ["postgresql"])
def test_a_worker_takes_jobs_of_the_pass_that_another_process_leads(town: Town) -> None:
    for number in range(12):
        town.push(f"shop/{chr(97 + number)}", OLD)
    slow = town.configure(trivy=town.slow_trivy(2), workers=1)
    worker = town.start(slow, "--role", "worker")
    awaited("a worker", lambda: town.number("SELECT count(*) FROM workers") == 1)
    leader = town.start(slow, "--role", "scheduler")
    at_work = "SELECT DISTINCT role FROM workers JOIN jobs ON jobs.worker_id = workers.id"
    seen: set[str] = set()

    def both_were_at_it() -> bool:
        seen.update(role for (role,) in town.rows(at_work))
        return seen == {"pass", "worker"}

    awaited("both at work", both_were_at_it)
    awaited("all catalogues", lambda: town.number("SELECT count(*) FROM catalogues") == 12)
    awaited("all windows", lambda: town.number("SELECT count(*) FROM windows") == 12)
    assert (worker.ended(), leader.ended()) == (0, 0)
    assert nothing_is_held(town)


@pytest.mark.parametrize("backend", ["postgresql"])
def test_a_database_that_goes_away_is_waited_for(town: Town, tmp_path: Path) -> None:
    del tmp_path
    running = town.start(town.configure(), "--role", "scheduler")
    awaited("a first pass", lambda: running.said("pass at"))
    name = town.engine.url.database
    town.engine.dispose()
    server = town.engine.url.set(database="postgres")
    with town.opened(server) as others:
        others(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"
        others(ended, name=name)
        awaited("that it says so", lambda: running.said("tried again soon"))
        others(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    before = town.number("SELECT max(id) FROM passes")
    awaited("another pass", lambda: town.number("SELECT max(id) FROM passes") > before)
    town.push("shop/api", OLD)
    awaited("the window", lambda: town.number("SELECT count(*) FROM windows") == 1)
    assert running.ended() == 0
    assert nothing_is_held(town)
