"""The real Trivy behind a script that fails where a test tells it to."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from watcher.demo.workshop.locate import find_tool

Fault = Literal["fail", "crash", "hang", "slow", "rubbish", "cut", "empty", "hollow"]

# The file beside it holds a fault and a word; runs whose arguments or document hold it are faulty.
_SCRIPT = """\
#!/bin/sh
trivy='{trivy}'
read -r fault word < "$0.fault" 2>/dev/null || exec "$trivy" "$@"
for last; do :; done
case " $* " in
*"$word"*) ;;
*) grep -qs -- "$word" "$last" || exec "$trivy" "$@" ;;
esac
echo $$ >> "$0.pids"
case "$fault" in
fail) printf '2026\\tFATAL\\tFatal error\\tthe disk is on fire\\nreally\\n' >&2; exit 1 ;;
crash) kill -SEGV $$ ;;
hang) exec sleep 60 ;;
slow) sleep 1; exec "$trivy" "$@" ;;
rubbish) echo 'no report at all' ;;
cut) "$trivy" "$@" | head -c 20 ;;
empty) exit 0 ;;
hollow) echo '{{"SchemaVersion": 2}}' ;;
esac
"""


@dataclass(frozen=True, slots=True)
class FaultyTrivy:
    """A Trivy that does what Trivy does, but for what `fails` says."""

    path: Path

    @classmethod
    def put_into(cls, folder: Path) -> FaultyTrivy:
        """Write the script into a folder."""
        path = folder / "trivy"
        path.write_text(_SCRIPT.format(trivy=find_tool("trivy")))
        path.chmod(0o755)
        return cls(path.resolve())

    def fails(self, fault: Fault, word: str) -> None:
        """Let every run that names the word, in its arguments or its document, go wrong."""
        self._beside("fault").write_text(f"{fault} {word}\n")

    def works(self) -> None:
        """Let every run be Trivy's own again."""
        self._beside("fault").unlink()

    @property
    def pids(self) -> list[int]:
        """The processes of faulty runs so far."""
        beside = self._beside("pids")
        return [int(line) for line in beside.read_text().split()] if beside.exists() else []

    @property
    def running(self) -> list[int]:
        """Those of them that still run."""
        return [pid for pid in self.pids if _alive(pid)]

    def _beside(self, kind: str) -> Path:
        return self.path.with_name(f"{self.path.name}.{kind}")


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
