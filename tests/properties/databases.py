"""Databases for examples, each with a fresh one."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from sqlalchemy import Engine

Databases = Callable[[], AbstractContextManager[Engine]]
