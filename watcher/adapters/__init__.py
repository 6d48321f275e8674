"""Adapters: what watcher speaks to, each signing a port."""
