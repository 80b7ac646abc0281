"""One check: from what is stored to verdicts, accusations and what the alert book says."""
