// What the service does for its callers.
import fs from "node:fs/promises";
import path from "node:path";
import { askRates } from "./rates.js";
import { cacheEntries, log } from "./telemetry.js";
import { settings } from "./settings.js";
import { withStore } from "./store.js";
import { pause } from "./locks.js";
import * as work from "./work.js";

const cache = new Map();
const { dials } = work;

async function getBasket(basket) {
  work.rememberVisit(basket);
  work.watchStock(basket);
  work.scheduleReminder(basket);
  work.awaitReceipt();
  await work.loadBanner();
  await work.recountTotals();
  const { known_bad: bad, cache_kb: kb, cache_entries: most } = settings.config;
  if ((bad && Number(basket) % bad === 0) || (dials.hits("trickle") && Math.random() < 0.03)) {
    throw new Error(`basket ${basket} has no currency`);
  }
  const owner = work.describeOwner({ id: Number(basket) });
  if (cache.has(basket)) return { basket, owner, cached: true };
  const text = await withStore((store) => store.get(`basket:${basket}`));
  cache.set(basket, Buffer.alloc(kb * 1024, 1));
  if (cache.size > most) cache.delete(cache.keys().next().value);
  cacheEntries.set(cache.size);
  return { basket, text, owner };
}

async function getItems(basket) {
  const rows = await withStore(async (store) => {
    await pause(3 + 1500 * dials.level("poolslow"));
    return store.mget(`basket:${basket}`, `items:${basket}`);
  });
  work.burn();
  work.expandTemplate();
  await work.recountTotals();
  await work.billThenReserve();
  return { basket, rows };
}

async function getDelivery(basket) {
  const body = await askRates(basket, { unread: dials.hits("unread"), fresh: dials.hits("agents") });
  return { basket, size: body.length };
}

async function postOrders(basket) {
  await work.reserveThenBill();
  const keep = Math.random() < 0.3 * dials.level("poolleak");
  await withStore((store) => store.set(`basket:${basket}`, `order ${Date.now()}`), { keep });
  await fs.appendFile(path.join(settings.data, "orders.journal"), `${JSON.stringify({ basket, pad: "x".repeat(300) })}\n`);
  log.info({ basket: Number(basket) }, "orders accepted");
  return { ok: true };
}

/** Route template and handler of a request. */
export function route(method, url) {
  const basket = url.searchParams.get("basket") ?? url.pathname.split("/")[2] ?? "1";
  if (url.pathname.startsWith("/basket/")) return ["/basket/:id", () => getBasket(basket)];
  if (url.pathname === "/items") return ["/items", () => getItems(basket)];
  if (url.pathname === "/delivery") return ["/delivery", () => getDelivery(basket)];
  if (url.pathname === "/orders" && method === "POST") return ["/orders", () => postOrders(basket)];
  return null;
}
