"""The alert book: what is opened, held, damped, corrected, and the bundle that proves an alert."""
