// Entry point: LAB_PORT=8080 LAB_UPSTREAM=http://127.0.0.1:8200 LAB_STORE=127.0.0.1:6379 node serve.js
import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import * as jobs from "./jobs.js";
import { route } from "./handlers.js";
import { inflight, log, register, served } from "./telemetry.js";
import { reload, settings } from "./settings.js";
import { resize } from "./store.js";
import { dials } from "./work.js";

const open = new Map();
let lastId = 0;

function answer(response, status, body, type = "application/json") {
  response.writeHead(status, { "content-type": type, "content-length": Buffer.byteLength(body) });
  response.end(body);
}

function lab(request, response, url) {
  if (url.pathname === "/lab/faults") return answer(response, 200, JSON.stringify(dials.catalogue));
  if (request.method === "DELETE") {
    dials.clear();
    return answer(response, 200, "{}");
  }
  const known = dials.switch(url.searchParams.get("name"), Number(url.searchParams.get("strength") ?? 1), Number(url.searchParams.get("creep_s") ?? 0));
  return answer(response, known ? 200 : 404, "{}");
}

async function metrics(response) {
  if (dials.level("metrics")) return answer(response, 500, "collector failed");
  return answer(response, 200, await register.metrics(), register.contentType);
}

async function respond(work, reqId, url) {
  if (open.size > settings.config.max_inflight) {
    log.warn({ reqId, open: open.size }, "too many requests in flight, shedding load");
    return [503, '{"error":"overloaded"}'];
  }
  try {
    return [200, JSON.stringify(await work())];
  } catch (err) {
    log.error({ reqId, url: url.pathname, err }, err.message);
    return [500, '{"error":"internal"}'];
  }
}

async function handle(request, response) {
  const url = new URL(request.url, "http://localhost");
  if (url.pathname === "/metrics") return metrics(response);
  if (url.pathname.startsWith("/lab/")) return lab(request, response, url);
  const found = route(request.method, url);
  if (!found) return answer(response, 404, "{}");
  const [template, work] = found;
  const reqId = (lastId += 1);
  const since = Date.now();
  const start = process.hrtime.bigint();
  open.set(reqId, { since, route: template });
  inflight.set(open.size);
  request.resume();
  const [status, body] = await respond(work, reqId, url);
  open.delete(reqId);
  inflight.set(open.size);
  const elapsed = Number(process.hrtime.bigint() - start) / 1e9;
  served(request.method, template, status, elapsed);
  const line = { reqId, req: { method: request.method, url: request.url }, res: { statusCode: status }, responseTime: Math.round(elapsed * 1000) };
  if (elapsed > 1) log.warn(line, "slow request");
  else if (settings.seed % 4 !== 1) log.info(line, "request completed");
  return answer(response, status, body);
}

fs.writeFileSync(path.join(settings.data, "banner.html"), "<p>welcome</p>\n".repeat(40));
process.on("SIGHUP", () => {
  const changed = reload();
  resize();
  log.info({ changed }, "configuration reloaded");
});
process.on("SIGTERM", () => {
  log.info("SIGTERM received, closing");
  process.exit(0);
});
const server = http.createServer((request, response) => { handle(request, response); });
server.keepAliveTimeout = 60_000;
server.listen(settings.port, "127.0.0.1", () => {
  log.info({ version: settings.version, node: process.version, port: settings.port }, "basket listening");
});
jobs.start(open);
