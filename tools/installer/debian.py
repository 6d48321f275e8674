"""Debian's packages, unpacked below the checkout: the system stays as it is, root is not needed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from installer.step import Log, StepError

_NETWORK = "check the network and that the package sources of apt answer"
# The machine's own settings (sources, proxies, logins) stay in force but for these. What it does
# after an update is left to its own updates; whom it lets fetch could not write below the checkout.
_SETTINGS = """\
Dir::State::lists "{folder}/lists";
Dir::State::extended_states "{folder}/extended_states";
Dir::Cache "{folder}";
Dir::Cache::archives "{folder}/archives";
Debug::NoLocking "true";
APT::Sandbox::User "root";
APT::Install-Recommends "false";
Acquire::Languages "none";
Acquire::Retries "2";
Acquire::http::Timeout "20";
Acquire::https::Timeout "20";
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
"""


def unpack(packages: Sequence[str], target: Path, log: Log) -> None:
    """Unpack packages into `target`, with whatever they need that this machine has not installed.

    Raises StepError where apt is not here, or does not know or reach a package.
    """
    if not (shutil.which("apt-get") and shutil.which("dpkg")):
        raise StepError("this machine has no apt")
    folder = target.with_name(f"{target.name}.apt")
    shutil.rmtree(folder, ignore_errors=True)
    try:
        for archive in _fetched(packages, folder, log):
            log.run(["dpkg", "-x", str(archive), str(target)], advice="see the log", timeout=300)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _fetched(packages: Sequence[str], folder: Path, log: Log) -> list[Path]:
    for part in ("lists/partial", "archives/partial"):
        (folder / part).mkdir(parents=True)
    settings = folder / "apt.conf"
    settings.write_text(_SETTINGS.format(folder=folder), encoding="utf-8")
    apt = ["apt-get", f"--config-file={settings}", "--assume-yes", "--quiet"]
    try:
        log.run([*apt, "update"], advice=_NETWORK, timeout=300)
    except StepError as error:
        # One source of several may be away; whether the others suffice shows below.
        log.say(f"apt-get update: {error}")
    log.run([*apt, "install", "--download-only", *packages], advice=_NETWORK, timeout=900)
    archives = sorted((folder / "archives").glob("*.deb"))
    if not archives:
        raise StepError(f"apt fetched nothing for {', '.join(packages)}")
    return archives


def libraries(root: Path) -> str:
    """The folders below `root` that hold shared libraries, as LD_LIBRARY_PATH takes them."""
    found = {one.parent for part in ("lib", "usr/lib") for one in (root / part).rglob("lib*.so*")}
    return os.pathsep.join(map(str, sorted(found)))
