"""Trackers, one module per kind; the module's name is the kind in the configuration."""
