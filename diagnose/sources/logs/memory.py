"""How the C library hands out memory to a process that reads logs."""

from __future__ import annotations

_TRIM, _MMAP = -1, -3  # M_TRIM_THRESHOLD and M_MMAP_THRESHOLD of glibc's malloc.h
_KEEP = 1 << 28


def keep_memory() -> None:
    """Lets freed memory be used again, whatever the environment says.

    Otherwise glibc gives the arrays of one block back before the next one asks for them, and a third of a scan goes
    into memory that is mapped anew.
    """
    import ctypes

    try:
        tune = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError):  # not glibc
        return
    tune(_TRIM, _KEEP)
    tune(_MMAP, _KEEP)
