"""Made-up reports as files of each format, written by other people's programs, so that our readers are held to them."""
