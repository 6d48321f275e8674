"""The only place that imports Google's libraries: a client of the API, and who we are to it."""

import logging
import os

# gRPC's core writes lines of its own to stderr; it looks here once, as it is loaded.
os.environ.setdefault("GRPC_VERBOSITY", "NONE")

from watcher.adapters.registries.artifact_registry.sdk.client import (
    Reach,
    Transport,
    connect,
)
from watcher.adapters.registries.artifact_registry.sdk.login import GoogleLogin

__all__ = ["GoogleLogin", "Reach", "Transport", "connect"]

# What the libraries warn of on their way to an error, line by line, is in the error that we raise.
logging.getLogger("google").setLevel(logging.CRITICAL)
