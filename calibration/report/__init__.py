"""A certificate as a page that a person reads and prints, in English and Chinese."""
