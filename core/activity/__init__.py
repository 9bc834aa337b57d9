"""What was done: activities, who was there, and the second person's look at it."""
