"""Entry point: `LAB_PORT=8101 LAB_SEED=1 LAB_UPSTREAM=http://127.0.0.1:8200 python serve.py`."""

from __future__ import annotations

import os
import resource
import signal
import sys
import threading

import dials as dials_module
from rules import Rules, catalogue
from handlers import Handlers
from jobs import Jobs
from names import draw
from pool import Pool, prepare
from settings import from_environment
from telemetry import Telemetry, start_logging
from upstream import Upstream
from web import Web


def main() -> None:
    """Build the parts and run until killed."""
    settings = from_environment()
    if limit := int(os.environ.get("LAB_NOFILE", "0")):
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    names = draw(settings.seed)
    log = start_logging(names)
    telemetry = Telemetry(names, settings.version)
    dials = dials_module.load(catalogue(names))
    prepare(settings.database, names)
    (settings.data / f"{names.job}.tmpl").write_text("template\n" * 20)
    pool = Pool(settings.database, int(settings.number("pool.size")), names=names, telemetry=telemetry)
    pool.timeout_s = settings.number("pool.timeout_s")
    upstream = Upstream(names, settings, dials=dials, telemetry=telemetry)
    rules = Rules(names, dials, settings.data)
    handlers = Handlers(names, settings, pool=pool, upstream=upstream, rules=rules, dials=dials, telemetry=telemetry)
    web = Web(settings.port, int(settings.number("workers")), names=names, handlers=handlers, dials=dials,
              telemetry=telemetry)

    def reload(_number: int, _frame: object) -> None:
        settings.reload(log)
        pool.resize(int(settings.number("pool.size")))
        pool.timeout_s = settings.number("pool.timeout_s")

    def stop(_number: int, _frame: object) -> None:
        log.info("received SIGTERM, shutting down")
        sys.exit(0)

    signal.signal(signal.SIGHUP, reload)
    signal.signal(signal.SIGTERM, stop)
    threading.Thread(target=web.serve_forever, daemon=True).start()
    log.info("%s %s started on port %d, %d workers", names.service, settings.version, settings.port,
             int(settings.number("workers")))
    Jobs(names, settings, pool=pool, rules=rules, dials=dials, telemetry=telemetry, web=web).loop()


if __name__ == "__main__":
    main()
