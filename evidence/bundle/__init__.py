"""What an auditor takes away: all that proves an activity datum, in one file, and its checks."""
