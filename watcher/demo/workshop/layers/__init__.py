"""Layers as distributions and package installers leave them."""

from watcher.demo.workshop.layers.apk import ApkPackage, alpine_base, apk_upgrade, wolfi_base
from watcher.demo.workshop.layers.archive import Layer, layer
from watcher.demo.workshop.layers.dpkg import (
    DebianPackage,
    debian_base,
    distroless_base,
    dpkg_upgrade,
    ubuntu_base,
)
from watcher.demo.workshop.layers.languages import (
    Jar,
    NodePackage,
    PythonPackage,
    java_layer,
    node_layer,
    python_layer,
)

__all__ = [
    "ApkPackage",
    "DebianPackage",
    "Jar",
    "Layer",
    "NodePackage",
    "PythonPackage",
    "alpine_base",
    "apk_upgrade",
    "debian_base",
    "distroless_base",
    "dpkg_upgrade",
    "java_layer",
    "layer",
    "node_layer",
    "python_layer",
    "ubuntu_base",
    "wolfi_base",
]
