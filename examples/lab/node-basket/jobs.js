// Background work: gauges, the periodic job, and requests that take too long.
import { log } from "./telemetry.js";
import { settings } from "./settings.js";
import * as rates from "./rates.js";
import * as store from "./store.js";
import * as work from "./work.js";

let lastJob = Date.now();
const born = Date.now();
const told = new Set();

function runJob() {
  lastJob = Date.now();
  const start = process.hrtime.bigint();
  let sum = 0;
  for (let i = 0; i < 6_000_000; i += 1) sum += Math.sqrt(i);
  log.info({ job: "sweepStale", took_ms: Number(process.hrtime.bigint() - start) / 1e6, rows: Math.round(sum % 900) }, "job done");
}

/** Says which requests hang, each once. */
function tellStuck(open) {
  for (const [id, { since, route }] of open) {
    if (Date.now() - since > 20_000 && !told.has(id)) {
      told.add(id);
      log.warn({ reqId: id, route, open: open.size }, `request still open after ${Math.round((Date.now() - since) / 1000)} s`);
    }
  }
}

export function start(open) {
  setInterval(() => {
    rates.measure();
    store.measure();
    work.sweepStale();
    tellStuck(open);
    const crash = work.dials.level("feed");
    if (crash && Date.now() - born > 4000 + Math.random() * 9000 / crash) work.importFeed();
    if (Date.now() - lastJob > settings.config.job_every_s * 1000) runJob();
  }, 1000);
}
