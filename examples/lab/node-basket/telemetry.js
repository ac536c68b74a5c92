// Metrics and log, in one of three styles that the seed picks.
import client from "prom-client";
import pino from "pino";
import { settings } from "./settings.js";

const style = settings.seed % 3;
const seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

client.collectDefaultMetrics();
export const register = client.register;

const gauge = (name, help, labelNames = []) => new client.Gauge({ name, help, labelNames });

const requestNames = [
  ["http_requests_total", "http_request_duration_seconds"],
  ["basket_http_responses_total", "basket_http_response_time_ms"],
  ["http_server_requests_total", "http_server_request_duration_seconds"],
][style];
const requestLabels = [["method", "route", "code"], ["verb", "path", "status"], ["method", "route", "status_code"]][style];
const requests = new client.Counter({ name: requestNames[0], help: "Requests answered.", labelNames: requestLabels });
const latency = new client[style === 2 ? "Summary" : "Histogram"]({
  name: requestNames[1], help: "Time to answer.", labelNames: [requestLabels[1]],
  ...(style === 2 ? { percentiles: [0.5, 0.9, 0.99], maxAgeSeconds: 60, ageBuckets: 5 }
    : { buckets: style === 1 ? seconds.map((s) => s * 1000) : seconds }),
});

export function served(method, route, status, elapsed) {
  requests.inc(Object.fromEntries(requestLabels.map((name, i) => [name, [method, route, String(status)][i]])));
  latency.observe({ [requestLabels[1]]: route }, style === 1 ? elapsed * 1000 : elapsed);
}

const poolStem = ["store_pool", "basket_redis_connections", "db_client_connections"][style];
export const pool = {
  size: gauge(`${poolStem}_max`, "Most connections."),
  used: gauge(`${poolStem}_${["in_use", "borrowed", "usage"][style]}`, "Connections taken."),
  waiting: gauge(`${poolStem}_${["waiting", "pending", "pending_requests"][style]}`, "Callers waiting for a connection."),
  wait: new client.Histogram({ name: `${poolStem}_wait_seconds`, help: "Wait for a connection.", buckets: seconds }),
};
export const inflight = gauge("basket_requests_in_flight", "Requests being answered.");
export const cacheEntries = gauge("basket_cache_entries", "Entries of the cache.");
export const sockets = gauge("basket_rates_sockets", "Sockets to the rates service.", ["state"]);
export const ratesTime = new client.Histogram({
  name: "basket_rates_call_seconds", help: "Calls to the rates service.", labelNames: ["outcome"], buckets: seconds,
});
export const lockWaiters = gauge("basket_lock_waiters", "Callers waiting for a lock.");
gauge("basket_build_info", "Build.", ["version"]).set({ version: settings.version }, 1);

const base = [{ pid: process.pid, hostname: `basket-5d8f9c-${(settings.seed * 7919 + 4096).toString(36)}` }, { name: "basket" }, null][style];
export const log = pino({
  base,
  ...(settings.seed % 4 === 3 ? { formatters: { level: (label) => ({ level: label }) }, timestamp: pino.stdTimeFunctions.isoTime } : {}),
  ...(settings.seed % 5 === 2 ? { messageKey: "message" } : {}),
}, pino.destination({ fd: 1, sync: true }));
