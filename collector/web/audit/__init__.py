"""Pages of the auditor: checks, changes, ends of logs, evidence, effects."""
