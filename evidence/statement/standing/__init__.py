"""Whether an analyser was under quality assurance, hour by hour."""
