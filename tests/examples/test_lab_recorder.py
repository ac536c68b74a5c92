"""The recorder's own rules: names by seed, metrics text, thinning of logs, cases that can be read."""

from __future__ import annotations

import gzip
import json
import random
import re
from pathlib import Path

import pytest
from lab import bundle, openmetrics
from lab.case import LabError, find_cases, load_case
from lab.load import poisson
from lab.service import choose_names, rename

TYPES = {
    "hits": ("counter", ""),
    "shop_requests_total": ("counter", ""),
    "took_seconds": ("histogram", ""),
    "temperature": ("gauge", ""),
    "odd_count": ("counter", ""),
}


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("hits_total", ("hits", "counter")),
        ("shop_requests_total", ("shop_requests", "counter")),
        ("took_seconds_bucket", ("took_seconds", "histogram")),
        ("took_seconds_sum", ("took_seconds", "histogram")),
        ("temperature", ("temperature", "gauge")),
        ("odd_count", ("odd_count", "unknown")),
        ("never_seen", ("never_seen", "unknown")),
        ("up", ("up", "gauge")),
    ],
)
def test_family_of_a_sample(name: str, family: tuple[str, str]) -> None:
    assert openmetrics.family_of(name, TYPES) == family


def test_metrics_text_groups_families_orders_buckets_and_leaves_debug_out() -> None:
    def one(name: str, value: str, **labels: str) -> dict[str, object]:
        return {"metric": {"__name__": name, **labels}, "values": [[10.5, value], [12.5, value]]}

    series = [
        one("took_seconds_bucket", "3", le="+Inf"),
        one("scrape_duration_seconds", "0.1"),
        one("took_seconds_bucket", "1", le="0.5"),
        one("temperature", "21", place='say "hi"\n'),
        one("took_seconds_bucket", "2", le="10"),
    ]
    lines = openmetrics.render(series, TYPES, shift_s=1).splitlines()
    assert lines[0] == "# TYPE temperature gauge"
    assert lines[1] == 'temperature{place="say \\"hi\\"\\n"} 21 11.500'
    assert [line.split('"')[1] for line in lines if "_bucket" in line] == ["0.5", "0.5", "10", "10", "+Inf", "+Inf"]
    assert lines[-1] == "# EOF"
    assert not any("scrape_" in line for line in lines)


def test_names_follow_from_the_seed_and_replace_whole_words_only() -> None:
    spec = {"names": {"parcelapi": ["shipping", "postal"], "matchZone": ["routeRule"]}}
    assert choose_names(spec, 3) == choose_names(spec, 3)
    assert {choose_names(spec, seed)["parcelapi"] for seed in range(20)} == {"shipping", "postal"}
    text = "parcelapi_http matchZone() rematchZone matchZones"
    assert rename(text, {"parcelapi": "postal", "matchZone": "routeRule"}) == (
        "postal_http routeRule() rematchZone matchZones"
    )


def test_thinning_keeps_every_line_that_is_not_quiet() -> None:
    log = b"".join(b"INFO %d\n" % i for i in range(9)) + b"ERROR lost\n\tat main.go:7\n"
    kept = bundle.thin(log, 3).splitlines()
    assert kept == [b"INFO 2", b"INFO 5", b"INFO 8", b"ERROR lost", b"\tat main.go:7"]
    assert bundle.thin(log, 1) == log


def test_poisson_has_the_mean_that_was_asked_for() -> None:
    dice = random.Random(7)
    drawn = [poisson(dice, 1.7) for _ in range(4000)]
    assert sum(drawn) / len(drawn) == pytest.approx(1.7, rel=0.05)
    assert poisson(dice, 0.0) == 0


def test_a_case_with_an_unknown_key_says_which_file(tmp_path: Path) -> None:
    path = tmp_path / "odd.yaml"
    path.write_text("service: go-parcel\nspeed: 3\n", encoding="utf-8")
    with pytest.raises(LabError, match=r"odd\.yaml.*speed"):
        load_case(path)


def test_every_case_can_be_read_and_states_a_cause_where_the_service_does_not() -> None:
    inner = {"fault"}
    for case in find_cases([]):
        verbs = {verb for action in case.faults for verb in action}
        assert not case.faults or verbs & inner or case.truth.get("cause"), case.name


def test_every_recording_has_a_readable_log_metrics_and_truth(root: Path) -> None:
    truths = sorted((root / "examples" / "incidents").glob("*.truth.json"))
    assert truths
    for path in truths:
        truth = json.loads(path.read_text(encoding="utf-8"))
        folder = path.with_name(path.name.removesuffix(".truth.json"))
        assert gzip.decompress((folder / "app.log.gz").read_bytes()), path.name
        text = gzip.decompress((folder / "metrics.om.gz").read_bytes())
        assert text.endswith(b"# EOF\n"), path.name
        assert len(set(re.findall(rb"(?m)^[a-zA-Z_:]\w*", text))) > 10, path.name
        assert (truth["cause"] == "healthy") == (truth["onset"] is None), path.name
        assert truth["cause"] == "healthy" or truth["culprit"], path.name
