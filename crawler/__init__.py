"""Floor 1: from a portal to a stored report."""
