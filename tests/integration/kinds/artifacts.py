"""What package managers and compilers leave on disk, in versions that are affected or fixed."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.integration.kinds.elf import go_binary, rust_binary
from tests.integration.kinds.systems import NOON
from watcher.demo.workshop import Jar, JavaArtifact, Layer, java_database
from watcher.demo.workshop.blobs import digest_of
from watcher.demo.workshop.bolt import Tree, bolt_file
from watcher.demo.workshop.database import metadata_bytes
from watcher.ports.scanner import KnowledgeFiles

Files = Mapping[str, str | bytes]


@dataclass(frozen=True, slots=True)
class Artifact:
    """A kind of package: its files for a version, and the name that Trivy finds it under.

    `filed` is how its advisories call it, in the `bucket` of its ecosystem.
    """

    kind: str
    files: Callable[[str], Files]
    name: str
    bucket: str
    filed: str

    def __str__(self) -> str:
        return self.kind


PIP = "pip::GitHub Security Advisory pip"
NPM = "npm::GitHub Security Advisory npm"
MAVEN = "maven::GitHub Security Advisory Maven"
GO = "go::GitHub Security Advisory Go"
NUGET = "nuget::GitHub Security Advisory NuGet"


def zipped(members: Files) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return buffer.getvalue()


def wheel(version: str) -> Files:
    folder = f"usr/lib/python3/site-packages/Zope_Thing-{version}.dist-info"
    return {f"{folder}/METADATA": f"Metadata-Version: 2.1\nName: Zope_Thing\nVersion: {version}\n"}


def egg(version: str) -> Files:
    told = f"Metadata-Version: 1.0\nName: oldegg\nVersion: {version}\n"
    return {f"usr/lib/python3/oldegg-{version}-py3.11.egg": zipped({"EGG-INFO/PKG-INFO": told})}


def egg_info(version: str) -> Files:
    told = f"Metadata-Version: 1.0\nName: egginfo\nVersion: {version}\n"
    return {f"usr/lib/python3/egginfo-{version}.egg-info/PKG-INFO": told}


def node(version: str) -> Files:
    told = json.dumps({"name": "@Acme/Ui", "version": version})
    return {"srv/node_modules/@Acme/Ui/package.json": told}


def gemspec(version: str) -> Files:
    told = (
        'Gem::Specification.new do |s|\n  s.name = "rails".freeze\n'
        f'  s.version = "{version}"\n  s.licenses = ["MIT".freeze]\nend\n'
    )
    return {f"usr/lib/ruby/gems/3.2.0/specifications/rails-{version}.gemspec": told}


def composer(version: str) -> Files:
    told = {"packages": [{"name": "acme/mail", "version": version, "type": "library"}]}
    return {"srv/vendor/composer/installed.json": json.dumps(told)}


def dotnet(version: str) -> Files:
    name = f"Newtonsoft.Json/{version}"
    told = {
        "runtimeTarget": {"name": ".NETCoreApp,Version=v8.0"},
        "targets": {".NETCoreApp,Version=v8.0": {name: {"runtime": {"lib/x.dll": {}}}}},
        "libraries": {name: {"type": "package", "serviceable": True, "sha512": ""}},
    }
    return {"srv/app.deps.json": json.dumps(told)}


def nuget(version: str) -> Files:
    told = {"Serilog": {"type": "Direct", "requested": f"[{version}, )", "resolved": version}}
    return {"srv/packages.lock.json": json.dumps({"version": 1, "dependencies": {"net8.0": told}})}


def packages_props(version: str) -> Files:
    line = f'<PackageVersion Include="Dapper" Version="{version}" />'
    told = f"<Project><ItemGroup>{line}</ItemGroup></Project>"
    return {"srv/Directory.Packages.props": told}


def julia(version: str) -> Files:
    told = (
        'julia_version = "1.9.0"\nmanifest_format = "2.0"\n\n[[deps.HTTP]]\n'
        f'uuid = "cd3eb016-35fb-5094-929b-558a96fad6f3"\nversion = "{version}"\n'
    )
    project = '[deps]\nHTTP = "cd3eb016-35fb-5094-929b-558a96fad6f3"\n'
    return {"srv/Manifest.toml": told, "srv/Project.toml": project}


def bitnami(version: str) -> Files:
    told = {
        "spdxVersion": "SPDX-2.3",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": "redis",
        "documentNamespace": "https://example.org/redis",
        "creationInfo": {"created": "2024-01-01T00:00:00Z", "creators": ["Tool: x"]},
        "packages": [
            {
                "SPDXID": "SPDXRef-redis",
                "name": "redis",
                "versionInfo": version,
                "downloadLocation": "NOASSERTION",
                "externalRefs": [
                    {
                        "referenceCategory": "PACKAGE-MANAGER",
                        "referenceType": "purl",
                        "referenceLocator": f"pkg:bitnami/redis@{version}?arch=amd64",
                    }
                ],
            }
        ],
        "relationships": [
            {
                "spdxElementId": "SPDXRef-DOCUMENT",
                "relatedSpdxElement": "SPDXRef-redis",
                "relationshipType": "DESCRIBES",
            }
        ],
    }
    return {"opt/bitnami/redis/.spdx-redis.spdx": json.dumps(told)}


def listed_in_image(version: str) -> Files:
    told = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "components": [
            {
                "bom-ref": "x",
                "type": "library",
                "name": "listed",
                "version": version,
                "purl": f"pkg:pypi/listed@{version}",
            }
        ],
    }
    return {"usr/share/sbom/app.cdx.json": json.dumps(told)}


def jar(version: str) -> Files:
    """A jar of which the Java database alone can tell what it is."""
    return {f"srv/quiet-{version}.jar": Jar("org.acme", "quiet", version).content()}


def named_jar(version: str) -> Files:
    made = Jar("org.acme", "loud", version, names_itself=True)
    return {f"srv/lib/loud-{version}.jar": made.content()}


def war(version: str) -> Files:
    inner = Jar("org.acme", "inwar", version, names_itself=True).content()
    return {"srv/shop.war": zipped({f"WEB-INF/lib/inwar-{version}.jar": inner})}


def nested_jar(version: str) -> Files:
    inner = Jar("org.acme", "deep", version, names_itself=True).content()
    middle = zipped({f"lib/deep-{version}.jar": inner})
    return {"srv/app.jar": zipped({"BOOT-INF/lib/middle-1.0.jar": middle})}


def go_module(version: str) -> Files:
    table = (
        "path\texample.org/app\nmod\texample.org/app\t(devel)\t\n"
        f"dep\texample.org/Lib/x\tv{version}\th1:a=\n"
    )
    return {"usr/bin/gomod": go_binary("go2.0.0", table)}


def go_replaced(version: str) -> Files:
    table = (
        "path\texample.org/app\nmod\texample.org/app\t(devel)\t\n"
        f"dep\texample.org/old\tv1.0.0\n=>\texample.org/new\tv{version}\th1:a=\n"
    )
    return {"usr/bin/replaced": go_binary("go2.0.0", table)}


def go_stdlib(version: str) -> Files:
    table = "path\texample.org/app\nmod\texample.org/app\t(devel)\t\n"
    return {"usr/bin/std": go_binary(f"go{version}", table)}


def rust(version: str) -> Files:
    return {"usr/bin/rusty": rust_binary({"serde": version})}


ARTIFACTS = [
    Artifact("python wheel", wheel, "Zope_Thing", PIP, "zope-thing"),
    Artifact("python egg", egg, "oldegg", PIP, "oldegg"),
    Artifact("python egg-info", egg_info, "egginfo", PIP, "egginfo"),
    Artifact("node", node, "@Acme/Ui", NPM, "@acme/ui"),
    Artifact("gemspec", gemspec, "rails", "rubygems::GitHub Security Advisory RubyGems", "rails"),
    Artifact(
        "composer vendor",
        composer,
        "acme/mail",
        "composer::GitHub Security Advisory Composer",
        "acme/mail",
    ),
    Artifact("dotnet", dotnet, "Newtonsoft.Json", NUGET, "newtonsoft.json"),
    Artifact("nuget", nuget, "Serilog", NUGET, "serilog"),
    Artifact("packages props", packages_props, "Dapper", NUGET, "dapper"),
    Artifact("julia", julia, "HTTP", "julia::Open Source Vulnerability", "HTTP"),
    Artifact("bitnami", bitnami, "redis", "bitnami::Bitnami Vulnerability Database", "redis"),
    Artifact("SBOM in an image", listed_in_image, "listed", PIP, "listed"),
    Artifact("jar", jar, "org.acme:quiet", MAVEN, "org.acme:quiet"),
    Artifact("jar that names itself", named_jar, "org.acme:loud", MAVEN, "org.acme:loud"),
    Artifact("war", war, "org.acme:inwar", MAVEN, "org.acme:inwar"),
    Artifact("nested jar", nested_jar, "org.acme:deep", MAVEN, "org.acme:deep"),
    Artifact("go module", go_module, "example.org/Lib/x", GO, "example.org/Lib/x"),
    Artifact("go replaced", go_replaced, "example.org/new", GO, "example.org/new"),
    Artifact("go stdlib", go_stdlib, "stdlib", GO, "stdlib"),
    Artifact("rust binary", rust, "serde", "cargo::Open Source Vulnerability", "serde"),
]


def installed(files: Files) -> Layer:
    """A layer in which what lies under `bin` may be run, as compilers leave it."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in files.items():
            told = content.encode() if isinstance(content, str) else content
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(told), 0o755 if "/bin/" in name else 0o644
            archive.addfile(entry, io.BytesIO(told))
    bare = buffer.getvalue()
    packed = gzip.compress(bare, mtime=0)
    return Layer(packed, digest_of(packed), digest_of(bare), "COPY . /")


