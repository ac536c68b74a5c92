"""Raw samples of Prometheus as OpenMetrics text with time stamps."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

Types = dict[str, tuple[str, str]]

SUFFIXES = ("_bucket", "_count", "_sum", "_total", "_created", "_info")
DEBUG = ("scrape_", "go_gc_cycles", "promhttp_")


def family_of(name: str, types: Types) -> tuple[str, str]:
    """Family and type of a sample name; types come from the scrape, in either text format."""
    for suffix in ("", *SUFFIXES):
        base = name.removesuffix(suffix) if suffix else name
        if (suffix and base == name) or base not in types:
            continue
        kind = types[base][0]
        if kind == "counter":
            return (base.removesuffix("_total"), "counter") if name.endswith("_total") else (name, "unknown")
        return base, kind
    return name, "gauge" if name == "up" else "unknown"


def render(series: list[dict[str, Any]], types: Types, *, shift_s: float = 0.0) -> str:
    """The text; debug series are left out, time stamps moved by `shift_s`."""
    families: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for one in series:
        name = one["metric"]["__name__"]
        if not name.startswith(DEBUG):
            families[family_of(name, types)].append(one)
    lines: list[str] = []
    for (family, kind), members in sorted(families.items()):
        lines.append(f"# TYPE {family} {kind}")
        for one in sorted(members, key=label_key):
            lines.extend(sample_lines(one, shift_s))
    return "\n".join([*lines, "# EOF", ""])


def label_key(one: dict[str, Any]) -> tuple[tuple[str, ...], float, str]:
    """Order of series in a family: by labels, buckets by their bound, then by name."""
    labels = {k: v for k, v in one["metric"].items() if k not in ("__name__", "le")}
    bound = float(one["metric"].get("le", "-inf").replace("+Inf", "inf"))
    return tuple(f"{k}={v}" for k, v in sorted(labels.items())), bound, one["metric"]["__name__"]


def sample_lines(one: dict[str, Any], shift_s: float) -> list[str]:
    """One line a sample."""
    name = one["metric"]["__name__"]
    labels = ",".join(f'{k}="{escape(v)}"' for k, v in sorted(one["metric"].items()) if k != "__name__")
    return [f"{name}{{{labels}}} {value} {at + shift_s:.3f}" for at, value in one["values"]]


def escape(text: str) -> str:
    """A label value as the format wants it."""
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
