"""How the C library hands out memory to a process that reads logs."""

from __future__ import annotations

import os

_TRIM, _MMAP = -1, -3  # M_TRIM_THRESHOLD and M_MMAP_THRESHOLD of glibc's malloc.h
_KEEP = 1 << 28


def keep_memory() -> None:
    """Lets freed memory be used again, where the environment forbids it.

    Dask's workers are started with MALLOC_TRIM_THRESHOLD_ set, which turns off glibc's dynamic limits: every array of
    128 KiB is then mapped and unmapped anew, and a scan takes twice as long.
    """
    if not {"MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_"} & os.environ.keys():
        return
    import ctypes

    try:
        tune = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError):  # not glibc
        return
    tune(_TRIM, _KEEP)
    tune(_MMAP, _KEEP)
