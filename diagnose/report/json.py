"""`report.json`: what scripts read. Its shape is the contract of docs/report.schema.json."""

from __future__ import annotations

import json
from typing import Any

from diagnose.report import axis, model

SCHEMA_VERSION = "1"


def render(view: model.View) -> str:
    """The report as JSON in the contract's order of keys, numbers in base units, ending with a newline."""
    return json.dumps(_report(view), ensure_ascii=False, allow_nan=False, indent=2) + "\n"


def _report(view: model.View) -> dict[str, Any]:
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": view.tool, "version": view.version},
        "service": view.service,
        "window": _span(view.window),
        "baseline": _span(view.baseline) if view.baseline else None,
        "onset": view.onset.moment.iso if view.onset else None,
        "verdict": _verdict(view.verdict),
        "causes": [_cause(cause) for cause in view.causes],
        "suspects": [
            {"entity": found.entity, "score": found.score, "evidence": list(found.evidence)} for found in view.suspects
        ],
        "path": [_step(step) for step in view.path],
        "evidence": [_evidence(found) for found in view.evidence],
        "missing": [{"signal": gap.signal, "why": gap.why, "command": gap.command} for gap in view.missing],
        "actions": [
            {"when": action.when, "what": action.what, "command": action.command, "risk": action.risk}
            for action in view.actions
        ],
    }


def _span(span: axis.Span) -> dict[str, str]:
    return {"start": span.start, "end": span.end}


def _verdict(verdict: model.Verdict) -> dict[str, Any]:
    culprit = verdict.culprit
    return {
        "status": verdict.status,
        "cause": verdict.cause,
        "confidence": verdict.confidence,
        "summary": verdict.summary,
        "culprit": culprit and {"kind": culprit.kind, "name": culprit.name, "location": culprit.location},
    }


def _cause(cause: model.Cause) -> dict[str, Any]:
    return {
        "cause": cause.cause,
        "confidence": cause.confidence,
        "for": list(cause.supports),
        "against": list(cause.against),
    }


def _step(step: model.Step) -> dict[str, Any]:
    return {
        "node": step.node,
        "question": step.question,
        "answer": step.answer,
        "because": step.because,
        "evidence": list(step.evidence),
        "answered_by": step.answered_by,
        "not_taken": [{"answer": way.answer, "leads_to": way.leads_to} for way in step.not_taken],
    }


def _evidence(found: model.Exhibit) -> dict[str, Any]:
    return {
        "id": found.id,
        "signal": found.signal,
        "title": found.title,
        "at": found.at.iso if found.at else None,
        "window": _span(found.window),
        "baseline": found.baseline,
        "observed": found.observed,
        "unit": found.unit,
        "strength": found.strength,
        "reproduce": found.reproduce,
    }
