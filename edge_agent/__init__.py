"""The agent at the meter: ask instruments, calibrate, keep, publish."""
