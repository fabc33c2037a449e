"""The register of instruments: what is gathered for it, and how it is written."""
