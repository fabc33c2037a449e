"""What people declare of activity data: entered into the journal, of what is there."""
