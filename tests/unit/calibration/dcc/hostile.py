"""Reads hostile documents in a process of its own and tells what each cost, as JSON.

Run as `python -m tests.unit.calibration.dcc.hostile`: a line for each document with its code
and the seconds of processor time, then one with the growth of the process in MB.
"""

import json
import resource
import sys
import time
from collections.abc import Iterator

from calibration.dcc.errors import DccError
from calibration.dcc.transfer import import_document
from tests.unit.calibration.dcc.dcc_documents import TEMPERATURES, column, document, schemas, table
from tests.unit.calibration.dcc.importing import choices
from tests.unit.calibration.dcc.signing import xades_signed

LEAF = "<dcc:quantity><si:real><si:value>1</si:value><si:unit>x</si:unit></si:real></dcc:quantity>"
NESTED = 200


def hostile() -> Iterator[tuple[str, bytes]]:
    """Names and bytes of documents that are as bad as their limits allow, or worse."""
    entities = "".join(f'<!ENTITY e{k} "{f"&e{k - 1};" * 10}">' for k in range(1, 12))
    bomb = f'<!DOCTYPE a [<!ENTITY e0 "ha">{entities}]><a>&e11;</a>'
    yield "entities", bomb.encode()
    yield "five megabytes", document(f"<dcc:text>{'x' * 5_000_000}</dcc:text>")
    yield "too many elements", b"<a>" + b"<b/>" * 900_000 + b"</a>"
    yield "too many attributes", b"<a " + b" ".join(b'a%d=""' % k for k in range(400_000)) + b"/>"
    yield "long list", document(table(column("basic_measuredValue", "1 " * 1_500_000, "x")))
    yield "too many quantities", document(table("<dcc:list/>" * 6_000))
    yield "full of quantities", document(table(LEAF * 3_000))
    yield "full of numbers", document(table(column("basic_measuredValue", "1 " * 490_000, "x")))
    yield "deep", document("<dcc:list>" * NESTED + LEAF + "</dcc:list>" * NESTED)
    yield "deeper", document("<dcc:list>" * 400 + LEAF + "</dcc:list>" * 400)
    yield "wrong everywhere", document("<dcc:wrong/>" * 24_000)
    unknown = "".join(f'<dcc:list refType="x{k}"/>' for k in range(4_900))
    yield "unknown refTypes", document(table(unknown))
    comment = f"<dcc:comment><a>{'x' * 3_900_000}</a></dcc:comment>"
    yield "signed and long", xades_signed(document(TEMPERATURES, end=comment))
    foreign = '<dcc:text><dcc:content lang="zh"/></dcc:text>' * 6_000
    yield "foreign languages", document(foreign)


def main() -> None:
    known = schemas()
    import_document(document(TEMPERATURES), "warm", choices(), known)
    before = _megabytes()
    for name, data in hostile():
        begun, code = time.process_time(), ""
        try:
            import_document(data, name, choices(), known if "wrong" in name else None)
        except DccError as wrong:
            code = wrong.code
        told = {"name": name, "code": code, "seconds": time.process_time() - begun}
        sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.write(json.dumps({"megabytes": _megabytes() - before}) + "\n")


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0


if __name__ == "__main__":
    main()
