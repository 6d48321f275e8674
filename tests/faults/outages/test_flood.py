"""A flood of hooks: none is lost, the record grows with the places and not with the hooks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml

from tests.faults.conftest import WHOLE
from watcher.bootstrap import App, build
from watcher.config import load
from watcher.web.application import make_application
from watcher.web.server import serving

pytestmark = [pytest.mark.servers, pytest.mark.timeout(900)]

HOOKS = 10_000 if WHOLE else 1_000
PLACES, SENDERS = 40, 8
SECRET = "told-to-both-of-them"  # noqa: S105 - of this test alone


@pytest.fixture
def served(database_url: str, tmp_path: Path) -> Iterator[tuple[str, App]]:
    """A web over an empty record, that knows a registry which nobody asks."""
    file = tmp_path / "watcher.yaml"
    registry = {"name": "local", "kind": "oci", "url": "http://127.0.0.1:1"}
    told = {
        "database": {"url": database_url},
        "state": str(tmp_path / "state"),
        "registries": [{**registry, "webhook_secret": SECRET}],
    }
    file.write_text(yaml.safe_dump(told))
    with build(load(file, {})) as app:
        application = make_application(app, lambda: pytest.fail("no page is asked for"))
        with serving(application, "127.0.0.1", 0) as address:
            yield address, app


def send(address: str, first: int) -> list[int]:
    """Every so manieth of the hooks over one connection; what each was answered with."""
    connection = HTTPConnection(urlsplit(address).netloc, timeout=60)
    headers = {"Authorization": SECRET, "Content-Type": "application/json"}
    answers = []
    for number in range(first, HOOKS, SENDERS):
        target = {"repository": f"shop/{number % PLACES}", "tag": str(number)}
        body = json.dumps({"events": [{"action": "push", "target": target}]})
        connection.request("POST", "/hooks/local", body, headers)
        answer = connection.getresponse()
        answer.read()
        answers.append(answer.status)
    connection.close()
    return answers


def test_no_hook_of_a_flood_is_lost_and_each_place_is_noted_once(
    served: tuple[str, App],
) -> None:
    address, app = served
    with ThreadPoolExecutor(SENDERS) as pool:
        answered = [
            one for each in pool.map(lambda n: send(address, n), range(SENDERS)) for one in each
        ]
    assert len(answered) == HOOKS
    assert set(answered) <= {200, 202, 204}
    calls = app.calls.waiting(HOOKS)
    assert {str(one.place) for one in calls} == {f"local/shop/{n}" for n in range(PLACES)}
    assert len(calls) == PLACES
    assert sum(one.times for one in calls) == HOOKS
