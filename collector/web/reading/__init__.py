"""One reading down to its bytes: what came over the wire, what was made of it, where it is kept."""
