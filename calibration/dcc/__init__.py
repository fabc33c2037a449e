"""PTB Digital Calibration Certificates (https://ptb.de/dcc): read, checked, mapped, written."""