AFFECTED, FIXED = "1.2.0", "2.0.0"


def flaw(artifact: Artifact) -> str:
    """The vulnerability that the affected version of a kind has."""
    return f"CVE-2024-{ARTIFACTS.index(artifact)}"


def database(folder: Path) -> KnowledgeFiles:
    """Each kind with a flaw of its own below 2, and a Java database that knows the quiet jar."""
    tree: dict[str, dict[str, dict[str, bytes]]] = {}
    advisory = {"VulnerableVersions": ["<2.0.0"], "PatchedVersions": ["2.0.0"]}
    for one in ARTIFACTS:
        of_package = tree.setdefault(one.bucket, {}).setdefault(one.filed, {})
        of_package[flaw(one)] = json.dumps(advisory).encode()
    source = json.dumps({"ID": "ghsa", "Name": "x", "URL": ""}).encode()
    named: Tree = {
        **tree,
        "data-source": dict.fromkeys(tree, source),
        "vulnerability": {
            flaw(one): json.dumps({"Severity": "HIGH", "VendorSeverity": {"ghsa": 3}}).encode()
            for one in ARTIFACTS
        },
    }
    folder.mkdir()
    (folder / "trivy.db").write_bytes(bolt_file(named))
    (folder / "metadata.json").write_bytes(metadata_bytes(2, NOON, NOON))
    quiet = [Jar("org.acme", "quiet", version) for version in (AFFECTED, FIXED)]
    java = java_database(
        [JavaArtifact(one.group, one.artifact, one.version, one.sha1) for one in quiet],
        updated_at=NOON,
    )
    return KnowledgeFiles(folder, java.unpack(folder.parent / "java") / "java-db")
