"""A Dask cluster on loopback whose scheduler and workers are programs that tests start and kill."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from watcher.demo.workshop.locate import free_port

_WITHIN = 60.0  # seconds
# Runs a program of Dask after a line that makes its surroundings what a test needs.
_PROGRAM = "{before}; import runpy; runpy.run_module('{module}', run_name='__main__')"


@dataclass
class Program:
    """A running program and what it writes."""

    running: subprocess.Popen[bytes]
    log: Path

    @property
    def pid(self) -> int:
        return self.running.pid

    def says(self, text: str) -> None:
        """Wait until it has written something; fails with all it wrote where it does not."""
        wait_for(lambda: text in self.written(), self.written)

    def written(self) -> str:
        return self.log.read_text(errors="replace")

    def kill(self) -> None:
        self.running.kill()
        self.running.wait()


@dataclass
class Cluster:
    """A scheduler that keeps its port, and workers, all under one folder."""

    folder: Path
    scheme: str = "tcp"
    environment: Mapping[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    programs: list[Program] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def scheduler(self, before: str = "pass") -> Program:
        started = self._start(
            "scheduler", before, ["--port", str(self.port), "--protocol", self.scheme], {}
        )
        started.says("Scheduler at:")
        return started

    def worker(
        self,
        own: Mapping[str, str] | None = None,
        *,
        threads: int = 1,
        before: str = "pass",
        host: str = "127.0.0.1",
        user: int | None = None,
    ) -> Program:
        """Start a worker with variables of its own; it is there when this returns.

        `host` is the machine that it stands on: 127.0.0.2 and the like are others. `user` is whom
        its folder belongs to.
        """
        started = self.called(own, threads=threads, before=before, host=host, user=user)
        started.says("Registered to:")
        return started

    def called(
        self,
        own: Mapping[str, str] | None = None,
        *,
        threads: int = 1,
        before: str = "pass",
        host: str = "127.0.0.1",
        user: int | None = None,
    ) -> Program:
        """Start a worker, whether or not it is let in."""
        place = self.folder / f"worker{len(self.programs)}"
        if user is not None:
            place.mkdir()
            os.chown(place, user, user)
        arguments = [self.address, "--nthreads", str(threads), "--no-nanny"]
        arguments += ["--local-directory", str(place)]
        return self._start("worker", before, arguments, own or {}, host)

    def written(self) -> str:
        """All that any program of the cluster ever wrote."""
        return "".join(one.written() for one in self.programs)

    def __enter__(self) -> Self:
        self.folder.mkdir(exist_ok=True)
        return self

    def __exit__(self, *_: object) -> None:
        for one in reversed(self.programs):
            one.kill()

    def _start(
        self,
        what: str,
        before: str,
        arguments: Sequence[str],
        own: Mapping[str, str],
        host: str = "127.0.0.1",
    ) -> Program:
        log = self.folder / f"{len(self.programs)}-{what}.log"
        code = _PROGRAM.format(before=before, module=f"distributed.cli.dask_{what}")
        command = [sys.executable, "-c", code, *arguments, "--host", host]
        with log.open("wb") as output:
            running = subprocess.Popen(
                [*command, "--no-dashboard"],
                cwd=self.folder,
                env={"PATH": os.environ["PATH"], **self.environment, **own},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        self.programs.append(Program(running, log))
        return self.programs[-1]


def wait_for(done: Callable[[], object], told: Callable[[], str] = lambda: "in vain") -> None:
    """Wait until something is so."""
    until = time.monotonic() + _WITHIN
    while not done():
        assert time.monotonic() < until, told()
        time.sleep(0.05)
