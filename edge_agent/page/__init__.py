"""The agent's own page of its health, on the gateway itself."""
