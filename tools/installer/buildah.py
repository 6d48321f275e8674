"""buildah for the test of the image: the one on PATH, else Debian's package, unpacked."""

from __future__ import annotations

import os
import platform
import shutil
from pathlib import Path

from installer import debian
from installer.step import BIN, ROOT, TOOLS, Log, Step, StepError, key_of

PRODUCT = BIN / "buildah"
FOLDER = TOOLS / "buildah"
_PACKAGES = ("buildah", "patchelf")
_ADVICE = "put buildah on PATH and run make setup again"


def step() -> Step:
    """The one step; everything but the test of the image does without it."""
    installed = on_path()
    fetches = "fetches buildah for the test of the image into .tools/buildah (up to 20 MB)"
    return Step(
        name="buildah",
        does=f"uses {installed}" if installed else fetches,
        takes="15 s",
        key=key_of(str(ROOT), str(installed), platform.machine()),
        product=PRODUCT,
        run=_install,
        optional=True,
    )


def program() -> Path:
    """The buildah that setup brought, else the one on PATH; raises StepError for none."""
    found = PRODUCT if PRODUCT.exists() else on_path()
    if found is None:
        raise StepError(step().given_up() or "no buildah is here: run make setup")
    return found


def on_path() -> Path | None:
    """The buildah on PATH that is not the one setup made."""
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    others = os.pathsep.join(one for one in folders if Path(one).absolute() != BIN)
    found = shutil.which("buildah", path=others)
    return Path(found).absolute() if found else None


def _install(log: Log) -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    PRODUCT.unlink(missing_ok=True)
    BIN.mkdir(parents=True, exist_ok=True)
    installed = on_path()
    if installed is not None:
        PRODUCT.symlink_to(installed)
        return
    FOLDER.mkdir(parents=True)
    debian.unpack(_PACKAGES, FOLDER, log)
    # It starts itself again without an environment, so its libraries have to be named inside of it.
    unpacked = FOLDER / "usr" / "bin" / "buildah"
    patchelf = FOLDER / "usr" / "bin" / "patchelf"
    found = debian.libraries(FOLDER).replace(os.pathsep, ":")
    log.run([str(patchelf), "--set-rpath", found, str(unpacked)], advice=_ADVICE, timeout=60)
    log.run([str(unpacked), "--version"], advice=_ADVICE, timeout=60)
    PRODUCT.symlink_to(unpacked)
