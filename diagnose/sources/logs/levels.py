"""How severe a record says it is."""

from __future__ import annotations

import re

from diagnose.signals.events import Level

LEVELS = tuple(Level)
TRACE, DEBUG, INFO, WARN, ERROR, FATAL, UNKNOWN = range(7)

_WORDS = {
    TRACE: "trace trc verbose verb vrb finest finer all",
    DEBUG: "debug dbg debu fine config debug1 debug2 debug3 debug4 debug5",
    INFO: "info inf information informational notice note log statement detail hint context query location system ok"
    " success",
    WARN: "warn wrn warning warni",
    ERROR: "error err erro eror severe fail failure",
    FATAL: "fatal ftl fata critical crit emerg emergency alert panic dpanic crt",
}
WORDS = {word: level for level, words in _WORDS.items() for word in words.split()}

_STATED = (
    "TRACE|TRC|VERBOSE|FINEST|FINER|DEBUG[1-5]?|DBG|FINE|INFO|INFORMATION|NOTICE|INF|WARNING|WARN|WRN|"
    "ERROR|ERRO|ERR|SEVERE|FAILURE|CRITICAL|CRIT|EMERG|ALERT|FATAL|FTL|PANIC"
)
_TITLED = "Trace|Debug|Information|Info|Notice|Note|Warning|Warn|Error|Critical|Fatal|Verbose|System"
_LOWER = "trace|debug[1-5]?|info|notice|warning|warn|error|err|crit|critical|alert|emerg|fatal|panic|dpanic|fail"
# A capital word anywhere in the head; a lower-case one only where a format puts it: in brackets, or on its own
# directly after the time stamp, or before a colon that opens the message.
HEAD = re.compile(
    rf"(?<![\w/.=-])(?P<upper>{_STATED})(?![\w=-]|\.\w)"
    rf"|[\[<|](?:[\w.-]+:)?(?P<bracket>{_LOWER}|{_TITLED}) *[\]>|]"
    rf"|^[\s,|\]-]*(?P<plain>{_LOWER}|{_TITLED})(?:\s*:|[\s|\t])"
    r"|(?<=[\]\w] )(?P<database>LOG|STATEMENT|DETAIL|HINT|CONTEXT|QUERY|LOCATION):\s"
    rf"|^[\s\]]*\w+\.(?P<channel>{_STATED}):"
    r"|^\s+(?P<nest>LOG)(?=\s+\[)"
    r"|\]:? (?P<colon>error|fatal|warning|debug|info|warn):\s"
    r"|^\s+\d+\s+\d+\s+(?P<logcat>[VDIWEF])\s"
    r"|^\s+[0-9A-Fa-f]{8,}\s(?P<letter>[TDIWEF])\s"
    r"|^[\s|]+(?P<initial>[VDIWEF]|[TC](?= ?[\[|]))[\s|/]"
)
_LETTERS = {"V": TRACE, "T": TRACE, "D": DEBUG, "I": INFO, "W": WARN, "E": ERROR, "F": FATAL, "C": FATAL}
PREFIX = re.compile(
    r"\[?(TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERROR|SEVERE|CRITICAL|FATAL|[Ee]rror|[Ww]arning|[Ff]atal)\]?"
    r"(?:\s*[:\]]|\s+-|\s{2,}|\t|(?<=[A-Z]) )\s*"
)
INITIALS = frozenset("VDIWEF")
_SYSLOG = (FATAL, FATAL, FATAL, ERROR, WARN, INFO, INFO, DEBUG)


def of_word(word: str) -> int:
    """The level that a word or an abbreviation names, UNKNOWN otherwise."""
    known = WORDS.get(word)
    if known is not None:
        return known
    lowered = word.strip().lower()
    return WORDS.get(
        lowered, _LETTERS.get(word, UNKNOWN) if len(word) == 1 else WORDS.get(lowered.rstrip("0123456789"), UNKNOWN)
    )


def of_letter(letter: str) -> int:
    """The level behind the first letter of klog, glog and logcat lines."""
    return _LETTERS.get(letter, UNKNOWN)


def of_syslog(priority: int) -> int:
    """The level of a syslog priority or severity (facility * 8 + severity)."""
    return _SYSLOG[priority & 7]


def of_number(key: str, number: float) -> int:
    """The level behind a number: pino and Bunyan (10 to 60), OpenTelemetry (1 to 24), syslog and journald (0 to 7)."""
    name = key.lower()
    if "severitynumber" in name.replace("_", ""):
        return min(int(number - 1) // 4, FATAL) if 1 <= number <= 24 else UNKNOWN
    if name == "priority":
        return of_syslog(int(number)) if 0 <= number <= 7 else UNKNOWN
    if 10 <= number <= 69:
        return min(int(number // 10) - 1, FATAL)
    return UNKNOWN
