"""The command `carbonmeter calibration report`."""

import argparse
import hashlib
import sys

from calibration.load import parse_certificate, read_file, read_folder, register_as_written
from calibration.printing import print_json
from calibration.register import CalibrationRegister
from calibration.report.page import page

OK, USAGE = 0, 2


def report(arguments: argparse.Namespace) -> int:
    """Exit code of the command: 0; 2 where the page cannot be written.

    Raises:
        CalibrationError: the file or the register cannot be read or used.
    """
    (path,) = arguments.paths
    file = read_file(path)
    certificate = parse_certificate(file.data, file.name)
    register = CalibrationRegister(certificates=(certificate,))
    if arguments.register is not None:
        register = register_as_written(read_folder(arguments.register))
    text = page(certificate, register, hashlib.sha256(file.data).hexdigest())
    try:
        arguments.html.write_text(text, "utf-8")
    except OSError as cause:
        sys.stderr.write(f"cannot write '{arguments.html}': {cause.strerror}\n")
        return USAGE
    if arguments.json:
        print_json({"certificate": certificate.id, "html": str(arguments.html)})
    else:
        print(arguments.html)
    return OK
