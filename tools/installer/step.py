"""A step of the setup: what it does, how it knows that it is done, what to do when it fails."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / ".tools"
BIN = TOOLS / "bin"
LOGS = TOOLS / "logs"
STAMPS = TOOLS / "stamps"


class StepError(Exception):
    """A step failed; the message is one line that ends in what to do."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to install.

    `key` changes when the step must run again; `product` is a file it leaves behind;
    `after` names the steps that must end before; `stamps` is where the key of the last run lies.
    An `optional` step may fail: why it did is remembered, and it is tried again when that is asked.
    """

    name: str
    does: str
    takes: str
    key: str
    product: Path
    run: Callable[[Log], None]
    after: tuple[str, ...] = ()
    stamps: Path = STAMPS
    optional: bool = False

    def is_done(self) -> bool:
        """Whether an earlier run finished this step for the same key."""
        return self.product.exists() and _text_of(self._stamp) == self.key

    def given_up(self) -> str | None:
        """Why an earlier run failed for the same key; None where none did."""
        key, _, why = (_text_of(self._failure) or "").partition("\n")
        return why if key == self.key else None

    def start_over(self) -> None:
        """Forget an earlier run, so that an interrupted step counts as not done."""
        self._stamp.unlink(missing_ok=True)
        self._failure.unlink(missing_ok=True)

    def give_up(self, why: str) -> None:
        """Remember in one line why an optional step failed."""
        self.stamps.mkdir(parents=True, exist_ok=True)
        self._failure.write_text(f"{self.key}\n{why}", encoding="utf-8")

    def finish(self) -> None:
        """Remember that the step is done."""
        self.stamps.mkdir(parents=True, exist_ok=True)
        self._stamp.write_text(self.key, encoding="utf-8")

    @property
    def _stamp(self) -> Path:
        return self.stamps / self.name

    @property
    def _failure(self) -> Path:
        return self.stamps / f"{self.name}.failed"


@dataclass(frozen=True, slots=True)
class Log:
    """The log file of one step; every command the step runs writes there."""

    path: Path

    def run(
        self,
        command: Sequence[str],
        *,
        advice: str,
        timeout: int,
        cwd: Path = ROOT,
        env: Mapping[str, str] | None = None,
    ) -> None:
        """Run a command for at most `timeout` seconds; raise StepError with the advice."""
        with self.path.open("ab") as out:
            out.write(f"$ {' '.join(command)}\n".encode())
            out.flush()
            try:
                running = subprocess.Popen(
                    command,
                    cwd=cwd,
                    env={**os.environ, **(env or {})},
                    stdin=subprocess.DEVNULL,
                    stdout=out,
                    stderr=subprocess.STDOUT,
                )
            except OSError as error:
                reason = f"{command[0]} did not start ({error.strerror})"
                raise StepError(f"{reason}; {advice}") from None
        try:
            code = running.wait(timeout)
        except subprocess.TimeoutExpired:
            _end(running)
            raise StepError(f"gave up after {timeout // 60} min; {advice}") from None
        if code:
            raise StepError(f"{self._last_words()} (exit code {code}); {advice}")

    def say(self, line: str) -> None:
        """Add a line of our own."""
        with self.path.open("a", encoding="utf-8") as out:
            out.write(f"{line}\n")

    def _last_words(self) -> str:
        """The line in which the last command most likely says why it failed."""
        with self.path.open("rb") as file:
            file.seek(max(0, self.path.stat().st_size - 20_000))
            lines = file.read().decode(errors="replace").splitlines()
        spoken = [line.strip() for line in lines if line.strip() and line.isprintable()]
        # pip says why first and adds details below.
        errors = [line for line in spoken if line.startswith("ERROR: ")]
        words = errors[0].removeprefix("ERROR: ") if errors else spoken[-1]
        return words[:200]


def _end(running: subprocess.Popen[bytes]) -> None:
    """Interrupt a program, which ends its own programs then; only if it does not, kill it."""
    running.send_signal(signal.SIGINT)
    try:
        running.wait(10)
    except subprocess.TimeoutExpired:
        running.kill()
        running.wait()


def _text_of(file: Path) -> str | None:
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None


def key_of(*parts: str | Path) -> str:
    """Hash texts and the contents of files into a step's key."""
    total = hashlib.sha256()
    for part in parts:
        content = part.read_bytes() if isinstance(part, Path) else part.encode()
        total.update(hashlib.sha256(content).digest())
    return total.hexdigest()


def answer_of(command: Sequence[str], env: Mapping[str, str] | None = None) -> str:
    """What a command prints within 30 s; empty if it fails, since then it cannot be used."""
    try:
        ended = subprocess.run(
            command,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=30,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return ended.stdout


def elsewhere_on_path(own: Path, *names: str) -> Path | None:
    """The first of some programs on PATH outside of the folder `own`, where setup puts them."""
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    others = os.pathsep.join(one for one in folders if Path(one).absolute() != own)
    found = next(filter(None, (shutil.which(name, path=others) for name in names)), None)
    return Path(found).absolute() if found else None
