"""Databases of knowledge in a folder: staged, checked, and put in place whole."""

from __future__ import annotations

from watcher.adapters.library.folder import FolderLibrary

__all__ = ["FolderLibrary"]
