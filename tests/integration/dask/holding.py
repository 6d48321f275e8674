"""A Trivy that waits while it is told to, so that a test can do harm in the middle of a run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.integration.dask.cluster import wait_for
from watcher.demo.workshop.locate import find_tool

_SCRIPT = """\
#!/bin/sh
case "$1" in image|sbom)
  : > '{folder}/began.'$$
  while [ -e '{folder}/hold' ]; do sleep 0.05; done;;
esac
exec '{trivy}' "$@"
"""


@dataclass(frozen=True, slots=True)
class HoldingTrivy:
    """The real Trivy behind a door, in a folder of its own."""

    folder: Path

    @property
    def binary(self) -> Path:
        return self.folder / "trivy"

    @classmethod
    def made(cls, folder: Path) -> HoldingTrivy:
        folder.mkdir()
        one = cls(folder)
        one.binary.write_text(_SCRIPT.format(folder=folder, trivy=find_tool("trivy")))
        one.binary.chmod(0o755)
        return one

    def hold(self) -> None:
        """Let every run from now on wait."""
        (self.folder / "hold").touch()

    def release(self) -> None:
        """Let those that wait go on."""
        (self.folder / "hold").unlink(missing_ok=True)

    def began(self, count: int = 1) -> None:
        """Wait until so many runs began."""
        wait_for(lambda: len(list(self.folder.glob("began.*"))) >= count)
