"""The fifteen checks, some to a file."""
