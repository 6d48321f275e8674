"""Servers on loopback that tests speak to: real ones, and hostile ones."""
