"""People who may ask and write, and tokens: for an administrator."""
