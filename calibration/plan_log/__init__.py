"""The list of monitoring plans, for whoever asks by which rules a channel is told, and why."""
