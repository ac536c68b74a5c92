"""`report.html`: one file that works from disk, without a network and, but for zooming, without JavaScript."""

from __future__ import annotations

import base64
import hashlib

from diagnose.report import shelf
from diagnose.report.model import View
from diagnose.report.templates import environment


def render(view: View) -> str:
    """The report as one HTML document; its policy allows its own style and script by hash and nothing else."""
    folder = shelf.folder("reports")
    style, script = ((folder / name).read_text(encoding="utf-8") for name in ("report.css", "report.js"))
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; base-uri 'none'; form-action 'none'"
    )
    return environment().get_template("report.html.j2").render(view=view, style=style, script=script, policy=policy)


def _hash(content: str) -> str:
    digest = hashlib.sha256(content.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"
