"""Questions that an author brings along: a query, a log pattern, a function in a profile."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from diagnose.checks.case import Case
from diagnose.checks.catalog import Check, CheckSpec, ParameterSpec
from diagnose.checks.finding import Culprit, Finding, Observation, no, unknown, yes
from diagnose.checks.observe import grep, of_profile, profile_gap, range_query
from diagnose.signals.events import Pattern
from diagnose.signals.evidence import Gap, Signal
from diagnose.signals.profile import Profile, ProfileKind
from diagnose.signals.series import QUERY_LABEL, Series

BoolArray = NDArray[np.bool_]
SURE = 0.9
"""How strongly an author's own bound holds once it is crossed: they know their service."""


def query(case: Case, *, promql: str, above: float, below: float, lasting: float) -> Finding:
    """Yes when the query's value was beyond a bound for at least `lasting` seconds of the incident."""
    stays = [_stay(series, case, above, below) for series in case.evidence.series if promql in _names(series)]
    stays = [stay for stay in stays if stay is not None]
    if not stays:
        why = f"the query has no value during the incident: {promql}"
        return unknown(why, Gap(Signal.METRIC, why, range_query(case.evidence, promql)))
    length, extreme = max(stay for stay in stays if stay)
    bound = above if above < np.inf else below
    if length < lasting:
        return no(f"{promql} reached {extreme:g} and was not beyond {bound:g} for {max(lasting, 0):g} s")
    seen = Observation(
        id=f"metric:{promql}",
        signal=Signal.METRIC,
        title=f"{promql} beyond {bound:g}",
        at=None,
        window=case.incident,
        baseline=None,
        observed=extreme,
        unit="",
        strength=SURE,
        reproduce=range_query(case.evidence, promql),
    )
    return yes(f"{promql} reached {extreme:g}, beyond {bound:g} for {length:g} s", strength=SURE, evidence=(seen,))


def _names(series: Series) -> set[str | None]:
    return {series.label(QUERY_LABEL), series.name, series.selector}


def _stay(series: Series, case: Case, above: float, below: float) -> tuple[float, float] | None:
    """Seconds of the longest unbroken stay beyond the bound (negative: none) and the extreme; None without values."""
    inside = (series.times >= case.incident.start) & (series.times < case.incident.end) & ~np.isnan(series.values)
    times, values = series.times[inside].tolist(), series.values[inside].tolist()
    if not times:
        return None
    longest, since = -1.0, None
    for at, value in zip(times, values, strict=True):
        since = (at if since is None else since) if value > above or value < below else None
        longest = longest if since is None else max(longest, at - since)
    return longest, max(values) if above < np.inf else min(values)


def log(case: Case, *, pattern: str, at_least: int) -> Finding:
    """Yes when messages that match a regular expression came at least so often since the onset."""
    digest = case.evidence.logs
    if digest is None:
        return unknown("there is no log to read", Gap(Signal.LOG, f"no log was read for {pattern!r}"))
    wanted = re.compile(pattern)
    first = (case.incident.start - digest.window.start) / digest.bucket_s
    matching = [one for one in digest.patterns if _says(one, wanted)]
    found = [(sum(n for bucket, n in one.counts.items() if bucket >= int(first)), one) for one in matching]
    count = sum(number for number, _ in found)
    if count < max(at_least, 1):
        return no(f"{count} messages match {pattern!r}, fewer than {at_least}")
    most = max(found, key=lambda one: (one[0], one[1].id))[1]
    text = most.examples[0] if most.examples else most.template
    seen = Observation(
        id=f"log:{most.id}",
        signal=Signal.LOG,
        title=text,
        at=most.first,
        window=case.incident,
        baseline=None,
        observed=float(count),
        unit="",
        strength=SURE,
        reproduce=grep(case.evidence, most.template),
        ref=most.id,
    )
    culprit = Culprit("log-pattern", most.template)
    return yes(f"{count} messages match {pattern!r}: {text[:200]}", strength=SURE, evidence=(seen,), culprit=culprit)


def _says(pattern: Pattern, wanted: re.Pattern[str]) -> bool:
    return any(wanted.search(text) for text in (pattern.template, *pattern.examples, *pattern.stack))


def profile(case: Case, *, function: str, kind: str, above: float) -> Finding:
    """Yes when stacks through a function take more than a share of the newest profile of that kind."""
    pair = case.pairs.get(ProfileKind(kind))
    if pair is None:
        return unknown(f"there is no {kind} profile", profile_gap(case, ProfileKind(kind)))
    base, newest = pair
    wanted = re.compile(function)
    share, name = _share(newest, wanted)
    if share <= above or not name:
        return no(f"{function!r} takes {share:.0%} of the {kind} profile, the bound is {above:.0%}")
    before = _share(base, wanted)[0] if base is not None else None
    numbers = (before, share, "ratio")
    seen = of_profile(case, ProfileKind(kind), title=f"{name} in the {kind} profile", numbers=numbers, strength=SURE)
    because = f"{name} takes {share:.0%} of the {kind} profile, more than {above:.0%}"
    return yes(because, strength=SURE, evidence=(seen,), culprit=Culprit("function", name))


def _share(taken: Profile, wanted: re.Pattern[str]) -> tuple[float, str]:
    """The share of stacks through a matching function, and the function that most of them pass."""
    values = np.abs(taken.values[:, taken.default_type]).astype(np.float64)
    weight: dict[str, float] = {}
    matching = [index for index, frame in enumerate(taken.frames) if wanted.search(frame.function)]
    for index in matching:
        name = taken.frames[index].function
        weight[name] = weight.get(name, 0.0) + float(values[_through(taken, [index])].sum())
    total = float(values.sum())
    share = float(values[_through(taken, matching)].sum()) / total if total else 0.0
    return share, max(sorted(weight), key=lambda one: weight[one], default="")


def _through(taken: Profile, frames: list[int]) -> BoolArray:
    """Which samples' stacks hold one of the frames."""
    passed = np.cumsum(np.concatenate(([0], np.isin(taken.stack_frames, frames))))
    through: BoolArray = passed[taken.stack_offsets[1:]] > passed[taken.stack_offsets[:-1]]
    return through


_PROFILES = ("cpu", "heap", "allocs", "goroutine", "mutex", "block", "threadcreate", "threads")

CHECKS = (
    Check(
        CheckSpec(
            "own.query",
            "A PromQL query of your own is above or below a bound",
            {
                "promql": ParameterSpec(str, None, "promql", "the query"),
                "above": ParameterSpec(float, float("inf"), "", "yes when the value is larger"),
                "below": ParameterSpec(float, float("-inf"), "", "yes when the value is smaller"),
                "lasting": ParameterSpec(float, 0.0, "s", "for at least this long"),
            },
            (Signal.METRIC,),
        ),
        query,
    ),
    Check(
        CheckSpec(
            "own.log",
            "A regular expression of your own matches log messages",
            {
                "pattern": ParameterSpec(str, None, "regex", "what a message must match"),
                "at_least": ParameterSpec(int, 1, "", "how often since the onset"),
            },
            (Signal.LOG,),
        ),
        log,
    ),
    Check(
        CheckSpec(
            "own.profile",
            "A function of your own takes a share of a profile",
            {
                "function": ParameterSpec(str, None, "regex", "what a function's name must match"),
                "kind": ParameterSpec(str, "cpu", choices=_PROFILES),
                "above": ParameterSpec(float, 0.0, "ratio", "share of the profile's total, with what it calls"),
            },
            (Signal.PROFILE,),
        ),
        profile,
    ),
)
