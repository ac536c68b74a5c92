"""Queries that a playbook brings along, asked over the window."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import replace

from diagnose.errors import SourceError
from diagnose.signals.evidence import Gap, Signal
from diagnose.signals.series import QUERY_LABEL, MetricType, Series
from diagnose.signals.window import Window, rfc3339
from diagnose.sources.metrics.arrange import arranged
from diagnose.sources.metrics.decode import matrix
from diagnose.sources.metrics.plan import FINEST_S, sampling_step
from diagnose.sources.metrics.wire import Server

MOST_SERIES = 200


def answers(server: Server, window: Window, queries: Sequence[str]) -> tuple[tuple[Series, ...], tuple[Gap, ...]]:
    """The series of each query, with the query under QUERY_LABEL, and a gap for each that the server did not answer."""
    found: list[Series] = []
    gaps: list[Gap] = []
    for query in dict.fromkeys(queries):
        try:
            found += _answer(server, window, query)
        except SourceError as error:
            gaps.append(Gap(Signal.METRIC, f"the playbook's query {query}: {error}", _command(server, window, query)))
    return tuple(found), tuple(gaps)


def _answer(server: Server, window: Window, query: str) -> list[Series]:
    step = f"{sampling_step(window, FINEST_S):g}"
    span = {"start": f"{window.start:.3f}", "end": f"{window.end - 0.001:.3f}"}
    rows, _ = matrix(server.ask("query_range", {"query": query, "step": step, **span}))
    series = arranged(rows, window, {})[:MOST_SERIES]
    return [
        replace(one, labels=tuple(sorted((*one.labels, (QUERY_LABEL, query)))), type=MetricType.GAUGE) for one in series
    ]


def _command(server: Server, window: Window, query: str) -> str:
    span = f"--start={rfc3339(window.start)} --end={rfc3339(window.end)}"
    return f"promtool query range {span} {shlex.quote(server.url)} {shlex.quote(query)}"
