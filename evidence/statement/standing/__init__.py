"""Whether an analyser was in control in an hour: quality assurance from dated tests."""
