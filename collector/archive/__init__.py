"""Whole months of the ledger in plain files: still provable, still read, out of the database."""
