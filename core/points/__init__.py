"""Rules, awards and the book: how service becomes points, and where every point is."""
