"""Who does the work of a command that reads much: this process, some of its kind, or a Dask cluster."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any

import typer

from diagnose.errors import UsageError

if TYPE_CHECKING:
    from concurrent.futures import Executor

Workers = Annotated[int, typer.Option("--workers", min=1, metavar="N", help="Read with N processes.")]
Dask = Annotated[
    str,
    typer.Option(
        "--dask", metavar="ADDRESS", envvar="DIAGNOSE_DASK", help="Read on a Dask cluster, scheduler's address."
    ),
]


@contextmanager
def executor(workers: int, dask: str) -> Iterator[Executor | None]:
    """What runs the work, None for this process alone. Raises UsageError."""
    if dask:
        with _cluster(dask) as client, client.get_executor() as cluster:
            yield cluster
    elif workers > 1:
        from concurrent.futures import ProcessPoolExecutor

        with ProcessPoolExecutor(max_workers=workers) as pool:
            yield pool
    else:
        yield None


def _cluster(address: str) -> Any:
    try:
        return import_module("distributed").Client(address)
    except ImportError:
        raise UsageError("--dask needs the package distributed; install it: pip install distributed") from None
    except (OSError, ValueError) as error:
        raise UsageError(f"no Dask scheduler at {address} ({error}); check --dask") from None
