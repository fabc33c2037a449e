"""Statements of conformity and their risks; the agent never imports this (it needs scipy)."""
