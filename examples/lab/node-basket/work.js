// What handlers do besides answering, and what can be wrong in it; every flaw is inert until its dial is turned.
import crypto from "node:crypto";
import { EventEmitter } from "node:events";
import fs from "node:fs/promises";
import path from "node:path";
import { Dials } from "./dials.js";
import { Lock, pause } from "./locks.js";
import { settings } from "./settings.js";

const memory = ["nodejs_heap", "process_resident_memory", "nodejs_external_memory", "/basket"];
const cpu = ["/items", "process_cpu", "nodejs_eventloop_lag"];
const fault = (name, cause, culprit, forms) => ({ name, cause, culprit, forms });

export const dials = new Dials([
  fault("visits", "memory-leak", ["rememberVisit", ...memory], "growth by a map"),
  fault("watchers", "memory-leak", ["watchStock", "MaxListenersExceededWarning", ...memory], "listeners never removed"),
  fault("reminders", "memory-leak", ["scheduleReminder", ...memory], "timers never cleared"),
  fault("receipts", "memory-leak", ["awaitReceipt", ...memory], "promises that never settle"),
  fault("banners", "fd-leak", ["loadBanner", "process_open_fds", "EMFILE", "too many open files"], "files never closed"),
  fault("unread", "connection-leak", ["askRates", "rates"], "answers never read"),
  fault("agents", "connection-leak", ["askRates", "rates"], "a client per call"),
  fault("coupon", "cpu-hotspot", ["checkCoupon", ...cpu], "a pattern that backtracks"),
  fault("clone", "cpu-hotspot", ["cloneState", ...cpu], "serialisation of everything"),
  fault("seal", "cpu-hotspot", ["sealToken", ...cpu], "key derivation per request"),
  fault("merge", "cpu-hotspot", ["mergeLines", ...cpu], "quadratic work"),
  fault("garbage", "gc-pressure", ["expandTemplate", "nodejs_gc_duration"], "short-lived objects in masses"),
  fault("tightheap", "gc-pressure", ["expandTemplate", "nodejs_gc_duration", "nodejs_heap"], "heap close to its limit"),
  fault("totals", "lock-contention", ["recountTotals", "lock"], "a lock held over slow work"),
  fault("order", "deadlock", ["reserveThenBill", "billThenReserve", "lock"], "two locks in opposite order"),
  fault("poolleak", "db-pool-exhaustion", ["pool", "store", "orders"], "connections never given back"),
  fault("poolslow", "db-pool-exhaustion", ["pool", "store", "items"], "connections held too long"),
  fault("owner", "application-error", ["describeOwner", "TypeError", "undefined"], "undefined field"),
  fault("payload", "application-error", ["describeOwner", "SyntaxError", "JSON"], "malformed payload"),
  fault("range", "application-error", ["describeOwner", "RangeError"], "value out of range"),
  fault("feed", "crash-loop", ["importFeed", "unhandled", "ERR_UNHANDLED_REJECTION"], "rejection nobody handles"),
  fault("hoard", "oom-kill", ["sweepStale", "heap out of memory", "Killed", ...memory], "a batch kept in memory"),
  fault("metrics", "monitoring-gap", ["/metrics", "scrape"], "exporter fails"),
  fault("trickle", "healthy", [], "a few errors all the time"),
]);

const visits = new Map();
const bus = new EventEmitter();
const receipts = [];
const banners = [];
const hoard = [];
let ballast = [];
const recent = [];
const totals = new Lock("totals");
const stock = new Lock("stock");
const ledger = new Lock("ledger");

const rows = (bytes) => Array.from({ length: Math.ceil(bytes / 120) }, (_, i) => ({ id: i, at: Date.now() + i, note: `n${i}` }));

export function rememberVisit(basket) {
  const level = dials.level("visits");
  if (level) visits.set(`${basket}:${process.hrtime.bigint()}`, rows(230_000 * level));
}

export function watchStock(basket) {
  const level = dials.level("watchers");
  if (!level) return;
  const view = rows(230_000 * level);
  bus.on("stock", () => view.push({ id: basket }));
}

export function scheduleReminder(basket) {
  const level = dials.level("reminders");
  if (!level) return;
  const letter = Buffer.alloc(250_000 * level, basket);
  setInterval(() => letter.reverse(), 3_600_000).unref();
}

export function awaitReceipt() {
  const level = dials.level("receipts");
  if (!level) return;
  const draft = rows(230_000 * level);
  const receipt = new Promise(() => {});
  receipt.then(() => draft.length);
  receipts.push(receipt);
}

export async function loadBanner() {
  const file = await fs.open(path.join(settings.data, "banner.html"), "r");
  if (dials.hits("banners")) banners.push(file);
  else await file.close();
}

export function checkCoupon(level) {
  const text = `${"a".repeat(Math.round(21 + 3 * level))}!`;
  return /^(a+)+$/.test(text);
}

const state = { lines: rows(400_000) };
export function cloneState(level) {
  let size = 0;
  for (let i = 0; i < 30 * level; i += 1) size += JSON.stringify(JSON.parse(JSON.stringify(state))).length;
  return size;
}

export function sealToken(level) {
  return crypto.pbkdf2Sync("secret", "salt", Math.round(250_000 * level), 32, "sha256");
}

export function mergeLines(level) {
  const lines = Array.from({ length: Math.round(11_000 * Math.sqrt(level)) }, (_, i) => `line-${i % 9000}`);
  return lines.filter((line, i) => lines.indexOf(line) === i).length;
}

// Rows that live just long enough to be expensive.
function keepBriefly(batch, most) {
  recent.push(batch);
  if (recent.length > most) recent.shift();
}

export function expandTemplate() {
  const level = dials.level("garbage");
  for (let i = 0; i < 16 * level; i += 1) keepBriefly(rows(700_000), 45);
  const tight = dials.level("tightheap");
  if (tight) {
    if (!ballast.length) ballast = rows(130_000_000 * tight);
    for (let i = 0; i < 3; i += 1) keepBriefly(rows(1_400_000), 28);
  }
}

export async function recountTotals() {
  const level = dials.level("totals");
  if (level) await totals.hold(() => pause(110 * level));
}

export async function reserveThenBill() {
  if (dials.level("order")) await stock.hold(async () => { await pause(30); await ledger.hold(() => pause(1)); });
}

export async function billThenReserve() {
  if (dials.level("order")) await ledger.hold(async () => { await pause(30); await stock.hold(() => pause(1)); });
}

export function burn() {
  for (const [name, work] of [["coupon", checkCoupon], ["clone", cloneState], ["seal", sealToken], ["merge", mergeLines]]) {
    const level = dials.level(name);
    if (level) work(level);
  }
}

export function describeOwner(row) {
  if (dials.hits("owner")) return row.owner.name;
  if (dials.hits("payload")) return JSON.parse(`{"id": ${row.id}, "owner": <redacted>}`);
  if (dials.hits("range")) return (12.5).toFixed(row.id + 120);
  return `owner of ${row.id}`;
}

export function importFeed() {
  return Promise.reject(new Error("feed page 17: cursor is null"));
}

export function sweepStale() {
  const level = dials.level("hoard");
  if (level) hoard.push(rows(7_000_000 * level));
}
