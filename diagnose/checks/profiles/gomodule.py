"""Which Go packages belong to the program itself, told from import paths and file paths."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from dataclasses import dataclass

from diagnose.checks.profiles.foreign import GO_DEPENDENCIES, GO_STANDARD
from diagnose.signals.profile import Frame

_VERSIONED = ("/pkg/mod/", "@v", "/vendor/")


@dataclass(frozen=True, slots=True)
class GoModule:
    """What the frames of a Go program tell of its layout; empty parts are not known.

    `standard` is the folder of the standard library, `main` the folder of package main, `modules` whether
    dependencies carry their version in the path, so that a path without one is the program's own.
    """

    standard: str = ""
    main: str = ""
    modules: bool = False

    def owns(self, frame: Frame) -> bool:
        """Whether the frame is in package main or in a package that is kept beside it."""
        package = package_of(frame.function)
        if package == "main":
            return not frame.function.startswith(("main.init.",)) or bool(frame.file)
        if not package or self._is_standard(package, frame.file):
            return False
        if package.startswith("vendor/") or any(mark in frame.file for mark in _VERSIONED):
            return False
        if "." not in package.partition("/")[0]:
            return True
        return self._owns_path(package, frame.file)

    def _is_standard(self, package: str, file: str) -> bool:
        root = package.partition("/")[0]
        if self.standard and posixpath.isabs(file):
            return file.startswith(self.standard)
        return root in GO_STANDARD or package in ("type:.eq", "go.shape")

    def _owns_path(self, package: str, file: str) -> bool:
        folder = posixpath.dirname(file)
        inner = _common_tail(package, folder)
        beside = folder.removesuffix(inner).rstrip("/") if inner else folder
        if self.main and folder and inner != package:
            # the rest of the path is where the module lies: package main lies in it too, or it is another module
            return self.main == beside or self.main.startswith(beside + "/")
        if self.main and inner == package and self.main.startswith(beside + "/" if beside else ""):
            return _repository(self.main.removeprefix(beside).strip("/")) == _repository(package)
        return self.modules or not package.startswith(GO_DEPENDENCIES)


def go_module(frames: Sequence[Frame]) -> GoModule:
    """The layout of the program that these frames come from."""
    standard = main = ""
    modules = False
    for frame in frames:
        if not standard and frame.function.startswith("runtime.") and posixpath.isabs(frame.file):
            root, found, _ = frame.file.rpartition("/src/runtime/")
            standard = root + "/src/" if found else ""
        if not main and package_of(frame.function) == "main" and "/" in frame.file:
            main = posixpath.dirname(frame.file)
        modules = modules or "@v" in frame.file
    return GoModule(standard, main, modules)


def package_of(function: str) -> str:
    """The import path in a Go function name: `github.com/a/b.(*T).M` is in `github.com/a/b`."""
    plain = function.partition("[")[0]
    head, slash, tail = plain.rpartition("/")
    name, dot, _ = tail.partition(".")
    return (head + slash + name).replace("%2e", ".") if dot else ""


def _common_tail(package: str, folder: str) -> str:
    """The longest run of path elements that both end with."""
    ours, theirs = package.split("/"), folder.split("/")
    count = 0
    while count < min(len(ours), len(theirs)) and ours[-1 - count] == theirs[-1 - count]:
        count += 1
    return "/".join(ours[len(ours) - count :]) if count else ""


def _repository(path: str) -> str:
    """Host, owner and name of a hosted repository."""
    return "/".join(path.split("/")[:3])
