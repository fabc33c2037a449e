"""A certificate's function at an argument, or the argument at which it has a value."""
