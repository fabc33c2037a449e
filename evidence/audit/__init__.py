"""What an auditor looks at: the ledger of instruments, chains, fifteen checks, a sample (pure)."""
