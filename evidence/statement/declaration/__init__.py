"""What people declare of activity data: entries of the journal, and which of them count."""
