"""Message to template: what varies from record to record is masked."""

from __future__ import annotations

import re

_HEX_DIGITS = b"0123456789abcdefABCDEF"
_DIGITS = b"0123456789"
_MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_DATE = rf"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? (?:{_MONTH} +\d\d?|\d\d? {_MONTH} \d{{4}})"
_MASKED = re.compile(
    r"(?:(?<![^\W_])|(?=[\"\[]))(?:"  # nothing begins within a word, which is most of a message
    r"(?P<uuid>\b[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\b)"
    r"|(?P<time>\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?"
    rf"|\b{_DATE} \d\d:\d\d:\d\d(?: [A-Z]{{3,4}}\b| [+-]\d{{4}}\b)?(?: \d{{4}}\b)?"
    r"|\b\d\d?:\d\d:\d\d(?:[.,]\d+)?\b)"
    r"|(?P<mail>[\w.+-]+@[\w-]+\.[\w.-]*\w)"
    r"|(?P<ip>(?<![\w.])\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?::\d{1,5})?(?:, ?\d{1,3}(?:\.\d{1,3}){3})*(?![\w.])"
    r"|\[(?:[0-9a-fA-F]{0,4}:){2,}[0-9a-fA-F.]*(?:%\w+)?\](?::\d+)?)"
    r"|(?P<host>(?<![\w.@/-])[A-Za-z][\w-]*(?:\.[\w-]+)*\.(?!(?:go|java|py|js|ts|rb|rs|cc|cpp|c|h|kt|scala|php|cs|exs?):)"
    r"[A-Za-z][\w-]*:\d{2,5}\b)"
    r"|(?P<quoted>\"(?:[^\"\s\\]|\\.){1,60}\"|(?<![\w])'[^'\s]{1,60}'(?!\w))"
    r"|(?P<path>(?<![\w<:/])(?:/[\w.@%+~=:,*-]+){2,}/?(?:\?\S*)?|\b[A-Za-z]:\\[\w\\.$ -]+)"
    r"|(?P<duration>\b\d+(?:\.\d+)?(?:ns|µs|us|ms|s|m|h|d|sec|secs|seconds|minutes)(?:\d+(?:\.\d+)?(?:ms|s|m))*\b)"
    r"|(?P<hex>\b0[xX][0-9a-fA-F]+\b|(?<![\w-])(?=[0-9a-fA-F]*\d)[0-9a-fA-F]{6,}(?![\w]))"
    r"|(?P<size>\b\d+(?:\.\d+)?(?:[KMGT]i?)?B\b)"
    r"|(?P<num>(?<![\w.])[-+]?\d+(?:[.,]\d+)*%?(?!\w))"
    r"|(?P<id>(?<=[_-])\d+\b|\b(?=\w*\d)(?=\w*[a-zA-Z])\w*\d{3,}\w*\b))"
)


def key_of(message: bytes) -> bytes:
    """A cheap key that messages of one template nearly always share: the message without its hexadecimal digits.

    A message without any digit is its own key, so that plain words made of a..f are never taken for a number.
    """
    return message if len(message.translate(None, _DIGITS)) == len(message) else message.translate(None, _HEX_DIGITS)


def mask(message: str) -> str:
    """The message with every varying part replaced by `<kind>`."""
    return _MASKED.sub(lambda found: f"<{found.lastgroup}>", message)
