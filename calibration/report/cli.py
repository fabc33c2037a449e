"""The command `carbonmeter calibration report`."""

import argparse
import hashlib

from calibration.load import parse_certificate, read_file, read_folder, register_as_written
from calibration.printing import print_json, write_text
from calibration.register import CalibrationRegister
from calibration.report.page import page

OK = 0


def report(arguments: argparse.Namespace) -> int:
    """Exit code of the command.

    Raises:
        CalibrationError: the file or the register cannot be read or used, or the page written.
    """
    (path,) = arguments.paths
    file = read_file(path)
    certificate = parse_certificate(file.data, file.name)
    register = CalibrationRegister(certificates=(certificate,))
    if arguments.register is not None:
        register = register_as_written(read_folder(arguments.register))
    text = page(certificate, register, hashlib.sha256(file.data).hexdigest())
    write_text(arguments.html, text)
    if arguments.json:
        print_json({"certificate": certificate.id, "html": str(arguments.html)})
    else:
        print(arguments.html)
    return OK
