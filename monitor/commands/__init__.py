"""The verbs of the command line, by what they are about; `monitor.cli` puts them together."""
