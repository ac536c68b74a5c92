"""What makes a page self-contained: its own style and script inside, allowed by hash, and nothing from outside."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from diagnose.report import shelf


@dataclass(frozen=True, slots=True)
class Page:
    """Style, script and the Content-Security-Policy that allows these two and nothing else."""

    style: str
    script: str
    policy: str


def page(styles: Sequence[str], scripts: Sequence[str]) -> Page:
    """The page that the named files of reports/style and reports/script make up, in this order."""
    style, script = _joined("style", styles), _joined("script", scripts)
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; base-uri 'none'; form-action 'none'"
    )
    return Page(style, script, policy)


def _joined(kind: str, names: Sequence[str]) -> str:
    folder = shelf.folder("reports") / kind
    return "\n".join((folder / name).read_text(encoding="utf-8") for name in names)


def _hash(content: str) -> str:
    digest = hashlib.sha256(content.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"
