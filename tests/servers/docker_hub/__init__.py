"""Docker Hub on loopback: its API, its registry and its token server, each on a port of its own.

Written from Docker's public description and from what was observed of the real one.
"""

from tests.servers.docker_hub.content import Hub, Kept, Tag
from tests.servers.docker_hub.server import ANYBODY, OWNER, DockerHub, docker_hub
from tests.servers.docker_hub.tokens import Account

__all__ = [
    "ANYBODY",
    "OWNER",
    "Account",
    "DockerHub",
    "Hub",
    "Kept",
    "Tag",
    "docker_hub",
]
