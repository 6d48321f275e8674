"""Fakes of the ports, each signing the same contract suite as the adapters."""
