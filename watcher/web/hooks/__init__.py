"""Webhooks of registries: each says where something moved, and nothing else of it is believed."""
