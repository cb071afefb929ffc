"""The benchmarks of docs/performance.md: `python -m bench` runs all, `python -m bench NAME` one.

They report the ratios of one run: what is compared is measured in turn, in the same loop, on the same disk.
A figure that depends on the machine is printed beside them, and no test asserts it.
"""
