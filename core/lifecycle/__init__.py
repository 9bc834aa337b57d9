"""What reaches across the whole core: importing, demo data."""
