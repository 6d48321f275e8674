"""Tickets as issues of a Jira project, on Cloud or a Data Center."""

from watcher.adapters.trackers.jira.place import JiraPlace, jira_tracker
from watcher.adapters.trackers.jira.workflow import Workflow

__all__ = ["JiraPlace", "Workflow", "jira_tracker"]
