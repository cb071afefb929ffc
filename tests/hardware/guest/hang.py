"""A desk that really hangs: its thread is held by ptrace, while the process's other threads go on."""

from __future__ import annotations

import ctypes
import os
import signal
import time

SEIZE, INTERRUPT = 0x4206, 0x4207
"""PTRACE_… of linux/ptrace.h: hold a thread without sending it a signal."""


def hang_desk(pid: int, seconds: float) -> float:
    """Hold the main thread, which is the desk's, until something ends the process; returns after how long.

    Raises AssertionError if nothing does within `seconds`, or something else than the watchdog's SIGABRT.
    """
    _ptrace(SEIZE, pid)
    _ptrace(INTERRUPT, pid)
    began = time.monotonic()
    while time.monotonic() < began + seconds:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended and not os.WIFSTOPPED(status):
            how = signal.Signals(os.WTERMSIG(status)).name if os.WIFSIGNALED(status) else f"status {status}"
            assert how == "SIGABRT", f"the hung desk was ended by {how}"
            return time.monotonic() - began
        time.sleep(0.1)
    raise AssertionError(f"a desk that hangs is left alone for {seconds:.0f} s")


def _ptrace(request: int, pid: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
    libc.ptrace.restype = ctypes.c_long
    if libc.ptrace(request, pid, None, None):
        raise OSError(ctypes.get_errno(), "ptrace")
