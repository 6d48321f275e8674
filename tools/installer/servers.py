"""The real programs watcher and its tests run: Trivy, registries, Gitea, Compose's reader."""

from __future__ import annotations

import platform
import shutil
from dataclasses import dataclass
from pathlib import Path

from installer import go
from installer.step import BIN, ROOT, TOOLS, Log, Step, StepError, answer_of, key_of

OLDEST_TRIVY = (0, 74, 0)


@dataclass(frozen=True, slots=True)
class Source:
    """A program built from `tools/<name>/go.mod`: the package, what go build needs beside it."""

    name: str
    package: str
    linker: str = "-s -w"
    environment: tuple[tuple[str, str], ...] = ()
    otherwise: str = ""

    @property
    def module(self) -> Path:
        """The folder of its go.mod and go.sum."""
        return ROOT / "tools" / self.name

    @property
    def key(self) -> str:
        """Changes when it must be built again."""
        locks = (self.module / "go.mod", self.module / "go.sum")
        return key_of(*locks, self.linker, platform.machine())

    def build(self, log: Log) -> None:
        """Build into `.tools/bin`, replacing an older one only when the new one is whole."""
        BIN.mkdir(parents=True, exist_ok=True)
        fresh = BIN / f"{self.name}.new"
        flags = ["-mod=readonly", "-trimpath", "-buildvcs=false", "-ldflags", self.linker]
        log.run(
            [str(go.on_path() or go.FROM_WHEEL), "build", *flags, "-o", str(fresh), self.package],
            cwd=self.module,
            env={**go.ENVIRONMENT, **dict(self.environment)},
            advice="check the network and that a Go module proxy answers,"
            f" then run make setup again{self.otherwise}",
            timeout=3600,
        )
        fresh.replace(BIN / self.name)


# What Gitea reads at its start, below its sources; its pages are of no use here.
_GITEA_PARTS = ("options", "templates")

REGISTRY = Source("registry", "github.com/distribution/distribution/v3/cmd/registry")
OLAREG = Source("olareg", "github.com/olareg/olareg/cmd/olareg")
COMPOSE = Source("compose", "github.com/compose-spec/compose-go/v2/cmd")
TRIVY = Source(
    "trivy",
    "github.com/aquasecurity/trivy/cmd/trivy",
    # Without its version it calls itself `dev`, and a knowledge version would not name it.
    linker="-s -w -X github.com/aquasecurity/trivy/pkg/version/app.ver=0.74.0",
    environment=(("GOEXPERIMENT", "jsonv2"),),
    otherwise=", or put a Trivy of at least 0.74.0 on PATH",
)


# Without SQLite, which would need a C compiler: it keeps its issues in the tests' PostgreSQL.
GITEA = Source("gitea", "code.gitea.io/gitea", otherwise="; the tests of trackers need it")


def steps() -> list[Step]:
    """What Trivy, the registries and Gitea need, depending on what PATH offers."""
    installed = trivy_on_path()
    first = [
        _registry_build(),
        _olareg_build(),
        _compose_build(),
        *([] if installed else [_trivy_build()]),
    ]
    # Last: side by side with Trivy both would take longer, and it is wanted sooner.
    builds = [*first, _gitea_build(after=() if installed else ("trivy",))]
    go_is_here = all(step.is_done() for step in builds) or go.on_path()
    links = [_trivy_link(installed)] if installed else []
    return [*([] if go_is_here else [go.from_wheel()]), *links, *builds]


def trivy_on_path() -> Path | None:
    """The Trivy on PATH where it is new enough, and is not the one that setup made."""
    found = shutil.which("trivy")
    if not found or Path(found).absolute().is_relative_to(TOOLS):
        return None
    quiet = {"TRIVY_DISABLE_TELEMETRY": "true", "TRIVY_SKIP_VERSION_CHECK": "true"}
    first_line = answer_of([found, "--version"], quiet).partition("\n")[0]
    version = go.version_in(first_line)
    return Path(found).absolute() if version and version >= OLDEST_TRIVY else None


def _trivy_link(installed: Path) -> Step:
    def link(_: Log) -> None:
        BIN.mkdir(parents=True, exist_ok=True)
        (BIN / "trivy").unlink(missing_ok=True)
        (BIN / "trivy").symlink_to(installed)

    key = key_of(str(installed))
    return Step("trivy", f"uses {installed}", "0 s", key, BIN / "trivy", link)


def _trivy_build() -> Step:
    does = "builds Trivy 0.74.0 from tools/trivy (fetches up to 700 MB of sources)"
    return Step("trivy", does, "6 min", TRIVY.key, BIN / "trivy", TRIVY.build, after=("go",))


def _registry_build() -> Step:
    does = "builds the Distribution registry v3 from tools/registry"
    return Step(
        "registry", does, "2 min", REGISTRY.key, BIN / "registry", REGISTRY.build, after=("go",)
    )


def _gitea_build(after: tuple[str, ...]) -> Step:
    does = "builds Gitea 1.26 for the tests of trackers, from tools/gitea (fetches 500 MB)"
    after = ("go", *after)
    return Step(
        "gitea", does, "6 min", GITEA.key, BIN / "gitea", _build_gitea, after, optional=True
    )


def _build_gitea(log: Log) -> None:
    """Build it, and put beside it what it reads at its start."""
    GITEA.build(log)
    where = ["-C", str(GITEA.module), "list", "-m", "-f", "{{.Dir}}", GITEA.package]
    sources = Path(answer_of([str(go.on_path() or go.FROM_WHEEL), *where], go.ENVIRONMENT).strip())
    if not (sources / _GITEA_PARTS[0]).is_dir():
        raise StepError(f"Go does not say where the sources of {GITEA.package} are; run it again")
    place = TOOLS / "gitea"
    shutil.rmtree(place, ignore_errors=True)
    for part in _GITEA_PARTS:
        shutil.copytree(sources / part, place / part, copy_function=shutil.copyfile)


def _olareg_build() -> Step:
    does = "builds olareg, another registry for the tests, from tools/olareg"
    return Step(
        "olareg", does, "5 s", OLAREG.key, BIN / "olareg", OLAREG.build, ("go",), optional=True
    )


def _compose_build() -> Step:
    does = "builds Compose's own reader of compose files, for the tests, from tools/compose"
    return Step(
        "compose", does, "20 s", COMPOSE.key, BIN / "compose", COMPOSE.build, ("go",), optional=True
    )
