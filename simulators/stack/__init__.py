"""A stack whose carbon is known, with the analysers, gases and comparisons that measure it."""
