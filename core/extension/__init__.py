"""Plugins: what they say about themselves, which run, and how they are called."""
