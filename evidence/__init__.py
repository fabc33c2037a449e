"""What travels, what is stated, and how a stranger can check it: pure, no input or output."""
