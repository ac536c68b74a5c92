"""Where the page and the webhook are served over HTTP."""

from __future__ import annotations

from typing import Any

from diagnose.errors import DiagnoseError
from diagnose.monitor.web import MOST, Site

LOCAL = frozenset({"127.0.0.1", "::1", "localhost"})
"""Names under which only this machine is meant."""


def addresses(server: Any) -> list[str]:
    """Where a server listens; a name may stand for several addresses."""
    places = getattr(server, "effective_listen", None) or [(server.effective_host, server.effective_port)]
    return [f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}" for host, port in places]


def bind(site: Site, *, host: str, port: int) -> Any:
    """A server that listens; its `run` answers until SystemExit or KeyboardInterrupt. Raises DiagnoseError.

    Bodies, headers, connections and idle time have their limits.
    """
    from waitress.server import create_server

    try:
        return create_server(
            site,
            host=host,
            port=port,
            threads=4,
            ident="diagnose",
            max_request_body_size=MOST,
            max_request_header_size=32768,
            connection_limit=200,
            channel_timeout=30,
            cleanup_interval=10,
            clear_untrusted_proxy_headers=True,
        )
    except (OSError, ValueError) as error:
        raise DiagnoseError(f"{host}:{port}: cannot listen there: {error}; choose another --listen") from None
