"""What metrics say in words: the status codes and reasons that label failing calls, and limits that are reached."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from diagnose.checks.case import Case
from diagnose.checks.finding import Culprit, Finding, Observation, yes
from diagnose.checks.metrics.change import ChangeKind
from diagnose.checks.observe import of_change, range_query
from diagnose.signals.evidence import Signal
from diagnose.signals.rates import increments
from diagnose.signals.series import MetricType, Role, Series
from diagnose.signals.sides import outbound
from diagnose.signals.targets import targets
from diagnose.signals.window import rfc3339

_STATUS = re.compile(
    r"(?:http_|grpc_|rpc_grpc_|envoy_)?(?:response_)?(?:status|code|status_code|flags)|result|outcome|type|kind",
    re.IGNORECASE,
)
_REASON = re.compile(
    r"(?:root_)?(?:error|err|exception|failure)(?:_?(?:type|code|class|name|reason))?|reason|cause|errno|sqlstate",
    re.IGNORECASE,
)
_FAILS = re.compile(
    r"(?:errors?|fail(?:s|ed|ures?)?|refused|rejected|denied|timeouts?|exceeded|limited|throttled|expired)(?:_total)?$"
)
# Words of exceptions, errno, gRPC, HTTP, SQLSTATE and Envoy's response flags; `_` stands for any or no separator.
_WORDS: dict[str, str] = {
    "db-pool-exhaustion": r"max_connections|max_client_conn\w*|too_many_(?:connections|clients)\w*",
    "auth-failure": r"40[13]|unauth\w*|authentication\w*|auth_(?:error|fail\w*|denied)|forbidden|28p01|28000|wrong_pass"
    r"|(?:permission|access)_denied\w*|invalid_(?:credential\w*|token|password|grant|client)"
    r"|(?:token|credential)s?_expired\w*|no_auth",
    "rate-limited": r"429|too_many_requests\w*|rate_limit\w*|throttl\w*|quota\w*|resource_exhausted|slow_down|rl",
    "tls-certificate": r"x509\w*|tls\w*|ssl\w*|cert\w*|pkix\w*|\w*handshake\w*",
    "dns-failure": r"dns\w*|no_such_host|name_(?:resolution|not_resolved)\w*|enotfound|eai_again|unknown_host\w*"
    r"|nxdomain|servfail|gaierror|getaddrinfo\w*",
    "dependency-down": r"50[23]|conn(?:ection)?_(?:refused|reset|aborted|error)\w*|econn(?:refused|reset)|unavailable"
    r"|service_unavailable\w*|connect_(?:exception|error|fail\w*)|no_route\w*|\w*unreachable|bad_gateway"
    r"|no_healthy_upstream|uf|uh|uc",
    "slow-dependency": r"504|\w*time_?d?_?out\w*|deadline_exceeded|ut",
    "disk-full": r"enospc|no_space\w*|disk_full",
    "fd-leak": r"emfile|enfile|too_many_(?:open_)?files",
}
_MATCHERS = {
    cause: re.compile(rf"(?:^|_)(?:{words.replace('_', '_?')})(?:_|$)", re.IGNORECASE)
    for cause, words in _WORDS.items()
}
_CLIENTS = frozenset(
    {"auth-failure", "rate-limited"}
)  # to those who call this service they tell of the callers' faults
_DEADLOCKS = re.compile(r"(?:^|_)deadlock(?:s|ed)(?:_|$)")
_NO_CALL = re.compile(r"(?:^|_)(?:cpu|cfs|gc)(?:_|$)")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])|[\s\-.:/]+")
_TIMES = 3.0  # as many as before
_FEW = 5  # calls that fail by chance
_HALF = 8.0  # calls at which a label is two thirds as sure as it can be
_FULL = 0.97  # share of a disk; alert rules warn at 0.9, writes fail near 1
_NEAR_S = 60.0
_LASTING = 0.4  # strength from which a limit is reached for good


@dataclass(frozen=True, slots=True)
class _Counted:
    series: Series
    cause: str
    before: float
    after: float
    count: float


def labelled(case: Case, cause: str, *, share: float) -> Finding | None:
    """The finding of a metric that names the cause, or None; `share` is its least part of all that is named."""
    return _counted(case, cause, share) or _limited(case, cause) or _expired(case, cause) or _circle(case, cause)


def _counted(case: Case, cause: str, share: float) -> Finding | None:
    """Failing calls whose label, or whose counter's name, is a word for the cause."""
    if case.onset is None:
        return None
    rising = list(_rising(case))
    mine = [one for one in rising if one.cause == cause]
    count, whole = sum(one.count for one in mine), sum(one.count for one in rising)
    if not mine or count < share * whole:
        return None
    best = max(mine, key=lambda one: one.count)
    sure = (1 - math.exp(-count / _HALF)) * (1 - best.before / best.after)
    return yes(
        f"{best.series.selector} counts {count:.0f} failures since the onset",
        strength=sure,
        weights={cause: 4.0},
        evidence=(_seen(case, best, sure),),
        culprit=Culprit("dependency", _called(best.series), best.series.name),
    )


