"""Pages: what people look at, served by the collector itself."""
