"""HJ 212-2017: how data loggers of pollution sources talk to monitoring centres (sans-IO)."""
