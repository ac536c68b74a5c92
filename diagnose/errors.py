"""One tree of errors; each carries its exit code, and its message names the remedy."""

from __future__ import annotations


class DiagnoseError(Exception):
    """The tool itself failed (exit code 1). The message is one line: what is wrong, where, what to do."""

    exit_code = 1


class UsageError(DiagnoseError):
    """The command line asks for something that cannot be done."""

    exit_code = 2


class SpecError(DiagnoseError):
    """A playbook or a configuration file is wrong."""

    exit_code = 3


class TemplateError(SpecError):
    """A template of the reports is wrong."""


class NothingCollectedError(DiagnoseError):
    """No source answered with anything at all."""

    exit_code = 4


class SourceError(DiagnoseError):
    """A source could not be read; the investigation turns it into a gap and goes on.

    `remedy` is a command that would supply the signal, or None.
    """

    def __init__(self, message: str, *, remedy: str | None = None) -> None:
        super().__init__(message)
        self.remedy = remedy


class BundleError(DiagnoseError):
    """A saved bundle cannot be read."""
