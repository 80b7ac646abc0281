"""Telling people: digests, channels, and what became of every message."""
