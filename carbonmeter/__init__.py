"""The front door: one command, the demonstration and the replay."""
