"""Executors: where tasks are done other than in threads of our own."""
