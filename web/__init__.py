"""HTTP, HTML and the command line. Knows the core; knows no plugin by name."""
