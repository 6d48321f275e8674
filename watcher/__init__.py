"""watcher knows since when every published image has been exposed to which vulnerability."""

__version__ = "0.1.0"
