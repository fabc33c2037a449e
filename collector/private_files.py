"""What lies in files that only their owner may read: the cosignature key, passwords."""

import os
import stat
from pathlib import Path
from typing import Final

from collector.config import BrokerSection, CollectorConfig
from collector.errors import (
    ConfigFileError,
    ConfigModeError,
)
from evidence.errors import Words
from evidence.load import read_signing_key
from evidence.log.key import Algorithm, SigningKey, require_algorithm

_OTHERS: Final = 0o077


def receipt_key(config: CollectorConfig) -> SigningKey:
    """The collector's cosignature key, from its 0600 file.

    Raises:
        KeyMaterialError: The file is missing, open to others, or holds another kind of key.
    """
    key = read_signing_key(config.key_file)
    require_algorithm(key.verifier, Algorithm.COSIGNATURE_V1)
    return key


def broker_password(broker: BrokerSection) -> str | None:
    """The password of the broker's account; None if none. Raises as `secret_line`."""
    return secret_line(broker.password_file)


def secret_line(file: str | None) -> str | None:
    """The first line of a 0600 file; None if no file is named.

    Raises:
        ConfigFileError: It cannot be read, or others than its owner may.
    """
    if file is None:
        return None
    path = Path(file)
    try:
        return _private_line(path)
    except OSError as problem:
        raise ConfigFileError(
            str(path), what=problem.strerror or type(problem).__name__
        ) from problem
    except UnicodeDecodeError:
        raise ConfigFileError(str(path), what=Words("it is not UTF-8", "不是 UTF-8")) from None


def _private_line(path: Path) -> str:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        mode = stat.S_IMODE(os.fstat(descriptor).st_mode)
        if mode & _OTHERS:
            raise ConfigModeError(str(path), mode=mode, path=path)
        return os.read(descriptor, 4096).decode().partition("\n")[0].rstrip("\r")
    finally:
        os.close(descriptor)
