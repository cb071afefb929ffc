"""Hardware in the loop without hardware: `python -m tests.hardware`, or `make hardware`.

A guest in QEMU's software emulation runs a kernel of Debian's, with uinput for the scanners and gpio-sim for
the header. The station in it is the real command; what it shows is read back from the kernel. pytest collects
none of it.
"""
