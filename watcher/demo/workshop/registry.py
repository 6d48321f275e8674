"""A real registry on loopback: the Distribution binary over a folder, started and stopped."""

from __future__ import annotations

import secrets
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from watcher.demo.workshop.blobs import Json, json_bytes
from watcher.demo.workshop.errors import WorkshopError
from watcher.demo.workshop.locate import find_tool, free_port
from watcher.demo.workshop.wire import Wire

_READY_WITHIN = 15.0  # seconds
_ENDS_WITHIN = 10.0
_POLL = 0.02
_TRIES = 3
_MARK = "x-workshop"  # the header by which a registry is known to be ours


class Registry:
    """The Distribution registry v3 on 127.0.0.1, its storage, configuration and log in a folder.

    It keeps its port over `stop()` and `start()`, so that an outage can be played. `auth` is the
    configuration's section of that name: `logins.basic_auth`, `tokens.TokenServer.auth`; so is
    `notifications`.
    """

    def __init__(
        self,
        folder: Path,
        *,
        binary: Path | None = None,
        port: int | None = None,
        auth: dict[str, Json] | None = None,
        notifications: dict[str, Json] | None = None,
    ) -> None:
        """Prepare a registry; nothing runs before `start()` or the `with` block."""
        self._folder = folder
        self._binary = binary or find_tool("registry")
        self._fixed_port = port
        self.port = port or free_port()
        self.auth = auth
        self._notifications = notifications
        self._mark = secrets.token_hex(8)
        self._running: subprocess.Popen[bytes] | None = None

    @property
    def host(self) -> str:
        """Return host:port, the prefix of image references."""
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """Return the base address."""
        return f"http://{self.host}"

    @property
    def log(self) -> Path:
        """Return the file that the registry logs to, requests included."""
        return self._folder / "registry.log"

    def __enter__(self) -> Self:
        """Start it."""
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop it; the folder stays."""
        self.stop()

    def start(self) -> None:
        """Start and wait until it answers; raise WorkshopError with its log if it does not."""
        if self._running and self._running.poll() is None:
            return
        for _ in range(_TRIES):
            if self._launch():
                return
            # Only a port nobody has seen yet may change; a restart has to find its old one.
            if self._fixed_port is None:
                self.port = free_port()
        raise WorkshopError(f"{self._binary} did not start on {self.host}: {self._last_words()}")

    def stop(self) -> None:
        """End it and wait; a second call does nothing."""
        running, self._running = self._running, None
        if running is None:
            return
        running.terminate()
        try:
            running.wait(_ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()

    def _launch(self) -> bool:
        self._folder.mkdir(parents=True, exist_ok=True)
        configuration = self._folder / "registry.json"
        configuration.write_bytes(json_bytes(self._configuration()))
        self._running = self._spawn(configuration)
        if self._answers(self._running):
            self._fixed_port = self.port
            return True
        self.stop()
        return False

    def _spawn(self, configuration: Path) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            try:
                return subprocess.Popen(
                    [self._binary, "serve", configuration],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    # Not the caller's: REGISTRY_… would override the configuration. Version 3
                    # exports traces to a collector unless told not to.
                    env={"OTEL_TRACES_EXPORTER": "none"},
                )
            except OSError as error:
                raise WorkshopError(f"{self._binary} cannot be run: {error.strerror}") from error

    def _answers(self, running: subprocess.Popen[bytes]) -> bool:
        deadline = time.monotonic() + _READY_WITHIN
        wire = Wire(self.url)
        while running.poll() is None and time.monotonic() < deadline:
            try:
                answer = wire.request("GET", "/v2/")
            except WorkshopError:
                time.sleep(_POLL)
                continue
            finally:
                wire.close()
            # Another server may have taken the port first; ours will end of it in a moment.
            if answer.headers.get(_MARK) == self._mark:
                return True
            time.sleep(_POLL)
        return False

    def _configuration(self) -> dict[str, Json]:
        """Return the configuration; the registry reads YAML, and JSON is YAML."""
        return {
            "version": "0.1",
            "log": {"level": "warn", "accesslog": {"disabled": False}},
            "storage": {
                "filesystem": {"rootdirectory": str(self._folder / "storage")},
                "delete": {"enabled": True},
                "maintenance": {"uploadpurging": {"enabled": False}},
            },
            # The secret signs the state of uploads; nothing hangs on it here.
            "http": {
                "addr": self.host,
                "secret": "workshop",
                "headers": {_MARK: [self._mark]},
            },
            **({"auth": self.auth} if self.auth else {}),
            **({"notifications": self._notifications} if self._notifications else {}),
        }

    def _last_words(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return lines[-1] if lines else "it said nothing"
