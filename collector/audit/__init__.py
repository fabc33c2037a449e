"""The audit of a channel: what is gathered for it from the ledger and what was derived."""
