"""Makes real inputs from nothing: images, advisory databases, and the registry that serves them.

base = Image([debian_base("12.5", [DebianPackage("openssl", "3.0.11-1~deb12u2")])])
api = built_on(base, [python_layer([PythonPackage("django", "4.2.1")])], created=noon)
with Registry(folder) as registry, Pusher(registry.url) as pusher:
    pusher.push_image("shop/api", "1.2.0", api)
"""

from watcher.demo.workshop.advisories import (
    MAVEN,
    NPM,
    PIP,
    Advisory,
    LanguageAdvisory,
    OsAdvisory,
    VulnerabilityDetail,
)
from watcher.demo.workshop.artifact import Artifact, signature
from watcher.demo.workshop.attestation import bundled, cosigned, stated
from watcher.demo.workshop.blobs import Blob
from watcher.demo.workshop.bulk import Job, push_all
from watcher.demo.workshop.database import Database, trivy_database
from watcher.demo.workshop.errors import WorkshopError
from watcher.demo.workshop.image import Image, built_on
from watcher.demo.workshop.index import Index, Material, in_toto, provenance
from watcher.demo.workshop.java_database import JavaArtifact, java_database
from watcher.demo.workshop.layers import (
    ApkPackage,
    DebianPackage,
    Jar,
    Layer,
    NodePackage,
    PythonPackage,
    alpine_base,
    apk_upgrade,
    debian_base,
    distroless_base,
    dpkg_upgrade,
    java_layer,
    layer,
    node_layer,
    python_layer,
    ubuntu_base,
    wolfi_base,
)
from watcher.demo.workshop.logins import READER, Login, basic_auth
from watcher.demo.workshop.push import Pusher
from watcher.demo.workshop.registry import Registry
from watcher.demo.workshop.tokens import TokenServer

__all__ = [
    "MAVEN",
    "NPM",
    "PIP",
    "READER",
    "Advisory",
    "ApkPackage",
    "Artifact",
    "Blob",
    "Database",
    "DebianPackage",
    "Image",
    "Index",
    "Jar",
    "JavaArtifact",
    "Job",
    "LanguageAdvisory",
    "Layer",
    "Login",
    "Material",
    "NodePackage",
    "OsAdvisory",
    "Pusher",
    "PythonPackage",
    "Registry",
    "TokenServer",
    "VulnerabilityDetail",
    "WorkshopError",
    "alpine_base",
    "apk_upgrade",
    "basic_auth",
    "built_on",
    "bundled",
    "cosigned",
    "debian_base",
    "distroless_base",
    "dpkg_upgrade",
    "in_toto",
    "java_database",
    "java_layer",
    "layer",
    "node_layer",
    "provenance",
    "push_all",
    "python_layer",
    "signature",
    "stated",
    "trivy_database",
    "ubuntu_base",
    "wolfi_base",
]
