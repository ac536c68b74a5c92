// The key-value store behind a bounded pool of connections.
import genericPool from "generic-pool";
import Redis from "ioredis";
import { pool as gauges, log } from "./telemetry.js";
import { settings } from "./settings.js";

const [host, port] = settings.store.split(":");

function connect() {
  const client = new Redis({
    host, port: Number(port), password: settings.password, lazyConnect: true, connectTimeout: 1000,
    maxRetriesPerRequest: 1, retryStrategy: (times) => Math.min(times * 200, 2000),
  });
  client.on("error", (err) => log.debug({ err }, "store connection"));
  return client;
}

function build(size) {
  gauges.size.set(size);
  return genericPool.createPool(
    { create: async () => connect(), destroy: async (client) => client.disconnect() },
    { max: size, min: 0, acquireTimeoutMillis: settings.config.store_wait_ms, idleTimeoutMillis: 30000 },
  );
}

let pool = build(settings.config.store_pool_size);
let size = settings.config.store_pool_size;

/** Takes the pool size from the configuration again. */
export function resize() {
  if (size === settings.config.store_pool_size) return;
  size = settings.config.store_pool_size;
  pool = build(size);
}

export function measure() {
  gauges.used.set(pool.borrowed);
  gauges.waiting.set(pool.pending);
}

/** Runs work with a connection; with keep the connection is never given back. */
export async function withStore(work, { keep = false } = {}) {
  const from = pool;
  const stop = gauges.wait.startTimer();
  let client;
  try {
    client = await from.acquire();
  } catch (err) {
    throw new Error(`no store connection within ${settings.config.store_wait_ms} ms (pool ${from.borrowed}/${from.max}, ${from.pending} waiting)`, { cause: err });
  } finally {
    stop();
  }
  try {
    return await work(client);
  } finally {
    if (!keep) await from.release(client);
  }
}
