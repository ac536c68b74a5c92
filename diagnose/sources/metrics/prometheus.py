"""Metrics from a Prometheus-compatible server: what exists for a selector, and its samples in the window."""

from __future__ import annotations

import functools
import itertools
import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from diagnose.errors import SourceError
from diagnose.signals.evidence import Gap, Signal
from diagnose.signals.naming import declared_type
from diagnose.signals.series import MetricType, Series
from diagnose.signals.window import Window
from diagnose.sources.metrics.arrange import arranged
from diagnose.sources.metrics.decode import Samples, counts, known_series, matrix, metadata
from diagnose.sources.metrics.matchers import matchers, selector
from diagnose.sources.metrics.plan import FINEST_S, Plan, Question, plan, sampling_step
from diagnose.sources.metrics.queries import answers
from diagnose.sources.metrics.summing import summed
from diagnose.sources.metrics.wire import RefusedError, Server, connect

_DEFAULT_INTERVAL_S = 15.0
_MAX_FAILURES = 2
_MAX_REFUSALS = 32
_AT_ONCE = 2
_NO_RAW = re.compile(r"range vector|matrix|instant vector|expression type", re.IGNORECASE)
"""What servers say that have no raw samples to give; sampled ones they have."""


def collect(
    url: str, window: Window, *, select: str, queries: Sequence[str] = ()
) -> tuple[tuple[Series, ...], tuple[Gap, ...]]:
    """Every series of the selector in the window, with a gap for each thing that could not be had.

    Raw samples with their own time stamps where they are affordable (no look-back hides a restart or a hole),
    a sampled range query for long windows. A server that is dead, slow or something else is a gap, not an error;
    only a selector that is none raises UsageError. Credentials: see `wire.connect`. `queries` are asked as they stand.
    """
    text = matchers(select)
    server = connect(url, os.environ)
    try:
        series, gaps = _collected(server, window, text)
        answered, refused = answers(server, window, queries)
        return (*series, *answered), (*gaps, *refused)
    except SourceError as error:
        return (), (Gap(Signal.METRIC, str(error), error.remedy or server.remedy),)
    finally:
        server.session.close()


def _collected(server: Server, window: Window, text: str) -> tuple[tuple[Series, ...], tuple[Gap, ...]]:
    found, warnings = known_series(server.ask("series", {"match[]": selector(text), **_span(window)}))
    if not found:
        return (), (
            Gap(
                Signal.METRIC,
                f"no series of {selector(text)} in the window at {server.url}",
                f"curl -sS -g '{server.url}/api/v1/series?match[]={selector(text)}'",
            ),
        )
    sizes = Counter(labels.get("__name__", "") for labels in found)
    sizes.pop("", None)
    todo = plan(sizes, window, _interval(server, window, text, sizes))
    sums = summed(todo.left_out, found, window)
    fetched = _fetched(_Asking(server, text), (*todo.questions, *sums))
    series = arranged(fetched.samples, window, _types(server))
    gaps = (*_limits(server, todo, sums), *_gaps(server, fetched, (*warnings, *fetched.warnings)))
    if not series and not gaps:
        gaps = (Gap(Signal.METRIC, f"{selector(text)} has no samples in the window at {server.url}", server.remedy),)
    return series, gaps


def _interval(server: Server, window: Window, text: str, sizes: Counter[str]) -> float:
    """The scrape interval in seconds, from how many samples of the smallest metric lie in the window."""
    name = "up" if "up" in sizes else min(sizes, key=lambda each: (sizes[each], each))
    matched = selector(text, f'__name__="{name}"')
    query = f"count_over_time({matched}[{_milliseconds(window)}ms])"
    try:
        seen = max(counts(server.ask("query", {"query": query, "time": _end(window)})), default=0.0)
    except SourceError:
        return _DEFAULT_INTERVAL_S
    return window.duration / seen if seen >= 2 else _DEFAULT_INTERVAL_S


@dataclass(eq=False, slots=True)
class _Answer:
    """What questions gave, and how many series they did not give, and why."""

    samples: list[Samples] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    lost: int = 0
    why: str = ""

    def joined(self, other: _Answer) -> _Answer:
        """Both."""
        samples, warnings = [*self.samples, *other.samples], [*self.warnings, *other.warnings]
        return _Answer(samples, warnings, self.lost + other.lost, self.why or other.why)

    def whole(self, series: int) -> _Answer:
        """Itself, or nothing where a part of the time is lost: a hole would look as if the service had been away."""
        return _Answer([], self.warnings, series, self.why) if self.lost else self


