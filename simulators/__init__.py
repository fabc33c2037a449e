"""Instruments whose truth is known: processes, instruments, a laboratory, faults, servers."""
