"""Gitea itself: started in a folder of its own, with an account that may do everything."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Final

from tests.servers.gitea.calling import Caller, CallError
from tests.servers.gitea.project import Project
from tests.servers.postgres import Postgres
from watcher.demo.workshop import WorkshopError
from watcher.demo.workshop.locate import find_tool, free_port

ADMIN: Final = "watcher-bot"
_PASSWORD: Final = "only-on-loopback-1"  # noqa: S105 - of a server that lives for a test
_READY_WITHIN: Final = 60.0  # seconds
_ENDS_WITHIN: Final = 10.0
_POLL: Final = 0.05
_SETTINGS: Final = """\
APP_NAME = tests
RUN_MODE = prod
WORK_PATH = {folder}
I_AM_BEING_UNSAFE_RUNNING_AS_ROOT = true
[server]
HTTP_ADDR = 127.0.0.1
HTTP_PORT = {port}
ROOT_URL = http://127.0.0.1:{port}/
STATIC_ROOT_PATH = {assets}
OFFLINE_MODE = true
DISABLE_SSH = true
LFS_START_SERVER = false
[database]
DB_TYPE = postgres
HOST = {sockets}
NAME = {database}
USER = postgres
SSL_MODE = disable
[security]
INSTALL_LOCK = true
SECRET_KEY = of-no-worth
[service]
DISABLE_REGISTRATION = true
[indexer]
ISSUE_INDEXER_TYPE = db
[cron]
ENABLED = false
[actions]
ENABLED = false
[packages]
ENABLED = false
[mailer]
ENABLED = false
[log]
MODE = console
LEVEL = warn
"""


class Gitea:
    """A running Gitea: its address, a token of its administrator, and projects made for a test."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url
        self.admin = Caller(url, token)
        self.token = token
        self._numbers = count(1)

    def project(self, *, private: bool = True) -> Project:
        """A new repository without any issue, of the administrator's."""
        return self.named(f"shop-{next(self._numbers)}", private=private)

    def named(self, name: str, *, private: bool = True) -> Project:
        """A new repository of this name."""
        told = {"name": name, "private": private}
        self.admin.ask("POST", "/user/repos", told)
        return Project(self.admin, self.url, f"{ADMIN}/{name}")

    def account(self, name: str, scopes: tuple[str, ...] = ("all",)) -> Caller:
        """A caller with an account of its own."""
        told = {"username": name, "email": f"{name}@tests.example", "password": _PASSWORD}
        self.admin.ask("POST", "/admin/users", {**told, "must_change_password": False})
        made = Caller(self.url, basic=(name, _PASSWORD)).ask(
            "POST", f"/users/{name}/tokens", {"name": "t", "scopes": list(scopes)}
        )
        return Caller(self.url, made["sha1"])


@contextmanager
def gitea(folder: Path, database: Postgres) -> Iterator[Gitea]:
    """Start one with nothing in it; its log lies in the folder."""
    port, name = free_port(), database.create()
    settings = folder / "app.ini"
    told = {"sockets": database.sockets, "database": name, "folder": folder, "port": port}
    settings.write_text(_SETTINGS.format(**told, assets=_assets()), encoding="utf-8")
    _run(settings, folder, "migrate")
    account = ("--username", ADMIN, "--password", _PASSWORD, "--email", "bot@tests.example")
    given = ("--admin", "--must-change-password=false", "--access-token")
    scopes = ("--access-token-scopes", "all")
    said = _run(settings, folder, "admin", "user", "create", *account, *given, *scopes)
    token = said.split("Access token was successfully created... ")[1].split()[0]
    with (folder / "log").open("ab") as log:
        running = subprocess.Popen(
            [find_tool("gitea"), "--config", settings, "web"],
            env=_environment(folder),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        served = Gitea(f"http://127.0.0.1:{port}", token)
        _wait(served, running, folder)
        yield served
    finally:
        running.terminate()
        try:
            running.wait(_ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()
        database.drop(name)


def _wait(served: Gitea, running: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + _READY_WITHIN
    while running.poll() is None and time.monotonic() < deadline:
        try:
            served.admin.ask("GET", "/user")
        except (CallError, OSError):
            time.sleep(_POLL)
        else:
            return
    raise WorkshopError(f"Gitea did not start; see {folder / 'log'}")


def _run(settings: Path, folder: Path, *command: str) -> str:
    return subprocess.run(
        [find_tool("gitea"), "--config", settings, *command],
        env=_environment(folder),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def _environment(folder: Path) -> Mapping[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(folder), "GITEA_WORK_DIR": str(folder)}


def _assets() -> Path:
    """What setup put beside the program: its words and its templates."""
    return find_tool("gitea").parents[1] / "gitea"