@dataclass(eq=False, slots=True)
class _Asking:
    """How to ask, and how often it went wrong so far; several threads may ask."""

    server: Server
    text: str
    failures: int = 0
    refusals: int = 0

    def fetch(self, question: Question) -> _Answer:
        """Ask, in smaller questions where the server refuses a large one; after some failures the rest is left out."""
        if self.failures >= _MAX_FAILURES or self.refusals >= _MAX_REFUSALS:
            return _Answer(lost=question.series)
        try:
            rows, warnings = matrix(self._ask(question))
        except RefusedError as error:
            self.refusals += 1
            if question.step is None and _NO_RAW.search(str(error)):
                return self.fetch(replace(question, step=sampling_step(question.window, FINEST_S)))
            smaller = question.halves()
            if len(smaller) < 2:
                return _Answer(lost=question.series, why=str(error))
            both = functools.reduce(_Answer.joined, map(self.fetch, smaller))
            return both if len(question.names) > 1 else both.whole(question.series)
        except SourceError as error:
            self.failures += 1
            return _Answer(lost=question.series, why=str(error))
        if question.by is not None:
            rows = [(question.names[0], labels, times, values) for _, labels, times, values in rows]
        return _Answer(rows, list(warnings))

    def _ask(self, question: Question) -> bytearray:
        query = selector(self.text, question.matcher)
        if question.by is not None:
            query = f"sum by ({', '.join(question.by)}) ({query})"
        if question.step is None:
            ranged = f"{query}[{_milliseconds(question.window)}ms]"
            return self.server.ask("query", {"query": ranged, "time": _end(question.window)})
        return self.server.ask("query_range", {"query": query, "step": f"{question.step:g}", **_span(question.window)})


def _fetched(asking: _Asking, questions: Sequence[Question]) -> _Answer:
    """What all questions gave, some asked side by side."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        told = list(pool.map(asking.fetch, questions))
    fetched = _Answer()
    for _, parts in itertools.groupby(zip(questions, told, strict=True), key=lambda pair: pair[0].names):
        asked, given = zip(*parts, strict=True)
        both = functools.reduce(_Answer.joined, given)
        fetched = fetched.joined(both.whole(asked[0].series) if len(given) > 1 else both)
    return fetched


def _limits(server: Server, todo: Plan, sums: Sequence[Question]) -> Iterator[Gap]:
    """What is known only as a sum, and what was not asked for at all."""
    known = {name for question in sums for name in question.names}
    inside = sum(size for name, size in todo.left_out.items() if name in known)
    outside = sum(todo.left_out.values()) - inside
    command = f"curl -sS '{server.url}/api/v1/status/tsdb'"
    if inside:
        why = f"{inside} of the selector's series were added up by the server: too many; narrow with --select"
        yield Gap(Signal.METRIC, why, command)
    if outside:
        why = f"{outside} of the selector's series were not asked for: too many; narrow with --select"
        yield Gap(Signal.METRIC, why, command)


def _types(server: Server) -> dict[str, MetricType]:
    try:
        return {
            name: declared_type(said)
            for name, said in metadata(server.ask("metadata", {"limit_per_metric": "1"})).items()
        }
    except SourceError:
        return {}


def _gaps(server: Server, fetched: _Answer, warnings: tuple[str, ...]) -> tuple[Gap, ...]:
    gaps = []
    if fetched.lost:
        gaps.append(
            Gap(Signal.METRIC, f"about {fetched.lost} series could not be fetched: {fetched.why}", server.remedy)
        )
    gaps.extend(Gap(Signal.METRIC, text, None) for text in sorted(set(warnings)))
    return tuple(gaps)


def _span(window: Window) -> dict[str, str]:
    return {"start": f"{window.start:.3f}", "end": _end(window)}


def _end(window: Window) -> str:
    return f"{window.end - 0.001:.3f}"


def _milliseconds(window: Window) -> int:
    return max(1, round(window.duration * 1000))
