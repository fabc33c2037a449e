"""Being enrolled at a collector: by a one-time code, with a certificate that is renewed."""
