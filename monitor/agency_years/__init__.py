"""Where an agency-year stands: what is owed by when, what was seen, what would change it."""
