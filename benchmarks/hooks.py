"""A registry that never stops: hooks at a steady pace, against the web as a process of its own."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import chain
from pathlib import Path
from statistics import quantiles
from typing import Final
from urllib.parse import urlsplit

import yaml

from benchmarks.soak import files, memory
from watcher.adapters.store.calls import SqlCalls
from watcher.adapters.store.engine import open_engine
from watcher.adapters.store.migrate import upgrade
from watcher.ports.store.calls import MOST_PLACES

# Repositories that the hooks are about; of more, the record would note the registry as a whole.
PLACES: Final = MOST_PLACES // 2
SENDERS: Final = 8
_SECRET: Final = "told-to-both-of-them"  # noqa: S105 - of this measurement alone
_WITHIN: Final = 60.0  # seconds until the web has to answer


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of the hooks."""

    sent: int
    taken: int  # that were answered as heard
    noted: int  # that the record knows of
    seconds: float
    waits: list[float]  # milliseconds until each was answered
    memory: tuple[float, float]  # MiB of the web, before and after
    files: tuple[int, int]


def run(rate: int, seconds: int) -> int:
    """Send so many hooks a second for so long, and print; 1 where one was lost."""
    found = sent(rate, seconds)
    middle, late = (quantiles(found.waits, n=100)[place] for place in (49, 98))
    print(f"hooks: {rate} a second for {seconds} s, about {PLACES} repositories, on SQLite")
    pace = found.sent / found.seconds
    print(f"  sent {found.sent}, taken {found.taken}, noted {found.noted}: {pace:.0f} a second")
    print(f"  answered after {middle:.1f} ms, the slowest in a hundred after {late:.1f} ms")
    print(f"  memory of the web: {found.memory[0]:.1f} MiB before, {found.memory[1]:.1f} after")
    print(f"  open files: {found.files[0]} before, {found.files[1]} after")
    return 0 if found.sent == found.taken == found.noted else 1


def sent(rate: int, seconds: int) -> Sent:
    """Start a web over an empty record, and send."""
    with tempfile.TemporaryDirectory(prefix="watcher-hooks-") as folder:
        file = _configured(Path(folder))
        with _web(file) as (address, process):
            _send(address, range(SENDERS), time.monotonic(), rate)
            before = memory(process), files(process)
            begun = time.monotonic()
            with ThreadPoolExecutor(SENDERS) as pool:
                lanes = [range(lane, rate * seconds, SENDERS) for lane in range(SENDERS)]
                answers = list(
                    chain.from_iterable(
                        pool.map(lambda lane: _send(address, lane, begun, rate), lanes)
                    )
                )
            took = time.monotonic() - begun
            after = memory(process), files(process)
        engine = open_engine(f"sqlite:///{folder}/watcher.db")
        noted = sum(one.times for one in SqlCalls(engine).waiting(PLACES * 2)) - SENDERS
        engine.dispose()
    taken = sum(status < 300 for status, _ in answers)  # noqa: PLR2004 - what HTTP calls success
    waits = [wait for _, wait in answers]
    return Sent(
        len(answers), taken, noted, took, waits, (before[0], after[0]), (before[1], after[1])
    )


def _send(address: str, numbers: range, begun: float, rate: int) -> list[tuple[int, float]]:
    """Send hooks over one connection, each when its time has come; status and milliseconds."""
    connection = HTTPConnection(urlsplit(address).netloc, timeout=60)
    headers = {"Authorization": _SECRET, "Content-Type": "application/json"}
    answers = []
    for number in numbers:
        time.sleep(max(0.0, begun + number / rate - time.monotonic()))
        target = {"repository": f"shop/{number % PLACES}", "tag": str(number)}
        body = json.dumps({"events": [{"action": "push", "target": target}]})
        asked = time.perf_counter()
        connection.request("POST", "/hooks/local", body, headers)
        answer = connection.getresponse()
        answer.read()
        answers.append((answer.status, (time.perf_counter() - asked) * 1000))
    connection.close()
    return answers


def _configured(folder: Path) -> Path:
    engine = open_engine(f"sqlite:///{folder}/watcher.db")
    upgrade(engine)
    engine.dispose()
    registry = {"name": "local", "kind": "oci", "url": "http://127.0.0.1:1"}
    told = {
        "database": {"url": f"sqlite:///{folder}/watcher.db"},
        "state": str(folder / "state"),
        "registries": [{**registry, "webhook_secret": _SECRET}],
        "web": {"listen": "127.0.0.1:0"},
    }
    file = folder / "watcher.yaml"
    file.write_text(yaml.safe_dump(told), encoding="utf-8")
    return file


@contextmanager
def _web(file: Path) -> Iterator[tuple[str, int]]:
    """A web that serves nothing else; its address and process."""
    command = [sys.executable, "-m", "watcher", "--config", str(file), "run", "--role", "web"]
    log = file.with_name("log")
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)
    try:
        until = time.monotonic() + _WITHIN
        while not (found := re.search(r"web: (http://\S+)", log.read_text())):
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"the web did not start: {log.read_text()}")
            time.sleep(0.05)
        yield found.group(1), process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
