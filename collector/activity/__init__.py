"""What people do about activity data: enter, correct, release, lock; and what that changes."""
