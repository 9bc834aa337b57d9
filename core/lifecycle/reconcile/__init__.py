"""The reconciler proves whatever is kept (balances, lots, caps, months, hours, shelves, seals)."""
