"""Text from outside made harmless: no control codes, no invisible or reordering characters, no endless lines."""

from __future__ import annotations

import re

_ANSI = re.compile(
    r"\x1b\[[0-?]{0,64}[ -/]{0,8}[@-~]"  # CSI
    r"|\x1b[\]PX^_][^\x07\x1b]{0,4096}(?:\x07|\x1b\\)"  # OSC, DCS, SOS, PM, APC
    r"|\x1b[ -/]{0,4}[0-Z\\^-~]"
    r"|\x9b[0-?]{0,64}[ -/]{0,8}[@-~]"
)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_HIDDEN = re.compile(
    "[\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_BREAKS = re.compile("\r\n|[\r\x85\u2028\u2029]")
_MARK = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_STACKED = re.compile(f"({_MARK}{{3}}){_MARK}+")
_BLANKS = re.compile(r"\s+")

LINE = 400
COMMAND = 4000
BLOCK = 12000


def line(text: str, limit: int = LINE) -> str:
    """One harmless line of at most `limit` characters; what was cut is said."""
    return _cut(_BLANKS.sub(" ", _harmless(text, limit)).strip(), limit)


def block(text: str, limit: int = BLOCK) -> str:
    """Harmless text that keeps its line breaks, of at most `limit` characters."""
    return _cut(_harmless(text, limit).strip("\n"), limit)


def _harmless(text: str, limit: int) -> str:
    text = text[: 4 * limit + 64] if len(text) > 4 * limit + 64 else text  # escape codes may shrink it; bounds the work
    text = _BREAKS.sub("\n", _ANSI.sub("", text)).expandtabs(4)
    text = _CONTROL.sub(_picture, text)
    text = _HIDDEN.sub(lambda match: f"[U+{ord(match[0]):04X}]", text)
    return _STACKED.sub(r"\1", _SURROGATE.sub("\ufffd", text))


def _picture(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else "\ufffd"


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
