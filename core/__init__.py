"""The domain of Linli: who, what was done, the book, the counter. Knows no HTTP and no plugin by name."""
