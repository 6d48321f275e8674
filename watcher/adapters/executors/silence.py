"""What Dask says by itself, to nobody: whatever concerns a task is told by the task's failure."""

from __future__ import annotations

import logging
import warnings
from typing import Final

import dask
from distributed.versions import VersionMismatchWarning

_LOUD: Final = ("distributed", "tornado")


def silence() -> None:
    """Let Dask write nothing to the terminal from here on, for the whole process.

    It puts handlers on its loggers when it is imported, warns of versions that differ, which
    matter only where a task fails, and of large tasks, which ours are meant to be.
    """
    names = [name for name in logging.root.manager.loggerDict if name.split(".")[0] in _LOUD]
    for name in {*_LOUD, *names}:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = name not in _LOUD
    for name in _LOUD:
        logging.getLogger(name).addHandler(logging.NullHandler())
    warnings.filterwarnings("ignore", category=VersionMismatchWarning)
    dask.config.set({"distributed.admin.large-graph-warning-threshold": "1GiB"})
