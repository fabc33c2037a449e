"""From the bytes of agent.toml to an AgentConfig, every refusal coded (pure)."""

import ipaddress
import tomllib
from collections import Counter
from collections.abc import Mapping
from itertools import pairwise
from types import MappingProxyType
from typing import Any, Final

import msgspec

from device_profiles import errors as profile_errors
from device_profiles.structure import findings
from edge_agent.config import AgentConfig
from edge_agent.config_errors import (
    ConfigDuplicateError,
    ConfigError,
    ConfigExchangeError,
    ConfigLimitError,
    ConfigMissingKeyError,
    ConfigSyntaxError,
    ConfigTypeError,
    ConfigUnknownKeyError,
)
from edge_agent.config_lines import DeviceSettings, line_misfits
from evidence.errors import Words

MAX_BYTES: Final = 256 * 1024
_CODED: Final[Mapping[type[profile_errors.ProfileError], type[ConfigError]]] = MappingProxyType(
    {
        profile_errors.UnknownKeyError: ConfigUnknownKeyError,
        profile_errors.MissingKeyError: ConfigMissingKeyError,
        profile_errors.WrongTypeError: ConfigTypeError,
    }
)


def parse_config(data: bytes, where: str) -> AgentConfig:
    """The configuration in a file's bytes; `where` names the file.

    Raises:
        ConfigError: the first thing that is wrong, with file, key, limit and remedy.
    """
    table = _table(data, where)
    for finding in findings(table, AgentConfig, where):
        raise _CODED.get(type(finding), ConfigLimitError)(where, **finding.facts)
    config = msgspec.convert(table, AgentConfig)
    _refuse_duplicates(config, where)
    _refuse_misfits(config, where)
    _refuse_open_page(config, where)
    for device in (each for line in config.lines for each in line.devices):
        _refuse_broken_chain(device, where)
    return config


def _table(data: bytes, where: str) -> dict[str, Any]:
    if len(data) > MAX_BYTES:
        limit = f"at most {MAX_BYTES} bytes"
        raise ConfigLimitError(where, key="the file's size", found=len(data), limit=limit)
    try:
        return tomllib.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as wrong:
        limit = "TOML 1.0 in UTF-8"
        raise ConfigSyntaxError(where, key="file", found=str(wrong)[:200], limit=limit) from None


def _refuse_duplicates(config: AgentConfig, where: str) -> None:
    devices = [each for line in config.lines for each in line.devices]
    for key, names in (
        ("lines.name", [line.name for line in config.lines]),
        ("lines.host, lines.path", [line.place for line in config.lines]),
        ("lines.devices.name", [device.name for device in devices]),
        ("lines.devices.serial", [device.serial for device in devices]),
        *((f"channels of {device.name}", list(device.channels or ())) for device in devices),
    ):
        for name, times in Counter(names).items():
            if times > 1:
                raise ConfigDuplicateError(where, key=key, found=f"'{name}'", limit="unique")


def _refuse_misfits(config: AgentConfig, where: str) -> None:
    for line in config.lines:
        for key, limit in line_misfits(line):
            found = getattr(line, key)
            place = f"lines[{line.name}].{key}"
            if found is None:
                raise ConfigMissingKeyError(where, key=place, limit=limit)
            raise ConfigLimitError(where, key=place, found=f"'{found}'", limit=limit)


def _refuse_open_page(config: AgentConfig, where: str) -> None:
    """Whoever reaches the page from elsewhere must show a token."""
    page = config.page
    if page is not None and not page.token_file and not is_loopback(page.host):
        limit = f"a file with a token, since others than this machine reach {page.host}"
        raise ConfigMissingKeyError(where, key="page.token_file", limit=limit)


def is_loopback(host: str) -> bool:
    """Whether a name or an address is reached from its own machine alone."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _refuse_broken_chain(device: DeviceSettings, where: str) -> None:
    """Each exchange takes away the instrument that the one before it brought."""
    key, serial = f"lines.devices[{device.name}].exchanges", device.serial
    for exchange in device.exchanges:
        if exchange.old_serial != serial:
            found = f"'{exchange.old_serial}' is taken away where '{serial}' stands"
            raise ConfigExchangeError(
                where, key=key, found=found, limit=Words("a chain of serials", "首尾相接的出厂编号")
            )
        if exchange.closing.keys() != exchange.opening.keys():
            found = "closing and opening name different channels"
            raise ConfigExchangeError(
                where, key=key, found=found, limit=Words("both readings", "两个读数")
            )
        serial = exchange.new_serial
    if any(a.at >= b.at for a, b in pairwise(device.exchanges)):
        found = "the instants do not ascend"
        raise ConfigExchangeError(
            where, key=key, found=found, limit=Words("in order of time", "按时间顺序")
        )
