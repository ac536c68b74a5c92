"""Who does the work of a command that reads much: this process, some of its kind, or a Dask cluster."""

from __future__ import annotations

from typing import Annotated

import typer

Workers = Annotated[
    int | None,
    typer.Option(
        "--workers",
        min=1,
        metavar="N",
        envvar="DIAGNOSE_WORKERS",
        help="Read with N processes (default: as many as there are processors for large logs, else one).",
    ),
]
Dask = Annotated[
    str,
    typer.Option(
        "--dask",
        metavar="ADDRESS",
        envvar="DIAGNOSE_DASK",
        help="Read on a Dask cluster, such as tcp://host:8786; its workers must see the files.",
    ),
]
