"""`diagnose metrics`: the metrics engine on its own."""

from __future__ import annotations

import json
import math
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from diagnose.cli import options
from diagnose.cli.windows import last_hour, window_of

if TYPE_CHECKING:
    from diagnose.checks.metrics.change import MetricChange
    from diagnose.signals.changes import Change
    from diagnose.signals.evidence import Gap
    from diagnose.signals.series import Measure, Series
    from diagnose.signals.window import Window

_WORLD = 30
_MARKS = "▁▂▃▄▅▆▇█"
_TOLD = 10
"""Of how many changes, the strongest, the history of the whole window is told."""


def metrics(
    prometheus: options.Prometheus = "",
    metrics: options.Metrics = "",
    select: options.Select = "",
    changes: options.Changes = None,
    repo: options.Repository = "",
    start: options.Start = "",
    end: options.End = "",
    since: options.Since = "",
    at: options.At = "",
    limit: Annotated[int, typer.Option("--limit", help="How many changes to show.")] = 30,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Changes, their onset, and the suspects, from metrics alone, beside what was changed in the world."""
    from diagnose.cli.tell import tell, tell_gaps
    from diagnose.errors import NothingCollectedError, UsageError

    server, file = options.one_of(prometheus, metrics)
    if not server and not file:
        raise UsageError("name one source: --prometheus URL or --metrics FILE")
    window = window_of(start=start, end=end, since=since, at=at)
    window, (series, gaps) = _in_file(file, window) if file else _on_server(server, window, select)
    listed, missed = _listed(tuple(changes or ()), repo, window)
    tell_gaps((*gaps, *missed))
    if not series:
        raise NothingCollectedError(gaps[0].why if gaps else "no metrics in the window")
    answer, moved = _answer(series, window, listed)
    if as_json:
        sys.stdout.write(json.dumps(answer, ensure_ascii=False, allow_nan=False) + "\n")
    else:
        tell(_table(answer, moved[: max(limit, 0)]))


_Collected = tuple["tuple[Series, ...]", "tuple[Gap, ...]"]


def _in_file(file: str, window: Window | None) -> tuple[Window, _Collected]:
    """What a file holds of a window; without one of all that it spans, or of the last hour where nothing is timed."""
    from diagnose.signals.window import Window
    from diagnose.sources.metrics import files

    opened = files.opened(file)
    span = opened.span() if window is None else None
    window = window or (Window(span[0], span[1] + 1.0) if span else last_hour())
    return window, opened.collect(window)


def _on_server(server: str, window: Window | None, select: str) -> tuple[Window, _Collected]:
    """What a server holds of a window; without one of the last hour."""
    from diagnose.sources.metrics import prometheus

    window = window or last_hour()
    return window, prometheus.collect(server, window, select=select)


def _listed(places: tuple[str, ...], repo: str, window: Window) -> tuple[tuple[Change, ...], tuple[Gap, ...]]:
    from diagnose.sources import changes

    return changes.collect(places, repo, window)


def _answer(
    series: tuple[Series, ...], window: Window, listed: tuple[Change, ...]
) -> tuple[dict[str, Any], tuple[MetricChange, ...]]:
    from diagnose.checks.metrics.changes import changes
    from diagnose.checks.metrics.fleet import unusual
    from diagnose.checks.metrics.onset import candidates
    from diagnose.checks.metrics.restarts import restarts
    from diagnose.checks.metrics.suspects import suspects
    from diagnose.checks.onset import joint
    from diagnose.signals.measures import measures
    from diagnose.signals.window import rfc3339

    found = measures(series, window)
    begun = restarts(series)
    moved = changes(found, restarts=begun)
    telling = unusual(moved)
    onset, _ = joint(candidates(telling, restarts=begun))
    ranked = suspects(found, telling, onset)
    return {
        "onset": rfc3339(onset) if onset is not None else None,
        "changes": [_change(change, told=number < _TOLD) for number, change in enumerate(moved)],
        "suspects": [
            {
                "entity": entity,
                "score": round(score, 4),
                "first_at": rfc3339(first),
                "series": [_name(m) for m in against],
            }
            for entity, score, first, against in ranked
        ],
        "world": [
            {"at": rfc3339(one.at), "kind": one.kind, "entity": one.entity, "title": one.title, "source": one.source}
            for one in sorted({*begun, *listed}, key=lambda one: (one.at, one.kind, one.entity, one.title))
        ],
    }, moved


def _change(change: MetricChange, *, told: bool) -> dict[str, Any]:
    from diagnose.checks.metrics.history import history
    from diagnose.signals.window import rfc3339

    past = history(change.measure) if told else None
    return {
        "series": _name(change.measure),
        "role": change.measure.role.value,
        "entity": change.measure.entity,
        "labels": dict(change.measure.labels),
        "kind": change.kind.value,
        "at": rfc3339(change.at),
        "baseline": _number(change.baseline),
        "observed": _number(change.observed),
        "unit": change.measure.unit,
        "strength": round(change.strength, 4),
        "query": change.measure.query,
        "turns": [rfc3339(at) for at in past.turns] if past else None,
        "outstanding": [rfc3339(at) for at in past.outstanding] if past else None,
    }


def _name(measure: Measure) -> str:
    return f"{measure.name}[{measure.detail}]" if measure.detail else measure.name


def _number(value: float) -> float | None:
    return float(f"{value:.6g}") if math.isfinite(value) else None


def _table(answer: dict[str, Any], changes: tuple[MetricChange, ...]) -> str:
    from diagnose.signals.window import rfc3339

    lines = [f"onset: {answer['onset'] or 'none found'}", ""]
    lines += [
        f"{change.strength:4.2f}  {change.kind.value:10} {rfc3339(change.at)[11:19]}  {_spark(change.measure)}  "
        f"{change.baseline:.4g} -> {change.observed:.4g} {change.measure.unit}  "
        f"{change.measure.entity} {change.measure.role.value} {_name(change.measure)}"
        for change in changes
    ] or ["nothing changed beyond its usual range"]
    lines += ["", *(f"suspect {s['score']:.2f}  {s['entity']}  since {s['first_at']}" for s in answer["suspects"][:5])]
    world = answer["world"][:_WORLD]
    lines += ["" for _ in world[:1]]
    lines += [f"{one['kind']:7} {one['at'][11:19]}  {one['title']}  {one['entity']}".rstrip() for one in world]
    return "\n".join(lines)


def _spark(measure: Measure, width: int = 32) -> str:
    import numpy as np

    parts = np.array_split(measure.values, min(width, measure.values.size))
    means = [float(np.nanmean(part)) if np.isfinite(part).any() else math.nan for part in parts]
    known = [mean for mean in means if math.isfinite(mean)]
    if not known:
        return ""
    low, high = min(known), max(known)
    scale = (len(_MARKS) - 1) / (high - low) if high > low else 0.0
    return "".join(_MARKS[round((mean - low) * scale)] if math.isfinite(mean) else " " for mean in means)
