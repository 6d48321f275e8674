"""The registries under test, a module for each kind that has a server of its own."""
