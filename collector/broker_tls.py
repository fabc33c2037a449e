"""TLS towards the broker: what is trusted, and what is shown."""

import ssl

from collector.config import TlsSection
from collector.errors import ConfigFileError


def tls_context(tls: TlsSection) -> ssl.SSLContext:
    """A client's context that verifies the broker.

    Raises:
        ConfigFileError: A file cannot be used.
    """
    where = "broker.tls"
    try:
        context = ssl.create_default_context(cafile=tls.ca_file)
        if tls.cert_file is not None:
            context.load_cert_chain(tls.cert_file, tls.key_file)
    except OSError as problem:
        raise ConfigFileError(where, what=problem.strerror or str(problem)) from problem
    return context
