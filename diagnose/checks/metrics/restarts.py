"""Restarts, new versions and holes in the measuring, read from raw series."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from diagnose.signals.changes import Change
from diagnose.signals.series import FloatArray, MetricType, Series
from diagnose.signals.targets import Target, targets
from diagnose.signals.window import Window

_START = ("process_start_time_seconds", "container_start_time_seconds", "process_start_time")
_VERSION = ("version", "revision", "commit", "git_commit", "tag", "image", "release", "build")
_INFO = re.compile(r"_info$|version")
_UPTIME = re.compile(r"process_uptime|uptime_seconds$")
_COUNTED = re.compile(r"kube_pod_container_status_restarts_total|\w*container_restarts?(?:_total|_count)?")
_RELOAD = re.compile(r"config\w*_reload\w*_timestamp")
_HOLE_STEPS = 5
_FROZEN_STEPS, _LIVELY = 8, 3


@dataclass(frozen=True, slots=True)
class ScrapeGap:
    """A span in which an entity gave no samples, or answered `up` = 0; `to_end` when it lasts to the window's end."""

    entity: str
    start: float
    end: float
    why: str
    to_end: bool


def restarts(series: Sequence[Series]) -> tuple[Change, ...]:
    """Restarts, version changes and configuration reloads of every service, in order of time.

    A restart is a new process start time, an uptime that falls, most counters falling at once, or one that an
    orchestrator counts. It is dated by the
    start time itself where that lies between the two samples, else by the first sample after it.
    """
    services = (target for target in targets(series) if not target.exporter)
    found = [change for one in services for change in (*_restarts(one), *_versions(one), *_reloads(one))]
    return tuple(sorted(set(found), key=lambda each: (each.at, each.entity, each.kind, each.title)))


def scrape_gaps(series: Sequence[Series], window: Window) -> tuple[ScrapeGap, ...]:
    """Where the measuring fails: no samples for five intervals, `up` = 0, all series ending early, or frozen values.

    Exporters of what surrounds services only count where nothing else is measured.
    """
    every = targets(series)
    services = [target for target in every if not target.exporter] or every
    found = [gap for each in services for gap in (*_holes(each, window), *_down(each), *_frozen(each))]
    return tuple(sorted(set(found), key=lambda each: (each.start, each.entity, each.why)))


def _restarts(target: Target) -> Iterator[Change]:
    """What the start time tells, and beside it the uptime and the counters, since some exporters keep the first."""
    told: list[Change] = []
    for found in (_by_start(target), _by_uptime(target), _by_counters(target), _by_count(target)):
        near = 2 * target.step
        told.extend([each for each in found if all(abs(each.at - known.at) > near for known in told)])
    yield from told


def _by_start(target: Target) -> Iterator[Change]:
    for each in target.series:
        if each.name not in _START:
            continue
        # Kernels and runtimes compute the start from a clock that drifts; less than two seconds is no restart.
        for index in np.flatnonzero(np.diff(each.values) > 2.0) + 1:
            started, before, after = each.values[index], each.times[index - 1], each.times[index]
            at = float(started) if before <= started <= after else float(after)
            yield Change(at, "restart", target.entity, "the process started anew", each.selector)


def _by_uptime(target: Target) -> Iterator[Change]:
    for each in target.series:
        if _UPTIME.search(each.name):
            for index in np.flatnonzero(np.diff(each.values) < 0) + 1:
                at = max(float(each.times[index] - each.values[index]), float(each.times[index - 1]))
                yield Change(at, "restart", target.entity, "the process started anew", each.selector)


def _by_counters(target: Target) -> Iterator[Change]:
    counters = [each for each in target.series if each.type is MetricType.COUNTER and each.values.size > 1]
    living = [each for each in counters if np.nanmax(each.values) > 0]
    falls: FloatArray = np.zeros(target.times.size + 1)
    for each in living:
        falls[np.searchsorted(target.times, each.times[1:][np.diff(each.values) < 0])] += 1
    for index in np.flatnonzero((falls >= 2) & (falls >= 0.5 * len(living))):
        at = float(target.times[min(int(index), target.times.size - 1)])
        yield Change(at, "restart", target.entity, "counters began anew: the process restarted", "counter resets")


