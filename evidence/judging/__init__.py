"""What an agent logged, judged again by whoever holds the bytes: checked, and folded into hours."""
