"""The collector: receives agents' leaves, keeps them, and serves what follows from them."""
