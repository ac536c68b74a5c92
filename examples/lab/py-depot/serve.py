"""Entry point: `LAB_PORT=8101 LAB_SEED=1 LAB_UPSTREAM=http://127.0.0.1:8200 python serve.py`."""

from __future__ import annotations

import resource
import signal
import sys
import threading

import resolve
from catalogue import FAULTS
from dials import Dials
from handlers import Handlers
from jobs import Jobs
from pool import Pool, prepare
from rules import Rules
from settings import from_environment
from style import draw
from telemetry import Telemetry, start_logging
from upstream import Upstream
from web import Web


def main() -> None:
    """Build the parts and run until killed."""
    settings = from_environment()
    if settings.files:
        resource.setrlimit(resource.RLIMIT_NOFILE, (settings.files, settings.files))
    resolve.install(settings.resolver)
    style, dials = draw(settings.seed), Dials(FAULTS)
    log, telemetry = start_logging(style), Telemetry(style, settings.version)
    prepare(settings.database)
    (settings.data / "manifest.tmpl").write_text("template\n" * 20)
    pool, rules = Pool(style, settings, telemetry), Rules(dials, settings.data)
    upstream = Upstream(style, settings, dials=dials, telemetry=telemetry)
    handlers = Handlers(settings, pool=pool, upstream=upstream, rules=rules, dials=dials, telemetry=telemetry)
    workers = int(settings.number("workers"))
    web = Web(settings.port, workers, style=style, handlers=handlers, dials=dials, telemetry=telemetry)

    def reload(_number: int, _frame: object) -> None:
        settings.reload(log)
        pool.resize()

    def stop(_number: int, _frame: object) -> None:
        log.info("received SIGTERM, shutting down")
        sys.exit(0)

    signal.signal(signal.SIGHUP, reload)
    signal.signal(signal.SIGTERM, stop)
    threading.Thread(target=web.serve_forever, daemon=True).start()
    log.info("depot %s started on port %d, %d workers", settings.version, settings.port, workers)
    Jobs(style, settings, pool=pool, rules=rules, dials=dials, telemetry=telemetry, web=web).loop()


if __name__ == "__main__":
    main()
