"""Commands that read certificates and confirmations as they are written."""
