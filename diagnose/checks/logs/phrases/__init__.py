"""The words by which software names well-known faults: one row a phrase, read by people first."""

from __future__ import annotations

from diagnose.checks.logs.phrases.access import ACCESS
from diagnose.checks.logs.phrases.lifecycle import LIFECYCLE
from diagnose.checks.logs.phrases.network import NETWORK
from diagnose.checks.logs.phrases.phrase import Phrase
from diagnose.checks.logs.phrases.resources import RESOURCES

PHRASES = (*ACCESS, *NETWORK, *RESOURCES, *LIFECYCLE)

__all__ = ["PHRASES", "Phrase"]
