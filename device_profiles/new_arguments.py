"""The arguments of `carbonmeter profile new`, with the help that people need to use it."""

import argparse
import re
from pathlib import Path
from typing import Final

from device_profiles.points_head import Head

_ABOUT: Final = """\
Make a profile of a list of points, as it comes out of a spreadsheet.

The first row names the columns. Three must be there: name, address, type. These are
understood too: unit, scale, offset, function, order, length, kind, accumulation,
resolution, low, high, phase, subject, multiply_by, required, note. English or Chinese
headings; columns that are not understood are named and passed over. The file may be
UTF-8 or GB18030, with commas, semicolons or tabs.

  name,address,type,unit,scale
  Voltage L1,40001,float32,V,
  Total import energy,40073,uint32,kWh,0.01

  carbonmeter profile new --from-csv points.csv --printed \\
      --maker Example --model E1 --document "E1 manual" --page 12 --grade A --out e1.toml
  carbonmeter profile lint e1.toml
  carbonmeter simulate profile e1.toml       # then let the agent read it

Addresses: 16, 0x10 and 10h are frame addresses from 0. With --printed they are the
numbers of a manual: 40001, 400001 and 1 are the first register, 3xxxx are input
registers. Some manuals print frame addresses: compare one value before you believe it.

Types: float, double, int16, uint16, int32, dword, bit, bcd ... as people write them; a
word order may stand beside one ("float CDAB"). A column length (registers) tells 16 from
32 bits. Without a unit a point counts as a pure number.

What kind of quantity a point is follows from its unit and its name. Each such guess is a
comment in the file: read them. Rows of dates, states and settings do not belong here.
"""


def add_new_parser(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    shared: argparse.ArgumentParser,
) -> None:
    """Adds the parser of `profile new`."""
    new = commands.add_parser(
        "new",
        parents=[shared],
        help="make a profile of a list of points (CSV)",
        description=_ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    new.add_argument("--from-csv", metavar="POINTS.csv", required=True, help="the list")
    new.add_argument("--out", metavar="FILE", help="where to; default: standard output")
    new.add_argument("--id", help="default: of maker and model, or of the file's name")
    new.add_argument("--maker", default="Unknown maker", help="as on the type plate")
    new.add_argument("--model", default="", help="as on the type plate; default: the file's name")
    new.add_argument("--title", default="Device of a list of points", help="one line")
    new.add_argument("--title-zh", default="点表设备", help="the same in Chinese")
    new.add_argument("--document", default="", help="where the list is from; default: the file")
    new.add_argument("--page", default="list of points", help="page in the document")
    new.add_argument("--grade", choices=("A", "B", "C"), default="C", help="A vendor's page seen")
    new.add_argument("--unit-id", type=int, choices=range(256), metavar="0..255", default=1)
    new.add_argument("--function", type=int, choices=(1, 2, 3, 4), default=3, help="default 3")
    orders = ("ABCD", "CDAB", "BADC", "DCBA")
    new.add_argument("--word-order", choices=orders, default="ABCD", help="default ABCD")
    convention = new.add_mutually_exclusive_group()
    convention.add_argument("--printed", action="store_true", help="addresses as manuals print")
    convention.add_argument("--frame", action="store_true", help="addresses as in the frame")


def head_of(arguments: argparse.Namespace) -> Head:
    """What the command line says about the device."""
    stem = _clean(Path(arguments.from_csv).stem)
    named = f"{arguments.maker} {arguments.model}" if arguments.model else stem
    return Head(
        id=arguments.id or slug(named) or "new-device",
        maker=_clean(arguments.maker),
        model=_clean(arguments.model) or stem,
        title_en=_clean(arguments.title),
        title_zh=_clean(arguments.title_zh),
        document=_clean(arguments.document or Path(arguments.from_csv).name),
        page=_clean(arguments.page),
        grade=arguments.grade,
        unit_id=arguments.unit_id,
        function=arguments.function,
        word_order=arguments.word_order,
        convention="printed" if arguments.printed else "frame" if arguments.frame else None,
    )


def _clean(text: str) -> str:
    """`text` without bytes that were no UTF-8 on the command line."""
    return text.encode("utf-8", "replace").decode()


def slug(text: str) -> str:
    """`text` as an id: lower case, digits, hyphens; may be empty."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:64]
