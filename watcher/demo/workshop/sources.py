"""Where the advisories of each bucket come from, as Trivy's own database names it."""

from __future__ import annotations

from watcher.demo.workshop.blobs import Json

_GITHUB = "GitHub Security Advisory "
_BY_FAMILY: dict[str, tuple[str, str, str]] = {
    "alpine": ("alpine", "Alpine Secdb", "https://secdb.alpinelinux.org/"),
    "chainguard": (
        "chainguard",
        "Chainguard Security Data",
        "https://packages.cgr.dev/chainguard/security.json",
    ),
    "debian": (
        "debian",
        "Debian Security Tracker",
        "https://salsa.debian.org/security-tracker-team/security-tracker",
    ),
    "ubuntu": ("ubuntu", "Ubuntu CVE Tracker", "https://git.launchpad.net/ubuntu-cve-tracker"),
    "wolfi": ("wolfi", "Wolfi Secdb", "https://packages.wolfi.dev/os/security.json"),
}


def data_source(bucket: str) -> dict[str, Json]:
    """Return the entry of the `data-source` bucket; raise ValueError for an unknown bucket."""
    _, separator, name = bucket.partition("::")
    if separator and name.startswith(_GITHUB):
        ecosystem = name.removeprefix(_GITHUB).lower()
        url = f"https://github.com/advisories?query=type%3Areviewed+ecosystem%3A{ecosystem}"
        return _entry("ghsa", name, url)
    family = bucket.split(" ", maxsplit=1)[0]
    if separator or family not in _BY_FAMILY:
        known = ", ".join(sorted(_BY_FAMILY))
        raise ValueError(
            f"no data source known for bucket {bucket!r}; use {known} or <ecosystem>::{_GITHUB}…"
        )
    return _entry(*_BY_FAMILY[family])


def _entry(identifier: str, name: str, url: str) -> dict[str, Json]:
    return {"ID": identifier, "Name": name, "URL": url}
