"""What rests on a test that an analyser failed: which hours, how much, and what fills it."""
