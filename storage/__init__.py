"""Floor 0: the vocabulary of the annual report, and the database that keeps what we know."""