def _rising(case: Case) -> Iterator[_Counted]:
    """What is counted under a word for a cause, where it became several times as much."""
    for target in targets(case.evidence.series):
        if case.focus not in ("", target.entity) and target.entity not in case.around:
            continue
        late = target.times >= case.incident.start
        for series in target.series:
            if (cause := _counts(series)) is None:
                continue
            growth = increments(target.column(series)[None, :])[0]
            count = float(growth[late].sum())
            after = count / max(case.incident.duration, 1.0)
            before = float(growth[~late].sum()) / max(case.incident.start - case.evidence.window.start, 1.0)
            if count >= _FEW and after >= _TIMES * before:
                yield _Counted(series, cause, before, after, count)


def _counts(series: Series) -> str | None:
    """The cause that a counter of failures counts, by the words of its labels or of its name."""
    counts = series.type is MetricType.COUNTER or series.name.endswith(("_count", "_total"))
    if not counts or _NO_CALL.search(series.name):
        return None
    calls = outbound(series.name, series.labels)
    words = [value for key, value in series.labels if _REASON.fullmatch(key) or (calls and _STATUS.fullmatch(key))]
    words += [series.name] if _FAILS.search(series.name) else []
    if (flags := series.label("response_flags")) not in (None, "", "-"):
        words = [flags]  # the proxy's own reason; the status beside it is one that it made up
    found = next((cause for word in words if (cause := word_for(word))), None)
    return None if found in _CLIENTS and not calls else found


@lru_cache(maxsize=4096)
def word_for(text: str) -> str | None:
    """The cause that a label's value is a word for: a status code, an exception's class, an errno, a flag."""
    spelled = _HUMP.sub("_", text)
    return next((cause for cause, words in _MATCHERS.items() if words.search(spelled)), None)


def _called(series: Series) -> str:
    peers = ("upstream", "target", "peer", "dependency", "client_name", "server_address", "host", "service", "cluster")
    return next((value for name in peers if (value := series.label(name))), series.name)


def _seen(case: Case, counted: _Counted, strength: float) -> Observation:
    selector = counted.series.selector
    return Observation(
        id=f"metric:{selector}",
        signal=Signal.METRIC,
        title=f"failures of {_called(counted.series)} rose",
        at=case.onset,
        window=case.incident,
        baseline=counted.before,
        observed=counted.after,
        unit="1/s",
        strength=strength,
        reproduce=range_query(case.evidence, f"rate({selector}[1m])"),
    )


def _limited(case: Case, cause: str) -> Finding | None:
    """A disk without room, or as many open files as are allowed, that came to it within the window."""
    roles = {"disk-full": {Role.DISK_FREE, Role.DISK_USED}, "fd-leak": {Role.OPEN_FILES}}.get(cause, set())
    full = [c for c in case.changes if c.measure.role in roles and c.kind is ChangeKind.SATURATION]
    full = [c for c in full if c.strength >= _LASTING]
    full = [c for c in full if c.at > case.evidence.window.start + _NEAR_S / 2]
    full = [c for c in full if c.measure.role is not Role.DISK_USED or c.end >= _FULL]
    if not full:
        return None
    best = max(full, key=lambda c: (c.strength, c.measure.detail != ""))
    what = best.measure.role.replace("-", " ")
    return yes(
        f"{what} reached its limit: {best.baseline:,.4g} → {best.end:,.4g} {best.measure.unit}".rstrip(),
        strength=best.strength,
        weights={cause: 4.0},
        evidence=(of_change(case, best),),
        culprit=Culprit("resource", best.measure.detail or best.measure.name, what),
    )


def _expired(case: Case, cause: str) -> Finding | None:
    """A certificate whose end lies before the trouble, and within or shortly before the window."""
    if cause != "tls-certificate" or case.onset is None:
        return None
    ends = [(float(np.nanmin(m.values)), m) for m in case.of(Role.CERTIFICATE_EXPIRY) if np.isfinite(m.values).any()]
    past = [(end, m) for end, m in ends if case.evidence.window.start - _NEAR_S <= end <= case.onset + _NEAR_S]
    if not past:
        return None
    end, measure = min(past, key=lambda one: one[0])
    return yes(
        f"a certificate ended at {rfc3339(end)}",
        strength=0.9,
        weights={cause: 4.0},
        culprit=Culprit("resource", measure.detail or measure.name, "certificate"),
    )


def _circle(case: Case, cause: str) -> Finding | None:
    """A deadlock that a runtime or a database found itself, and counts."""
    if cause != "deadlock" or case.onset is None:
        return None
    found = [series for series in case.evidence.series if _DEADLOCKS.search(series.name) and _began(series, case)]
    if not found:
        return None
    best = max(found, key=lambda series: (float(series.values[-1]), series.selector))
    return yes(
        f"{best.selector} tells of a deadlock",
        strength=0.95,
        weights={cause: 4.0},
        culprit=Culprit("resource", best.name, "deadlock"),
    )


def _began(series: Series, case: Case) -> bool:
    """Whether a series is higher after the onset than it ever was before."""
    known = np.isfinite(series.values)
    late = series.values[known & (series.times >= case.incident.start)]
    early = series.values[known & (series.times < case.incident.start)]
    return bool(late.size and late.max() > early.max(initial=0.0))
