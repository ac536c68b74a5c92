"""PromQL label matchers as a person writes them, checked before any server sees them."""

from __future__ import annotations

import re

from diagnose.errors import UsageError

_MATCHER = re.compile(
    r"""\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*(=~|!~|!=|=)\s*("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`)\s*"""
)
_NAMES = re.compile(r"^\w+=|,\w+=")
EVERYTHING = '__name__=~".+"'


def matchers(select: str) -> str:
    """The matchers of a selector without braces, normalised: `job="shop",code=~"5.."`; '' selects everything.

    Raises UsageError when the text is not a list of label matchers.
    """
    text = select.strip()
    if text.startswith("{") and text.endswith("}"):
        text = text[1:-1].strip()
    found = []
    while text:
        match = _MATCHER.match(text)
        rest = text[match.end() :] if match else ""
        if not match or (rest and not rest.startswith(",")):
            raise UsageError(f'not label matchers: {select!r}; write them like \'job="shop",instance="10.0.0.7:8080"\'')
        found.append(match[1] + match[2] + match[3])
        text = rest[1:].strip()
    return ",".join(found)


def selector(matchers_text: str, extra: str = "") -> str:
    """A PromQL selector of matchers plus one more; one that names nothing, or only what it leaves out, is of the rest.

    Prometheus refuses a selector that would match a series without labels; every series has a name.
    """
    parts = [part for part in (matchers_text, extra) if part]
    if not any(_NAMES.search(part) for part in parts):
        parts.append(EVERYTHING)
    return "{" + ",".join(parts) + "}"