def _by_count(target: Target) -> Iterator[Change]:
    """What an orchestrator counts; pods of one deployment count each for itself."""
    for each in target.series:
        if _COUNTED.fullmatch(each.name):
            for index in np.flatnonzero(np.diff(each.values) > 0) + 1:
                yield Change(float(each.times[index]), "restart", target.entity, "a container restarted", each.selector)


def _versions(target: Target) -> Iterator[Change]:
    groups: dict[str, list[tuple[float, float, str]]] = defaultdict(list)
    for each in target.series:
        version = next(((key, value) for key in _VERSION if (value := each.label(key))), None)
        present = each.times[np.isfinite(each.values) & (each.values != 0)]
        if version and present.size and (each.type is MetricType.INFO or _INFO.search(each.name)):
            groups[f"{each.name} {version[0]}"].append((float(present[0]), float(present[-1]), version[1]))
    for name, seen in sorted(groups.items()):
        seen.sort()
        for (_, last, old), (first, _, new) in itertools.pairwise(seen):
            if new != old and first >= last - target.step:
                yield Change(first, "version", target.entity, f"{name}: {old} -> {new}", name.split(" ")[0])


def _reloads(target: Target) -> Iterator[Change]:
    for each in target.series:
        if not _RELOAD.search(each.name):
            continue
        for index in np.flatnonzero(np.diff(each.values) > 0) + 1:
            at = float(min(max(each.values[index], each.times[index - 1]), each.times[index]))
            yield Change(at, "config", target.entity, "the configuration was loaded anew", each.selector)


def _holes(target: Target, window: Window) -> Iterator[ScrapeGap]:
    limit = _HOLE_STEPS * target.step
    for index in np.flatnonzero(np.diff(target.times) > limit):
        yield ScrapeGap(target.entity, float(target.times[index]), float(target.times[index + 1]), "no samples", False)
    last = float(target.times[-1])
    if target.times.size > 2 and window.end - last > max(limit, 0.02 * window.duration):
        yield ScrapeGap(target.entity, last, window.end, "no samples", True)


def _down(target: Target) -> Iterator[ScrapeGap]:
    for each in target.series:
        if each.name != "up":
            continue
        for begin, end in _spans(each.values == 0):
            last = end >= each.times.size
            until = float(each.times[-1] if last else each.times[end])
            yield ScrapeGap(target.entity, float(each.times[begin]), until, "up is 0", bool(last))


def _frozen(target: Target) -> Iterator[ScrapeGap]:
    """An exporter that repeats itself: nothing moves any more, where several series moved at every scrape before.

    The scrape itself makes some series of a living process move, so that an idle one is not taken for a frozen one.
    """
    moves = np.zeros(target.times.size, dtype=np.int64)
    for each in target.series:
        moved = np.isfinite(each.values[1:]) & (np.diff(each.values) != 0)
        moves[np.searchsorted(target.times, each.times[1:][moved])] += 1
    spans = [(begin, end) for begin, end in _spans(moves == 0) if begin > 0 and end - begin >= _FROZEN_STEPS]
    alive = np.delete(moves, np.concatenate([[0], *(np.arange(*span) for span in spans)]).astype(np.intp))
    if alive.size >= _FROZEN_STEPS and np.quantile(alive, 0.05) >= _LIVELY:
        for begin, end in spans:
            last = end >= target.times.size
            until = float(target.times[-1 if last else end])
            yield ScrapeGap(target.entity, float(target.times[begin - 1]), until, "values stand still", bool(last))


def _spans(flags: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> list[tuple[int, int]]:
    """First index and the one after the last of each stretch of set flags."""
    edges = np.diff(np.concatenate([[0], flags.astype(int), [0]]))
    return list(zip(np.flatnonzero(edges == 1).tolist(), np.flatnonzero(edges == -1).tolist(), strict=True))
