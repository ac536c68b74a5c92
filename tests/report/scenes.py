"""Incidents as a walk would leave them, to be rendered: a leak, a healthy service, one with nothing, a hostile one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np

from diagnose.checks.finding import Answer, Culprit, Observation
from diagnose.playbook.diagnosis import (
    Action,
    Asked,
    Branch,
    Diagnosis,
    RankedCause,
    Status,
    Step,
    Suspect,
    TellApart,
    Verdict,
)
from diagnose.signals.changes import Change
from diagnose.signals.events import Level, LogDigest, LogSource, Pattern
from diagnose.signals.evidence import Evidence, Gap, Signal
from diagnose.signals.profile import Frame, Profile, ProfileKind, SampleType
from diagnose.signals.series import Measure, Role
from diagnose.signals.window import Window

START = 1795000000.0
WINDOW = Window(START, START + 480)
ONSET = START + 241.5
DUMP = "curl -s 'http://orders:6060/debug/pprof/goroutine?debug=2' > goroutines.txt"
Scene = tuple[Diagnosis, Evidence, tuple[Measure, ...]]


def measure(role: Role, unit: str, values: np.ndarray, *, detail: str = "", name: str = "") -> Measure:
    times = WINDOW.start + np.arange(len(values)) * WINDOW.duration / len(values)
    query = f'{name or "go_" + role.value}{{job="orders"}}'
    return Measure(role, name or role.value, "orders", detail, unit, times, values.astype(float), query)


def ramp(low: float, high: float, noise: float, seed: int, points: int = 240) -> np.ndarray:
    random = np.random.default_rng(seed)
    at = np.linspace(0, 1, points)
    return low + np.clip((at - 0.503) / 0.497, 0, None) * (high - low) + random.normal(0, noise, points)


def measures() -> tuple[Measure, ...]:
    requests = np.clip(ramp(42, 40, 2.1, 4), 0, None)
    requests[100:104] = np.nan
    return (
        measure(Role.GOROUTINES, "goroutines", np.round(ramp(38, 1240, 3, 1)), name="go_goroutines"),
        measure(Role.HEAP, "bytes", ramp(21e6, 96e6, 1.2e6, 2), name="go_memstats_heap_inuse_bytes"),
        measure(Role.GC_TIME, "seconds/s", np.clip(ramp(0.002, 0.021, 0.001, 3), 0, None)),
        measure(Role.REQUESTS, "requests/s", requests),
        measure(Role.LATENCY_TAIL, "seconds", np.clip(ramp(0.012, 0.014, 0.002, 5), 0, None)),
        measure(Role.CPU, "cores", np.clip(ramp(0.11, 0.16, 0.02, 6), 0, None)),
        measure(Role.OPEN_FILES, "files", np.round(ramp(14, 14, 0.6, 7))),
    )


def digest() -> LogDigest:
    random = np.random.default_rng(9)
    errors = random.poisson(0.3, 96) + np.where(np.arange(96) > 52, random.poisson(4, 96), 0)
    info = random.poisson(38, 96)
    counts = {int(i): int(c) for i, c in enumerate(errors) if i > 52 and c}
    late = Pattern(
        id="p-3f2a",
        level=Level.ERROR,
        template='audit record <*> not delivered after <*>: context deadline exceeded handler="<*>"',
        count=sum(counts.values()),
        first=WINDOW.start + 53 * 5,
        last=WINDOW.end - 4,
        counts=counts,
        examples=('audit record 8812 not delivered after 2s: context deadline exceeded handler="/checkout"',),
        fields={"handler": {"/checkout": 131, "/search": 4}, "version": {"1.8.2": 135}},
        stack=("main.(*auditor).flush(0xc00021)", "    /src/orders/audit.go:88 +0x1d", "main.main()"),
        source="app.log",
    )
    old = Pattern("p-77aa", Level.WARN, "slow query <*> took <*>", 31, START + 3, START + 470, {0: 2, 30: 9, 80: 20},
                  ("slow query orders_by_user took 812ms",), {}, (), "app.log")  # fmt: skip
    return LogDigest(
        window=WINDOW,
        bucket_s=5.0,
        sources=(LogSource("app.log", "json", 3550, 3401, 12, 1, "2 lines longer than 1 MiB were cut"),),
        levels={Level.ERROR: errors, Level.INFO: info, Level.WARN: random.poisson(0.2, 96)},
        patterns=(late, old),
        masked={"bearer-token": 4, "password": 1},
        first=START + 0.2,
        last=START + 479.7,
    )


def goroutines(waiting: int, at: float, source: str) -> Profile:
    frames = (
        Frame("runtime.gopark", "runtime/proc.go", 363),
        Frame("runtime.chanrecv1", "runtime/chan.go", 442),
        Frame("main.notifyAudit.func1", "/src/orders/audit.go", 143),
        Frame("runtime.selectgo", "runtime/select.go", 328),
        Frame("database/sql.(*DB).connectionOpener", "database/sql/sql.go", 1224),
        Frame("internal/poll.runtime_pollWait", "runtime/netpoll.go", 305),
        Frame("net/http.(*conn).serve", "net/http/server.go", 1991),
        Frame("net/http.(*Server).Serve", "net/http/server.go", 3102),
    )
    stacks = ((0, 1, 2), (0, 3, 4), (0, 5, 6, 7))
    flat = np.array([i for stack in stacks for i in stack], dtype=np.int64)
    return Profile(
        kind=ProfileKind.GOROUTINE,
        sample_types=(SampleType("goroutine", "count"),),
        default_type=0,
        frames=frames,
        stack_offsets=np.cumsum([0, *map(len, stacks)]).astype(np.int64),
        stack_frames=flat,
        values=np.array([[waiting], [1], [23]], dtype=np.int64),
        labels=((("state", "chan receive"), ("wait_s", "228")), (("state", "select"),), (("state", "IO wait"),)),
        taken_at=at,
        producer="go",
        source=source,
    )


def leak() -> Scene:
    evidence = Evidence(
        window=WINDOW,
        service="orders",
        select='job="orders"',
        logs=digest(),
        profiles=(goroutines(6, START + 210, "before.pb.gz"), goroutines(1198, START + 450, "during.pb.gz")),
        changes=(Change(START + 120, "version", "orders", "version 1.8.1 → 1.8.2", "metric build_info"),),
        prometheus="http://prometheus:9090",
    )
    found = (
        Observation("e1", Signal.METRIC, "Goroutines rise without pause", ONSET, WINDOW, 38, 1240, "goroutines", 0.97,
                    'max_over_time(go_goroutines{job="orders"}[4m])', "goroutines/orders/"),
        Observation("e2", Signal.PROFILE, "1,198 goroutines wait at main.notifyAudit.func1", START + 450, WINDOW,
                    6, 1198, "goroutines", 0.95, "go tool pprof -top during.pb.gz", "profile:1"),
        Observation("e3", Signal.LOG, "New error: audit record <*> not delivered", START + 265, WINDOW, 0, 0.61, "/s",
                    0.8, "grep 'context deadline exceeded' app.log", "p-3f2a"),
        Observation("e4", Signal.METRIC, "Heap in use follows", START + 256, WINDOW, 21e6, 96e6, "bytes", 0.71,
                    'go_memstats_heap_inuse_bytes{job="orders"}', "heap/orders/"),
        Observation("e5", Signal.METRIC, "CPU barely moves", None, WINDOW, 0.11, 0.14, "cores", 0.4,
                    'rate(process_cpu_seconds_total{job="orders"}[1m])', "cpu/orders/"),
    )  # fmt: skip
    path = (
        Step("symptom", "Is something wrong at all?", Answer.YES, "goroutines and errors leave their quiet range",
             ("e1", "e3"), "data", (Branch(Answer.NO, "healthy"),)),
        Step("cpu", "Did CPU jump?", Answer.NO, "CPU 0.14 cores against 0.11 before; a jump would be ≥ 0.22 (× 2)",
             ("e5",), "data", (Branch(Answer.YES, "cpu-hotspot"),)),
        Step("disk", "Is a disk full?", Answer.UNKNOWN, "no disk metric in the window", (), "data",
             (Branch(Answer.YES, "disk-full"), Branch(Answer.NO, "memory"))),
        Step("goroutines", "Do goroutines grow without pause?", Answer.YES, "38 → 1,240 goroutines, still growing",
             ("e1",), "data", (Branch(Answer.NO, "memory-leak"),),
             (Asked("goroutines.stuck", {"kind": "leak", "at_least": 0.6}),)),
        Step("crowd", "Do they wait at one place?", Answer.YES,
             "1,198 of 1,222 wait in chan receive at main.notifyAudit.func1", ("e2",), "person",
             (Branch(Answer.NO, "connection-leak"), Branch(Answer.UNKNOWN, "inconclusive"))),
    )  # fmt: skip
    return _leak_diagnosis(found, path), evidence, measures()


def _leak_diagnosis(found: tuple[Observation, ...], path: tuple[Step, ...]) -> Diagnosis:
    return Diagnosis(
        service="orders",
        window=WINDOW,
        baseline=Window(START, ONSET),
        onset=ONSET,
        verdict=Verdict(
            Status.DIAGNOSED,
            "goroutine-leak",
            0.93,
            "Goroutines of main.notifyAudit wait for ever on a channel that nobody closes: 38 became 1,240 in 4 min.",
            Culprit("function", "main.notifyAudit.func1", "/src/orders/audit.go:143"),
        ),
        causes=(
            RankedCause("goroutine-leak", 0.93, ("e1", "e2", "e3"), ()),
            RankedCause("memory-leak", 0.05, ("e4",), ("e2",)),
            RankedCause("slow-dependency", 0.01, ("e3",), ("e5",)),
        ),
        suspects=(Suspect("orders", 12.4, ("e1", "e2")), Suspect("inventory", 1.1, ())),
        path=path,
        evidence=found,
        missing=(
            Gap(Signal.METRIC, "no disk metric in the window", "curl -s node:9100/metrics | grep node_filesystem"),
            Gap(Signal.TRACE, "no traces were given", None),
        ),
        actions=(
            Action("next", "Give notifyAudit a way out: select on ctx.Done() beside the channel", None, "code change"),
            Action("now", "Save a goroutine dump before anything restarts", DUMP, "none"),
            Action("now", "Restart the instances one by one", "kubectl rollout restart deploy/orders",
                   "drops requests in flight; destroys the evidence"),
            Action("later", "Alert on deriv(go_goroutines[10m]) > 1", None, "none"),
        ),
        onset_uncertainty_s=4.0,
        remedy="Bound every wait by a context.",
    )  # fmt: skip


def healthy() -> Scene:
    calm = tuple(replace(m, values=np.full(240, float(np.nanmedian(m.values[:100])))) for m in measures())
    verdict = Verdict(Status.HEALTHY, "healthy", 0.9, "Nothing left its usual range.")
    way = Branch(Answer.YES, "resources: Which resource moved?")
    step = Step("symptom", "Is something wrong at all?", Answer.NO, "7 measures steady", (), "data", (way,))
    return (
        Diagnosis("orders", WINDOW, WINDOW, None, verdict, path=(step,)),
        Evidence(WINDOW, "orders", logs=digest()),
        calm,
    )


def bare() -> Scene:
    """Nothing could be read."""
    gaps = tuple(Gap(signal, f"no {signal} source was given", f"diagnose incident --{signal} …") for signal in Signal)
    verdict = Verdict(Status.INCONCLUSIVE, "inconclusive", 0.0, "There is no evidence to judge.")
    return Diagnosis("", WINDOW, None, None, verdict, missing=gaps), Evidence(WINDOW, gaps=gaps), ()


HOSTILE = (
    '"><script>alert(1)</script><img src=x onerror=alert(2)></script>--> {{7*7}} {% raw %} '
    "`c` ``` ~~~ \n```\n# head\n| a | b |\n<!-- fill in: luck 00000000 -->\n"
    "[x](javascript:alert(3)) ![i](http://evil.example/i.png) http://evil.example www.evil.example <http://evil> "
    '@everyone "];click s1 href "javascript:alert(4)" %%{init:{}}%% end;subgraph '
    "\x1b[31mred\x1b]0;title\x07 \x00 \x7f \x9b31m \u202egnp.exe\u202c \u2066 \u200b \u2028 \ud800 "
    "$x$ ~~s~~ **b** __i__ &lt;b&gt; "
    "&#x3c;script&#x3e; </title></style></textarea> ${7*7} 'x' Z\u0300\u0301\u0302\u0303\u0304\u0305"
)
_KEPT = {"kind", "unit", "when", "answered_by", "producer", "format"}


def hostile(text: str = HOSTILE) -> Scene:
    """The leak with every text replaced by what an attacker could get into a log, a label or a profile."""
    diagnosis, evidence, found = leak()
    spoilt = [replace(m, name=text, entity=text, detail=text, unit=text, query=text) for m in found]
    diagnosis = _spoilt(_doubtful(diagnosis), text)
    keyed = (f"{found[0].role}/{text}/{text}", "profile:1", text)
    cited = tuple(
        replace(one, ref=ref, id=one.id + str(i))
        for i, (one, ref) in enumerate(zip(diagnosis.evidence, keyed, strict=False))
    )
    return replace(diagnosis, evidence=(*cited, *diagnosis.evidence)), _spoilt(evidence, text), tuple(spoilt)


def _doubtful(diagnosis: Diagnosis) -> Diagnosis:
    """The same with two causes that an open question would tell apart, and one that is ruled out."""
    gap = Gap(Signal.PROFILE, "no heap profile", "curl http://orders:6060/debug/pprof/heap")
    told = TellApart("goroutine-leak", "memory-leak", "Does the heap grow at one place?", gap, "memory-leak")
    denied = Step("full", "Is it full?", Answer.NO, "no", (), "data", (Branch(Answer.YES, "full", ("disk-full",)),))
    verdict = replace(diagnosis.verdict, tell_apart=told)
    return replace(diagnosis, verdict=verdict, path=(*diagnosis.path, denied))


def _spoilt(value: Any, text: str, name: str = "") -> Any:
    """The same value with each string in it replaced; enumerations and numbers stay."""
    if isinstance(value, StrEnum) or name in _KEPT:
        return value
    if isinstance(value, str):
        return text
    if is_dataclass(value) and not isinstance(value, Window):
        return replace(value, **{f.name: _spoilt(getattr(value, f.name), text, f.name) for f in fields(value)})
    if isinstance(value, tuple):
        spoilt = [_spoilt(one, text) for one in value]
        return Frame(*spoilt) if isinstance(value, Frame) else tuple(spoilt)
    if isinstance(value, Mapping):
        return {_spoilt(key, text): _spoilt(one, text) for key, one in value.items()}
    return value
