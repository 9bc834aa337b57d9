"""What every part of the core stands on: database, acts, settings, vault, jobs."""
