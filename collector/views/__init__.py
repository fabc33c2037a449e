"""Views: copies of what the ledger holds, for other tools. None is evidence; all can be rebuilt."""
