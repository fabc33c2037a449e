"""Zero and span checks of gas analysers: found in readings, judged, used as correction."""
