"""Trivy, the scanner: packages out of images once, then matched as documents without pulling."""

from __future__ import annotations

from watcher.adapters.scanners.trivy.scanner import TrivyScanner

__all__ = ["TrivyScanner"]
