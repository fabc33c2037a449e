"""The people behind requests: users, their tokens and passwords, and who changed them."""
