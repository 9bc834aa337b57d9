"""The programmes that come with Linli. Each enters by the strangers' door: an entry point."""
