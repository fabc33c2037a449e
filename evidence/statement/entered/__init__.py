"""What people enter: readings of meters that nobody polls, and amounts of invoices. Pure."""
