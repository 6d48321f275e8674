"""HTTP as watcher speaks it: bounded, polite, without cookies, and silent about secrets.

The only place that imports requests and the urllib3 under it.
"""

from watcher.adapters.http.answer import Answer
from watcher.adapters.http.client import Http
from watcher.adapters.http.settings import Connecting, Retrying, Timeouts

__all__ = ["Answer", "Connecting", "Http", "Retrying", "Timeouts"]
