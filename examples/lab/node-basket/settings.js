// Settings from the environment, and a configuration file that SIGHUP reads again.
import fs from "node:fs";

const env = process.env;

export const settings = {
  port: Number(env.LAB_PORT ?? 8080),
  seed: Number(env.LAB_SEED ?? 0),
  version: env.LAB_VERSION ?? "5.12.0",
  upstream: env.LAB_UPSTREAM ?? "http://127.0.0.1:9",
  resolver: env.LAB_DNS,
  authority: env.LAB_CA && fs.existsSync(env.LAB_CA) ? fs.readFileSync(env.LAB_CA) : undefined,
  store: env.LAB_STORE ?? "127.0.0.1:6379",
  password: env.LAB_STORE_PASSWORD,
  token: env.LAB_TOKEN ?? "t-1",
  data: env.LAB_DATA ?? ".",
  config: {},
};

const defaults = {
  store_pool_size: 6, store_wait_ms: 1500, rates_timeout_ms: 2500, rates_path: "/v1/rates",
  cache_entries: 300, cache_kb: 4, max_inflight: 200, job_every_s: 40, known_bad: 0,
};

/** Reads the file; returns "key: old -> new" for what changed. */
export function reload() {
  const text = env.LAB_CONFIG && fs.existsSync(env.LAB_CONFIG) ? fs.readFileSync(env.LAB_CONFIG, "utf8") : "{}";
  const fresh = { ...defaults, ...JSON.parse(text) };
  const changed = Object.keys(fresh)
    .filter((key) => settings.config[key] !== fresh[key])
    .map((key) => `${key}: ${settings.config[key]} -> ${fresh[key]}`);
  settings.config = fresh;
  return changed;
}

reload();
