"""Floor 2: what is owed, what is wrong, who is told."""
