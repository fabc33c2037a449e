"""Tools for whoever stands before an instrument with two wires and a PDF; nothing is written."""
