"""What points buy: the catalogue, its stock, and what was handed over."""
