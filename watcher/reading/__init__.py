"""The record as it is asked for: each document composed in one place, for commands and pages."""
