"""The JSON Schema of the language, so that editors complete and explain it while one writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from diagnose.checks.catalog import CheckSpec, ParameterSpec
from diagnose.checks.finding import Answer
from diagnose.playbook import read
from diagnose.playbook.causes import CAUSES
from diagnose.playbook.expression import OWN, TESTS
from diagnose.playbook.fields import Keys
from diagnose.playbook.runtimes import Runtime
from diagnose.signals.evidence import Signal

Schema = dict[str, Any]
_UNITS = {"s": "90s, 5m, 1h30m", "bytes": "512KiB, 100MiB, 2GB", "ratio": "0.9 or 90%", "per-second": "20/s or 5/min"}
_EDGE = "where it leads: a node, '=> leaf' for a cause, '-> playbook' to hand over"
_TITLES = {
    "playbook": "the name, the same as the file's without .yaml",
    "title": "one line that says what the playbook finds out",
    "sources": "where the knowledge comes from",
    "start": "the first node",
    "causes": "causes of your own: id and title",
    "nodes": "the questions",
    "leaves": "the ends: a cause, what removes it, what to do",
    "ask": "the question in plain words, answered by yes, no or unknown",
    "check": "a check of the catalogue; `diagnose playbook checks` lists them",
    "with": "the check's parameters",
    "all": "yes when every part is; no when one part is no",
    "any": "yes when one part is; no when every part is no",
    "not": "the opposite; unknown stays unknown",
    "query": "a PromQL query of your own",
    "log": "a regular expression of your own on log messages",
    "profile": "a function of your own in a profile",
    "person": "ask the person at the keyboard, where there is no test or the test does not know",
    "why": "why it matters",
    "how": "how to find out: a command or a place to look",
    "cause": "the cause's id; the leaf's name when left out",
    "remedy": "what removes the cause for good",
    "actions": "what to do, in order",
    "missing": "what would make it certain and how to get it; also what a restart would destroy",
    "when": "now, next or later",
    "what": "what to do",
    "command": "a command to copy",
    "risk": "what it could break",
    "runtime": "the language that the command is for; left out for any",
    "signal": "the kind of signal",
    **{answer.value: _EDGE for answer in Answer},
}


def schema(catalogue: Mapping[str, CheckSpec]) -> Schema:
    """JSON Schema (draft 7, which all editors know) for playbooks; the catalogue's checks are completed by name."""
    texts: Schema = {"type": "array", "items": {"type": "string"}}
    target: Schema = {"type": "string", "pattern": r"^((=>|->)\s*([a-z0-9-]+/)?)?[a-z0-9-]+$"}
    name: Schema = {"pattern": f"^{read.NAME.pattern}$"}
    parts: Schema = {"all": _list("part"), "any": _list("part"), "not": {"$ref": "#/definitions/part"}}
    tests: Schema = {
        "check": _check_names(catalogue),
        "with": {"type": "object"},
        **parts,
        **{key: _own(OWN[key]) for key in OWN},
    }
    person = _object(read.PERSON)
    node = _object(read.NODE, tests | {"person": person} | {answer.value: target for answer in Answer})
    node["required"] += list(Answer)
    node["anyOf"] = [{"required": [key]} for key in (*TESTS, "person") if key != "with"]
    with_ = {"allOf": [{"$ref": "#/definitions/parameters"}]}
    leaf = _object(read.LEAF, {"cause": _causes(), "actions": _list("action"), "missing": _list("missing")})
    words: dict[str, Schema] = {"when": {"enum": list(read.When)}, "signal": {"enum": list(Signal)}}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "A playbook of diagnose",
        **_object(
            read.PLAYBOOK,
            {
                "playbook": {"type": "string", **name},
                "sources": texts,
                "causes": {"type": "object", "additionalProperties": {"type": "string"}, "propertyNames": name},
                "nodes": _map("node", name),
                "leaves": _map("leaf", name),
            },
        ),
        "definitions": {
            "node": {**node, **with_},
            "part": {**_object(dict.fromkeys(TESTS, False), tests), **with_},
            "parameters": _parameters(catalogue),
            "leaf": leaf,
            "action": _object(read.ACTION, {"when": words["when"], "runtime": {"enum": list(Runtime)}}),
            "missing": _object(read.MISSING, {"signal": words["signal"]}),
        },
    }


def _object(keys: Keys, special: Mapping[str, Schema] | None = None) -> Schema:
    properties = {
        str(key): {**(special or {}).get(key, {"type": "string"}), "description": _TITLES[key]} for key in keys
    }
    required = [str(key) for key, needed in keys.items() if needed]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _map(definition: str, name: Schema) -> Schema:
    return {"type": "object", "propertyNames": name, "additionalProperties": {"$ref": f"#/definitions/{definition}"}}


def _list(definition: str) -> Schema:
    return {"type": "array", "minItems": 1, "items": {"$ref": f"#/definitions/{definition}"}}


def _causes() -> Schema:
    return {"anyOf": [{"enum": sorted(CAUSES)}, {"type": "string"}]}


def _check_names(catalogue: Mapping[str, CheckSpec]) -> Schema:
    known = [{"const": name, "description": catalogue[name].title} for name in sorted(catalogue)]
    return {"anyOf": [*known, {"type": "string"}]}


def _parameters(catalogue: Mapping[str, CheckSpec]) -> Schema:
    """Which parameters go with which check."""
    rules = [
        {
            "if": {"properties": {"check": {"const": name}}, "required": ["check"]},
            "then": {"properties": {"with": _own(catalogue[name])}},
        }
        for name in sorted(catalogue)
    ]
    return {"allOf": rules} if rules else {}


def _own(spec: CheckSpec) -> Schema:
    required = [name for name, parameter in spec.parameters.items() if parameter.default is None]
    properties = {name: _parameter(parameter) for name, parameter in spec.parameters.items()}
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _parameter(spec: ParameterSpec) -> Schema:
    words: Iterable[str] = (
        spec.title,
        f"e.g. {_UNITS[spec.unit]}" if spec.unit in _UNITS else spec.unit,
        f"default {spec.default}" if spec.default not in {None, float("inf"), float("-inf")} else "",
    )
    return {**_type(spec), "description": "; ".join(word for word in words if word)}


def _type(spec: ParameterSpec) -> Schema:
    if spec.type is bool:
        return {"type": "boolean"}
    if spec.type is str:
        return {"enum": list(spec.choices)} if spec.choices else {"type": "string"}
    if spec.type is tuple:
        return {"type": "array", "items": {"type": "string"}}
    kind = "integer" if spec.type is int else "number"
    return {"type": [kind, "string"]} if spec.unit else {"type": kind}
