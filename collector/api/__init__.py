"""The HTTP interface: questions in, what the ledger and the judge hold out. Translation only."""
