"""Files that are not one record a line in UTF-8 are read as if they were, whole, broken off and unpacked."""

from __future__ import annotations

import codecs
import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from diagnose.signals.window import Window, rfc3339
from diagnose.sources.logs import collect, span

START = 1_769_828_645.0
COUNT = 40
WINDOW = Window(START - 10, START + 100)


def nanos(second: int) -> str:
    return str(int(START + second) * 1_000_000_000)


def otlp(count: int = COUNT) -> dict[str, Any]:
    records = [
        {
            "timeUnixNano": nanos(s),
            "severityNumber": 17,
            "body": {"stringValue": f"order {s} failed"},
            "attributes": [
                {"key": "shop", "value": {"stringValue": "north"}},
                {"key": "n", "value": {"intValue": "5"}},
            ],
        }
        for s in range(count)
    ]
    resource = {"attributes": [{"key": "service.name", "value": {"stringValue": "cart"}}]}
    return {"resourceLogs": [{"resource": resource, "scopeLogs": [{"scope": {}, "logRecords": records}]}]}


def plain() -> list[dict[str, Any]]:
    return [{"time": START + s, "level": "error", "msg": f"order {s} failed"} for s in range(COUNT)]


def hit(s: int) -> dict[str, Any]:
    return {"_source": {"@timestamp": rfc3339(START + s), "message": f"order {s} failed", "log": {"level": "error"}}}


LOKI = [
    {"stream": {"app": "cart"}, "values": [[nanos(s), f'level=error msg="order {s} failed"'] for s in range(COUNT)]}
]
LINES = "".join(f"{rfc3339(START + s)} ERROR order {s} failed\r\n" for s in range(COUNT))
FILES = {
    "OTLP, one document": json.dumps(otlp()).encode(),
    "OTLP, printed": json.dumps(otlp(), indent=2).encode(),
    "OTLP, a batch a line": b"\n".join(json.dumps(otlp(COUNT // 2)).encode() for _ in range(2)),
    "array": json.dumps(plain()).encode(),
    "array, printed": json.dumps(plain(), indent=1).encode(),
    "objects, printed": "\n".join(json.dumps(each, indent=4) for each in plain()).encode(),
    "Loki": json.dumps({"status": "success", "data": {"resultType": "streams", "result": LOKI}}).encode(),
    "Elasticsearch": json.dumps({"took": 5, "hits": {"hits": [hit(s) for s in range(COUNT)]}}).encode(),
    "CloudWatch": json.dumps(
        {"events": [{"timestamp": (START + s) * 1000, "message": f"ERROR order {s} failed"} for s in range(COUNT)]}
    ).encode(),
    "carriage returns": LINES.encode(),
    "UTF-8 with a mark": codecs.BOM_UTF8 + LINES.encode(),
    "UTF-16": LINES.encode("utf-16"),
    "UTF-16, big end first": codecs.BOM_UTF16_BE + LINES.encode("utf-16-be"),
    "UTF-16 without a mark": LINES.encode("utf-16-le"),
}


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
@pytest.mark.parametrize("content", FILES.values(), ids=FILES.keys())
def test_every_record_is_found(tmp_path: Path, content: bytes, pack: Any) -> None:
    file = tmp_path / "app.log"
    file.write_bytes(pack(content))
    digest, gaps = collect([str(file)], WINDOW)
    assert gaps == ()
    assert digest is not None
    (pattern,) = digest.patterns
    assert (pattern.template, pattern.count, pattern.level.value) == ("order <num> failed", COUNT, "error")
    assert digest.sources[0].unparsed_time == digest.sources[0].unreadable == 0
    assert span([str(file)]) == (pattern.first, pattern.last)


def test_attributes_of_a_record_and_of_its_resource_are_its_fields(tmp_path: Path) -> None:
    file = tmp_path / "app.log"
    file.write_bytes(FILES["OTLP, one document"])
    digest, _ = collect([str(file)], WINDOW)
    assert digest is not None
    fields = digest.patterns[0].fields
    assert fields["service.name"] == {"cart": COUNT}
    assert (fields["shop"], fields["n"]) == ({"north": COUNT}, {"5": COUNT})


@pytest.mark.parametrize("name", ["OTLP, one document", "OTLP, printed", "array", "array, printed"])
def test_a_document_that_breaks_off_gives_the_records_before(tmp_path: Path, name: str) -> None:
    file = tmp_path / "app.log"
    file.write_bytes(FILES[name][: len(FILES[name]) // 2])
    digest, _ = collect([str(file)], WINDOW)
    assert digest is not None
    found = {pattern.template: pattern.count for pattern in digest.patterns}
    assert COUNT / 4 < found["order <num> failed"] < COUNT
    assert digest.sources[0].lines > found["order <num> failed"], "the rest is counted too"


def test_compressed_files_of_other_times_are_not_read_to_their_end(tmp_path: Path) -> None:
    file = tmp_path / "app.log.gz"
    file.write_bytes(gzip.compress(LINES.encode()))
    digest, _ = collect([str(file)], Window(START - 7200, START - 3600))
    assert digest is not None
    assert (digest.sources[0].lines, digest.sources[0].note) == (0, "begins after the window")
