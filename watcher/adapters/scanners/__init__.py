"""Scanners: one package per scanner, each of which signs the Scanner port."""
