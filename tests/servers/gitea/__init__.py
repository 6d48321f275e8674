"""A real Gitea on loopback, over a database of the session's PostgreSQL, without mail or pages."""

from tests.servers.gitea.project import Project
from tests.servers.gitea.server import Gitea, gitea

__all__ = ["Gitea", "Project", "gitea"]
