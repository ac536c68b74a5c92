"""Metrics files in every form, whole and broken."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diagnose.signals.series import MetricType, Series
from diagnose.signals.window import Window
from diagnose.sources.metrics import files

HOUR = Window(1_700_000_000.0, 1_700_003_600.0)
OPENMETRICS = b"""# HELP shop_requests requests
# TYPE shop_requests counter
shop_requests_total{code="200",path="a \\"b\\" # {x}"} 1 1700000000.5 # {trace_id="abc"} 0.1 1700000000.4
shop_requests_total{code="200",path="a \\"b\\" # {x}"} 3 1700000010.5
# TYPE mem_bytes gauge
# UNIT mem_bytes bytes
mem_bytes 5e6 1700000000.5
mem_bytes NaN 1700000010.5
mem_bytes +Inf 1700000020.5
# TYPE lat_seconds histogram
lat_seconds_bucket{le="+Inf"} 4 1700000000.5
lat_seconds_sum 0.5 1700000000.5
# EOF
"""


def read(tmp_path: Path, content: bytes, window: Window = HOUR) -> tuple[dict[str, Series], tuple[str, ...]]:
    path = tmp_path / "metrics"
    path.write_bytes(content)
    series, gaps = files.opened(str(path)).collect(window)
    return {each.name: each for each in series}, tuple(gap.why for gap in gaps)


def test_openmetrics_is_read_with_types_escapes_and_exemplars(tmp_path: Path) -> None:
    series, gaps = read(tmp_path, OPENMETRICS)
    assert gaps == ()
    requests = series["shop_requests_total"]
    assert requests.type is MetricType.COUNTER
    assert requests.label("path") == 'a "b" # {x}'
    assert requests.times.tolist() == [1700000000.5, 1700000010.5]
    assert requests.values.tolist() == [1.0, 3.0]
    assert series["lat_seconds_sum"].type is MetricType.HISTOGRAM
    assert np.isnan(series["mem_bytes"].values[1])
    assert np.isinf(series["mem_bytes"].values[2])


def test_a_gauge_and_a_counter_of_one_name_keep_their_types(tmp_path: Path) -> None:
    types = b"# TYPE alloc_bytes counter\n# TYPE alloc_bytes gauge\n"
    content = types + b"alloc_bytes_total 1 1700000001\nalloc_bytes 1 1700000001\n# EOF\n"
    series, _ = read(tmp_path, content)
    assert series["alloc_bytes_total"].type is MetricType.COUNTER
    assert series["alloc_bytes"].type is MetricType.GAUGE


@pytest.mark.parametrize("stamp", [b"1700000100", b"1700000100.0", b"1700000100000"])
def test_seconds_and_milliseconds_are_told_apart(tmp_path: Path, stamp: bytes) -> None:
    series, _ = read(tmp_path, b"# TYPE x gauge\nx 1 " + stamp + b"\n")
    assert series["x"].times.tolist() == [1700000100.0]


def test_samples_without_time_stamps_are_a_gap_not_a_crash(tmp_path: Path) -> None:
    series, gaps = read(tmp_path, b"# TYPE x gauge\nx 1\nx 2\n")
    assert series == {}
    assert "2 samples carry no time stamp" in gaps[0]


@pytest.mark.parametrize(
    "content",
    [
        b'time,cpu_usage_percent,"lat{path=""/a""}"\n2023-11-14T22:13:20Z,1,5\n2023-11-14T22:13:30Z,,6\n',
        b'timestamp;cpu_usage_percent;"lat{path=""/a""}"\n1700000000;1;5\n1700000010;;6\n',
        b'\xef\xbb\xbfts,cpu_usage_percent,"lat{path=""/a""}"\r\n1700000000000,1,5\r\n1700000010000,null,6\r\n',
    ],
)
def test_wide_csv(tmp_path: Path, content: bytes) -> None:
    series, gaps = read(tmp_path, content)
    assert gaps == ()
    assert series["cpu_usage_percent"].values.tolist() == [1.0]
    assert series["lat"].label("path") == "/a"
    assert series["lat"].times.tolist() == [1700000000.0, 1700000010.0]


def test_long_csv_has_one_series_for_each_metric_and_labels(tmp_path: Path) -> None:
    content = (
        b"timestamp,service,metric,value\n1700000000,a,x_total,1\n1700000000,b,x_total,2\n1700000010,a,x_total,3\n"
    )
    path = tmp_path / "metrics"
    path.write_bytes(content)
    series, _ = files.opened(str(path)).collect(HOUR)
    assert [(each.label("service"), each.values.tolist()) for each in series] == [("a", [1.0, 3.0]), ("b", [2.0])]


@pytest.mark.parametrize("wrap", ['{"status":"success","data":{"resultType":"matrix","result":%s}}', "%s"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_saved_answer_of_a_server(tmp_path: Path, wrap: str, pack: Callable[[bytes], bytes]) -> None:
    rows = '[{"metric":{"__name__":"x","job":"a"},"values":[[1700000000,"1"],[1700000010.5,"NaN"]]}]'
    series, gaps = read(tmp_path, pack((wrap % rows).encode()))
    assert gaps == ()
    assert series["x"].label("job") == "a"
    assert series["x"].times.tolist() == [1700000000.0, 1700000010.5]


def test_cells_without_a_number_are_counted_and_ragged_rows_are_read(tmp_path: Path) -> None:
    rows = b"time,a,b,c\n1700000000,1,2,3\n1700000010,oops,5%,nan\n1700000020,7\n1700000030,8,9,10,11\nlater,1,1,1\n"
    series, gaps = read(tmp_path, rows)
    assert [each.values.tolist() for name, each in series.items() if name != "c"] == [[1.0, 7.0, 8.0], [2.0, 5.0, 9.0]]
    assert np.array_equal(series["c"].values, [3.0, np.nan, 10.0], equal_nan=True)
    assert "2 lines or cells could not be read" in gaps[0]


def test_a_hundred_thousand_columns(tmp_path: Path) -> None:
    names = ",".join(f"m{n}" for n in range(100_000))
    rows = "\n".join(f"{1700000000 + 15 * row}" + f",{row}" * 100_000 for row in range(3))
    series, gaps = read(tmp_path, f"time,{names}\n{rows}\n".encode())
    assert gaps == ()
    assert len(series) == 100_000
    assert series["m99999"].values.tolist() == [0.0, 1.0, 2.0]
    assert series["m0"].times is series["m99999"].times


def test_duplicates_and_disorder_are_put_right_and_the_last_counts(tmp_path: Path) -> None:
    series, _ = read(tmp_path, b"# TYPE x gauge\nx 3 1700000030\nx 1 1700000010\nx 2 1700000010\nx 9 1600000000\n")
    assert series["x"].times.tolist() == [1700000010.0, 1700000030.0]
    assert series["x"].values.tolist() == [2.0, 3.0]


def test_a_truncated_archive_gives_what_came_before_and_says_so(tmp_path: Path) -> None:
    lines = b"# TYPE x gauge\n" + b"".join(b"x %d %d\n" % (i * 7919 % 1000, 1700000000 + i) for i in range(3000))
    series, gaps = read(tmp_path, gzip.compress(lines)[:-2000])
    assert 100 < series["x"].times.size < 3000
    assert any("cut off" in gap for gap in gaps)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "holds no metrics"),
        (b"<!DOCTYPE html><html></html>", "no metrics"),
        (b'{"status":"error","error":"no"}', "holds no metrics"),
        (b'{"status":', "not what the Prometheus API gives"),
        (b"time,host\n1700000000,web\n1700000010,web\n", "holds no numbers"),
        (b"# TYPE x gauge\nx 1 1600000000\n", "no sample in the window"),
    ],
)
def test_what_holds_nothing_is_a_gap_with_a_reason(tmp_path: Path, content: bytes, why: str) -> None:
    series, gaps = read(tmp_path, content)
    assert series == {}
    assert any(why in gap for gap in gaps)


def test_a_missing_file_is_a_gap_with_a_command(tmp_path: Path) -> None:
    series, gaps = files.opened(str(tmp_path / "none")).collect(HOUR)
    assert series == ()
    assert gaps[0].command


def test_span(tmp_path: Path) -> None:
    (tmp_path / "m").write_bytes(OPENMETRICS)
    assert files.opened(str(tmp_path / "m")).span() == (1700000000.5, 1700000020.5)
    assert files.opened(str(tmp_path / "none")).span() is None


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=400),
    st.sampled_from([b"", b"# TYPE x gauge\n", b"time,a\n", b'{"data":{"result":[', b"\x1f\x8b", b"\x28\xb5\x2f\xfd"]),
)
def test_no_bytes_make_it_crash(tmp_path_factory: pytest.TempPathFactory, noise: bytes, head: bytes) -> None:
    path = tmp_path_factory.mktemp("noise") / "m"
    path.write_bytes(head + noise)
    series, gaps = files.opened(str(path)).collect(HOUR)
    assert series or gaps
    for each in series:
        assert (np.diff(each.times) > 0).all()


def test_victoriametrics_export_is_read(tmp_path: Path) -> None:
    stamps = b"[1700000000000,1700000005000,1700000010000]"
    row = b'{"metric":{"__name__":"up","job":"a"},"values":[1,null,0],"timestamps":' + stamps + b"}"
    series, gaps = read(tmp_path, row + b"\n" + row[:40] + b"\n")
    assert series["up"].times.tolist() == [1700000000.0, 1700000005.0, 1700000010.0]
    assert series["up"].label("job") == "a"
    assert series["up"].values[2] == 0.0
    assert gaps[0].endswith("1 lines or cells could not be read")


@pytest.mark.parametrize(
    ("text", "name", "values"),
    [
        ('sep=,\n"Time","errors"\n"2023-11-14 22:13:20",3\n', "errors", [3.0]),
        ("Time,mem\n2023-11-14 22:13:20,1.5 MiB\n2023-11-14 22:13:30,2 KiB\n", "mem", [1572864.0, 2048.0]),
        ("Timestamp (UTC),cpu\n2023/11/14 22:13:20,12.5%\n", "cpu", [12.5]),
        ("Time,rate\n2023-11-14 22:13:20,10.1 req/s\n2023-11-14 22:13:30,1.2 K\n", "rate", [10.1, 1200.0]),
        (
            "#datatype,string,long,dateTime:RFC3339,double,string\n,result,table,_time,_value,_field\n"
            ",,0,2023-11-14T22:13:20Z,7,errors\n",
            "errors",
            [7.0],
        ),
        ('"time","avg:a.b.hits{service:shop,env:prod}"\n"2023-11-14T22:13:20Z",4\n', "a.b.hits", [4.0]),
    ],
    ids=["excel", "units of Grafana", "slashes", "rates of Grafana", "InfluxDB", "Datadog"],
)
def test_tables_of_other_tools_are_read(tmp_path: Path, text: str, name: str, values: list[float]) -> None:
    series, gaps = read(tmp_path, text.encode())
    assert gaps == ()
    assert series[name].values.tolist() == pytest.approx(values)
    assert series[name].times[0] == 1700000000.0


def test_a_data_directory_of_prometheus_is_refused_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "01ABC").mkdir()
    (tmp_path / "01ABC" / "meta.json").write_text("{}")
    for place in (tmp_path, tmp_path / "01ABC"):
        (gap,) = files.opened(str(place)).collect(HOUR)[1]
        assert "serve a copy of it" in gap.why
        assert f"--storage.tsdb.path={tmp_path}" in (gap.command or "")
    empty = tmp_path / "empty"
    empty.mkdir()
    assert "is a folder" in files.opened(str(empty)).collect(HOUR)[1][0].why
