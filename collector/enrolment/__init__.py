"""Agents are enrolled, their keys changed and revoked, and the broker told who may what."""
