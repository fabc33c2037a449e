"""Validation against PTB's XML schemas, which a person keeps in a folder; nothing is fetched.

The schemas are handed in as bytes by their path within that folder. An import is looked up
among them and nowhere else, so that neither network nor file system is ever asked; hints to
other schemas within a document (xsi:schemaLocation) are not followed by libxml2 once it has one.
"""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import unquote

from lxml import etree
from lxml.etree import _Element as Element

from calibration.dcc.document import DCC, plain_parser
from calibration.dcc.errors import DccSchemaError, DccSchemaFolderError

_SCHEME: Final = "dcc-schemas:/"
_MOST_TOLD: Final = 3


class _Folder(etree.Resolver):
    """Finds an imported schema among those handed in; a web address, by the end of its path."""

    def __init__(self, schemas: Mapping[str, bytes]) -> None:
        super().__init__()
        self.schemas = schemas

    def resolve(self, system_url: str | None, public_id: str | None, context: Any) -> Any:  # noqa: ANN401, ARG002 - lxml's own
        name = self._name(unquote(system_url or ""))
        if name is None:
            raise LookupError(system_url)  # or else lxml would look for itself
        return self.resolve_string(self.schemas[name], context, base_url=f"{_SCHEME}{name}")

    def _name(self, url: str) -> str | None:
        if url.startswith(_SCHEME):
            name = url.removeprefix(_SCHEME)
            return name if name in self.schemas else None
        parts = url.rsplit("://", maxsplit=1)[-1].split("/")
        ends = ["/".join(parts[k:]) for k in range(1, len(parts))]
        for end in ends:
            for name in self.schemas:
                if f"/{name}".endswith(f"/{end}"):
                    return name
        return None


def schema_for(version: str, schemas: Mapping[str, bytes]) -> etree.XMLSchema:
    """The schema of a version of the DCC, with all that it imports.

    Args:
        version: such as "3.3.0".
        schemas: XML schemas by their path within a folder.

    Raises:
        DccSchemaFolderError: it is not among them, or one that it needs is not.
    """
    for name, data in schemas.items():
        root = _parsed(name, data, schemas)
        if root.get("targetNamespace") == DCC and root.get("version") == version:
            try:
                return etree.XMLSchema(root)
            except etree.XMLSchemaParseError as cause:
                found = str(cause)[:200]
                raise DccSchemaFolderError(name, version=version, found=found) from cause
    found = f"{len(schemas)} files"
    raise DccSchemaFolderError("--schema", version=version, found=found)


def _parsed(name: str, data: bytes, schemas: Mapping[str, bytes]) -> Element:
    parser = plain_parser()
    parser.resolvers.add(_Folder(schemas))
    try:
        return etree.fromstring(data, parser, base_url=f"{_SCHEME}{name}")
    except etree.XMLSyntaxError as cause:
        raise DccSchemaFolderError(name, version="-", found=str(cause)[:200]) from cause


def check_schema(root: Element, where: str, schemas: Mapping[str, bytes]) -> None:
    """Refuses a document that does not follow the schema of the version that it names.

    Args:
        root: of a document that `parse_document` read.
        where: name of the file, for errors.
        schemas: XML schemas by their path within a folder.

    Raises:
        DccSchemaFolderError: its schema is not there.
        DccSchemaError: it does not follow it.
    """
    version = root.get("schemaVersion") or ""
    schema = schema_for(version, schemas)
    if not schema.validate(root):
        told = [f"line {each.line}: {each.message}"[:300] for each in schema.error_log]
        first = "; ".join(told[:_MOST_TOLD])
        raise DccSchemaError(where, version=version, found=len(told), first=first)
