"""What lines of a file look like byte by byte, so that most of them need no parsing."""

from __future__ import annotations

from dataclasses import dataclass

DIGIT, LITERAL, MINUTE = 0, 1, 2
ASKED = 8  # the level of lines that only their text tells


@dataclass(frozen=True, slots=True)
class Variant:
    """Lines that are equal but for a time stamp, digits and the level.

    `text` is what stands at their head, and `kind` says of each of its bytes whether it is a LITERAL, the part of the
    stamp down to its MINUTE (whatever notation it has), or a DIGIT that may be anything. The stamp fills
    [`start`, `end`); `second` is where its two digits of seconds stand, `fraction` where the digits behind them do, of
    which there are `digits`. The word of the level begins at `word`; without one (-1) the level is always `level`.
    With an `anchor` the text does not begin with the line but where the only such bytes of the line do, if `lead` is at
    its head. With a `badge` the level stands behind the only such bytes of the line.
    With `epoch` the stamp counts seconds since 1970, and what is taken for its minute are all digits but the last two.
    """

    text: bytes
    kind: bytes
    start: int
    end: int
    second: int
    fraction: int
    digits: int
    word: int
    level: int
    epoch: bool = False
    lead: bytes = b""
    anchor: bytes = b""
    badge: bytes = b""


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys under which objects state their time, their level and their message."""

    time: str
    level: str
    message: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What the lines of a file look like, and that one in `every` of the quiet ones is told.

    They follow `variants`, or are objects with `keys` that may stand anywhere.
    Behind the bytes of `outcome` lines tell how a request ended; with `requests` what they say stands before that,
    from the first quote on; behind `flags` stand those of Envoy. `samples` are the first lines of the variants: what a
    reader makes of a line may depend on those that it read before. `fields` are the names of the fields of the sample's
    records.
    """

    variants: tuple[Variant, ...]
    every: int
    outcome: bytes = b""
    requests: bool = False
    samples: tuple[bytes, ...] = ()
    keys: Keys | None = None
    flags: bytes = b""
    fields: frozenset[str] = frozenset()
