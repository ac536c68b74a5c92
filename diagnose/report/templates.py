"""The Jinja2 templates of the reports: what they print is escaped by itself, whoever wrote the template."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from diagnose.errors import TemplateError
from diagnose.report import markup, shelf

if TYPE_CHECKING:
    import jinja2

PAGES = (".html", ".html.j2", ".htm")

_MISTAKES = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What an expression of a template may raise beside Jinja2's own errors."""


def is_page(name: str) -> bool:
    """Whether a file of this name is HTML rather than Markdown."""
    return name.lower().endswith(PAGES)


def fill(name: str, *, folder: Path | None = None, **values: Any) -> str:
    """The template of this name in `folder`, else in `reports/`, filled with values.

    TemplateError, with file and line, when it is absent, is no template, or asks for something that does not exist.
    """
    import jinja2

    try:
        return _environment(name, folder).get_template(name).render(values)
    except jinja2.TemplateSyntaxError as error:
        raise TemplateError(f"{error.filename or error.name}:{error.lineno}: {error.message}") from error
    except jinja2.TemplateNotFound as error:
        places = f"{folder} nor in reports/" if folder else "reports/"
        raise TemplateError(f"there is no template {error.message} in {places}; check its name") from error
    except (jinja2.TemplateError, *_MISTAKES) as error:
        raise TemplateError(f"{_where(error) or name}: {error or type(error).__name__}") from error


def _where(error: BaseException) -> str:
    """File and line of the innermost template that the error passed: Jinja2 puts its templates into the traceback."""
    import traceback

    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not frame.filename.endswith(".py")]
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""


def _environment(name: str, folder: Path | None) -> jinja2.Environment:
    """A sandbox in which HTML is escaped by Jinja2 itself, and Markdown by `markup.text`."""
    import jinja2
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    found = ImmutableSandboxedEnvironment(
        loader=jinja2.FileSystemLoader([*([folder] if folder else []), shelf.folder("reports")]),
        autoescape=True,
        finalize=None if is_page(name) else _prose,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    if not is_page(name):
        found.filters |= {name: _marked(write) for name, write in _MARKDOWN.items()}
    return found


_MARKDOWN: dict[str, Callable[..., str]] = {
    "text": markup.text,
    "cell": markup.text,
    "code": markup.code,
    "cellcode": partial(markup.code, cell=True),
    "fence": markup.fence,
    "mermaid": markup.mermaid,
    "sparkline": markup.sparkline,
}


def _marked(write: Callable[..., str]) -> Callable[..., str]:
    """A filter whose result is Markdown already, so that it is not escaped again."""
    from markupsafe import Markup

    return lambda *values, **options: Markup(write(*values, **options))  # noqa: S704


def _prose(value: Any) -> Any:
    """What a Markdown template prints: text is escaped unless a filter made it Markdown; blanks around it stay."""
    from markupsafe import Markup

    if hasattr(value, "__html__"):
        return value
    text = str(value)
    return Markup(" " * text[:1].isspace() + markup.text(text) + " " * text[-1:].isspace())  # noqa: S704
