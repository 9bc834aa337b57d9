"""Does a statement name its community? docs/decisions/0030 says what that means, and why."""
