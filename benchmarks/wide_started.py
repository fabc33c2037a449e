"""Serves the wide factory's pages; it loads its code as the collector's command does."""

from collector.heap import loading


def _main() -> None:
    with loading():
        from benchmarks.wide import wide  # noqa: PLC0415 - loaded as the command loads
        from benchmarks.wide_served import serve  # noqa: PLC0415

    serve(wide())


if __name__ == "__main__":
    _main()
