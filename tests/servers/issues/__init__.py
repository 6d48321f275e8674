"""Trackers on loopback that nobody can install here: GitHub, GitLab and Jira, by their API's pages.

Written from the vendors' public descriptions: pages, limits, lag and quirks as they tell of them.
"""

from tests.servers.issues.board import BOT, PERSON, TOKEN, Board, Record
from tests.servers.issues.faults import Kind
from tests.servers.issues.github import GitHub
from tests.servers.issues.gitlab import GitLab
from tests.servers.issues.jira import Jira
from tests.servers.issues.server import Served, served

__all__ = [
    "BOT",
    "PERSON",
    "TOKEN",
    "Board",
    "GitHub",
    "GitLab",
    "Jira",
    "Kind",
    "Record",
    "Served",
    "served",
]
