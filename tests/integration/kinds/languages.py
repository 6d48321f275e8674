"""Packages of languages as an SBOM inside an image lists them, one of each type."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.integration.kinds.systems import NOON
from watcher.demo.workshop import Image, layer
from watcher.demo.workshop.bolt import bolt_file
from watcher.demo.workshop.database import metadata_bytes
from watcher.ports.scanner import KnowledgeFiles

LANGUAGES = {
    "python-pkg": ("pip::GitHub Security Advisory pip", "Django", "pkg:pypi/django"),
    "poetry": ("pip::GitHub Security Advisory pip", "Jinja2", "pkg:pypi/jinja2"),
    "node-pkg": ("npm::GitHub Security Advisory npm", "@Acme/ui", "pkg:npm/%40acme/ui"),
    "yarn": ("npm::GitHub Security Advisory npm", "left-pad", "pkg:npm/left-pad"),
    "jar": ("maven::GitHub Security Advisory Maven", "org.x:lib", "pkg:maven/org.x/lib"),
    "gobinary": (
        "go::GitHub Security Advisory Go",
        "example.org/A/b",
        "pkg:golang/example.org/A/b",
    ),
    "gomod": ("go::GitHub Security Advisory Go", "stdlib", "pkg:golang/stdlib"),
    "rustbinary": ("cargo::Open Source Vulnerability", "serde", "pkg:cargo/serde"),
    "gemspec": ("rubygems::GitHub Security Advisory RubyGems", "rails", "pkg:gem/rails"),
    "composer-vendor": ("composer::GitHub Security Advisory Composer", "a/b", "pkg:composer/a/b"),
    "dotnet-core": ("nuget::GitHub Security Advisory NuGet", "Newtonsoft.Json", "pkg:nuget/N.J"),
    "nuget": ("nuget::GitHub Security Advisory NuGet", "Serilog", "pkg:nuget/Serilog"),
    "bitnami": ("bitnami::Bitnami Vulnerability Database", "redis", "pkg:bitnami/redis"),
    "hex": ("erlang::GitHub Security Advisory Erlang", "phoenix", "pkg:hex/phoenix"),
    "conan": ("conan::GitLab Advisory Database Community", "zlib", "pkg:conan/zlib"),
    "swift": ("swift::GitHub Security Advisory Swift", "example.org/s", "pkg:swift/example.org/s"),
    "conda-pkg": ("", "openssl", "pkg:conda/openssl"),
}
# The sources of these ecosystems file their advisories under lower-case names.
LOWER_CASE = ("pip::", "npm::", "nuget::")


def database(folder: Path) -> KnowledgeFiles:
    """Make a database in which every package below 2 has a flaw of its own."""
    tree: dict[str, dict[str, dict[str, bytes]]] = {}
    for number, (bucket, name, _) in enumerate(LANGUAGES.values()):
        advisory = {"VulnerableVersions": ["<2"], "PatchedVersions": ["2"]}
        of_bucket = tree.setdefault(bucket or "unused::x", {})
        of_bucket[name.lower() if bucket.startswith(LOWER_CASE) else name] = {
            f"CVE-2024-{number}": json.dumps(advisory).encode()
        }
    source = json.dumps({"ID": "ghsa", "Name": "x", "URL": ""}).encode()
    folder.mkdir()
    (folder / "trivy.db").write_bytes(
        bolt_file({**tree, "data-source": dict.fromkeys(tree, source), "vulnerability": {}})
    )
    (folder / "metadata.json").write_bytes(metadata_bytes(2, NOON, NOON))
    return KnowledgeFiles(folder)


def image(version: str, kinds: Sequence[str]) -> Image:
    """Make an image whose SBOM lists one package of each type."""
    components: list[Mapping[str, object]] = []
    dependencies = []
    for kind in kinds:
        _, name, purl = LANGUAGES[kind]
        kind_property = {"name": "aquasecurity:trivy:Type", "value": kind}
        components += [
            {
                "bom-ref": f"app {kind}",
                "type": "application",
                "name": kind,
                "properties": [kind_property],
            },
            {
                "bom-ref": kind,
                "type": "library",
                "name": name,
                "version": version,
                "purl": f"{purl}@{version}",
            },
        ]
        dependencies.append({"ref": f"app {kind}", "dependsOn": [kind]})
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "components": components,
        "dependencies": dependencies,
    }
    return Image((layer({"opt/app.cdx.json": json.dumps(document)}),))
