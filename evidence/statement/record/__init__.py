"""The record of activity data: a stated datum with all that is known of it, in 15 groups."""
