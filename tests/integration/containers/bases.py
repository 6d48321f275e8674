"""Images to build on, made from this machine: its Python with the libraries it needs, and Trivy."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from watcher.demo.workshop.locate import find_tool

# What the Dockerfile's own commands need, and what Python's packages do when they are installed.
_PROGRAMS: Final = ("sh", "mkdir", "cat", "id", "ln", "rm", "sleep", "touch")
_SPARED: Final = ("site-packages", "test", "tests", "idlelib", "tkinter", "__pycache__", "*.a")
_COUNTED_ON: Final = (
    "libnss_*",
    "libpthread",
    "libdl",
    "librt",
    "libutil",
    "libresolv",
    "libgcc_s",
    "libstdc++",
)
_LDD: Final = shutil.which("ldd") or "/usr/bin/ldd"
_CERTIFICATES: Final = Path("/etc/ssl/certs/ca-certificates.crt")
_PYTHON: Final = """\
FROM scratch
COPY root/ /
ENV PATH=/usr/local/bin:/usr/bin:/bin LANG=C.UTF-8 LD_LIBRARY_PATH=/usr/local/lib{more}
"""
_TRIVY: Final = "FROM scratch\nCOPY trivy /usr/local/bin/trivy\n"


def python_base(folder: Path, settings: dict[str, str]) -> Path:
    """Lay out a folder from which an image with this machine's Python is built.

    `settings` are variables of its environment: how packages are reached from this machine.
    """
    root = folder / "root"
    prefix = Path(sys.base_prefix)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    shutil.copytree(
        prefix / "lib" / version,
        root / "usr/local/lib" / version,
        ignore=shutil.ignore_patterns(*_SPARED),
        symlinks=True,
    )
    (root / "usr/local/lib" / version / "site-packages").mkdir(exist_ok=True)
    interpreter = root / "usr/local/bin" / version
    _copy(Path(sys.base_prefix) / "bin" / version, interpreter)
    (interpreter.parent / "python3").symlink_to(version)
    (interpreter.parent / "python").symlink_to(version)
    for name in _PROGRAMS:
        found = shutil.which(name)
        assert found, name
        _copy(Path(found), root / "bin" / name)
    modules = (root / "usr/local/lib" / version / "lib-dynload").glob("*.so")
    # Where others than root may look for it; the folder that it is linked with may be root's own.
    for one in (prefix / "lib").glob("libpython*.so*"):
        _copy(one, root / "usr/local/lib" / one.name)
    for library in _libraries([interpreter, *modules, *(root / "bin").iterdir()]):
        if not library.is_relative_to(prefix):
            _copy(library, root / str(library).lstrip("/"))
    _copy(_CERTIFICATES, root / str(_CERTIFICATES).lstrip("/"))
    for place in ("tmp", "var/lib", "etc"):
        (root / place).mkdir(parents=True, exist_ok=True)
    (root / "tmp").chmod(0o1777)
    more = "".join(f' {name}="{value}"' for name, value in settings.items())
    (folder / "Dockerfile").write_text(_PYTHON.format(more=more))
    return folder


def trivy_base(folder: Path) -> Path:
    """Lay out a folder from which an image like Trivy's own is built."""
    folder.mkdir(parents=True)
    shutil.copy2(find_tool("trivy"), folder / "trivy")
    (folder / "Dockerfile").write_text(_TRIVY)
    return folder


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists():
        shutil.copy2(source, target)


def _libraries(files: Iterable[Path]) -> list[Path]:
    """The shared libraries that programs and modules are linked with, and their loader."""
    found: set[Path] = set()
    for file in files:
        told = subprocess.run([_LDD, file], capture_output=True, text=True, check=False).stdout
        words = (word for line in told.splitlines() for word in line.split())
        found |= {Path(word) for word in words if word.startswith("/")}
    # What no program here is linked with, and packages that come built count on.
    beside = {one.parent for one in found if one.name.startswith("libc.so")}
    found |= {
        one for folder in beside for name in _COUNTED_ON for one in folder.glob(f"{name}.so*")
    }
    return sorted(one for one in found if one.exists())
