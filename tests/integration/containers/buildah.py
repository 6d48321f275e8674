"""buildah as tests use it: no daemon, no runtime, everything below a folder of the test's own."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from installer.buildah import program

_LONG: Final = 1500  # seconds
_STORAGE: Final = """\
[storage]
driver = "vfs"
graphroot = "{folder}/graph"
runroot = "{folder}/run"
"""
_ANYTHING: Final = '{"default": [{"type": "insecureAcceptAnything"}]}'


@dataclass(frozen=True, slots=True)
class Buildah:
    """Images and containers below a folder; registries are spoken to without TLS."""

    folder: Path

    def prepare(self) -> Buildah:
        """Write the settings that the machine's own would stand for."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "storage.conf").write_text(_STORAGE.format(folder=self.folder))
        (self.folder / "registries.conf").write_text("unqualified-search-registries = []\n")
        (self.folder / "policy.json").write_text(_ANYTHING)
        (self.folder / "tmp").mkdir(exist_ok=True)
        return self

    def build(self, context: Path, name: str, *, file: Path, arguments: Mapping[str, str]) -> str:
        """Build a Dockerfile; returns what it said."""
        told = [
            part for key, value in arguments.items() for part in ("--build-arg", f"{key}={value}")
        ]
        command = ["build", "--isolation=chroot", "--network=host", "--tls-verify=false"]
        command += ["--format=oci", "--file", str(file), "--tag", name, *told, str(context)]
        return self.run(command)

    def push(self, name: str, reference: str) -> str:
        """Push an image; returns its digest."""
        digest = self.folder / "digest"
        self.run(["push", "--tls-verify=false", f"--digestfile={digest}", name, reference])
        return digest.read_text().strip()

    def settings(self, name: str) -> dict[str, Any]:
        """The configuration of an image, as the OCI format has it."""
        told = json.loads(self.run(["inspect", "--type=image", name]))
        settings: dict[str, Any] = told["OCIv1"]["config"]
        return settings

    def container(self, image: str) -> str:
        """Make a container of an image; returns its name."""
        return self.run(["from", "--pull-never", image]).strip()

    def command(
        self, container: str, arguments: Sequence[str], options: Sequence[str] = ()
    ) -> list[str]:
        """The command line that runs something in a container, as its image says."""
        run = ["run", "--isolation=chroot", "--network=host", *options, container, "--", *arguments]
        return [str(program()), *run]

    def environment(self) -> dict[str, str]:
        """The variables under which buildah finds the settings of `prepare`."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "TMPDIR": str(self.folder / "tmp"),
            "CONTAINERS_STORAGE_CONF": str(self.folder / "storage.conf"),
            "CONTAINERS_REGISTRIES_CONF": str(self.folder / "registries.conf"),
        }

    def run(self, arguments: Sequence[str]) -> str:
        """Run buildah; fails with what it said where it does."""
        done = subprocess.run(
            [program(), *self._trusting(arguments)],
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_LONG,
            check=False,
        )
        assert done.returncode == 0, f"{' '.join(arguments)}: {done.stdout}{done.stderr}"[-4000:]
        return done.stdout

    def _trusting(self, arguments: Sequence[str]) -> list[str]:
        """The same, with who may have signed what is fetched, where that is asked."""
        command, *rest = arguments
        fetches = command in {"build", "from", "push"}
        policy = ["--signature-policy", str(self.folder / "policy.json")] if fetches else []
        return [command, *policy, *rest]
