// The client of the rates service: one agent, a time-out, names from the configured resolver.
import dns from "node:dns";
import http from "node:http";
import https from "node:https";
import { ratesTime, sockets } from "./telemetry.js";
import { settings } from "./settings.js";

const resolver = new dns.Resolver({ timeout: 1000, tries: 2 });
if (settings.resolver) resolver.setServers([settings.resolver]);

function lookup(hostname, options, done) {
  resolver.resolve4(hostname, (err, addresses) => {
    if (err) return done(err);
    return options.all ? done(null, addresses.map((address) => ({ address, family: 4 }))) : done(null, addresses[0], 4);
  });
}

const base = new URL(settings.upstream);
const scheme = base.protocol === "https:" ? https : http;
const newAgent = () => new scheme.Agent({ keepAlive: true, maxSockets: Infinity, ca: settings.authority });
const agent = newAgent();
const kept = [];
const agents = [agent];

const count = (lists) => Object.values(lists).reduce((sum, list) => sum + list.length, 0);

export function measure() {
  sockets.set({ state: "active" }, agents.reduce((sum, one) => sum + count(one.sockets), 0));
  sockets.set({ state: "idle" }, agents.reduce((sum, one) => sum + count(one.freeSockets), 0));
}

/** One call. With unread the body is left on the wire; with fresh the call gets an agent of its own. */
export function askRates(basket, { unread = false, fresh = false } = {}) {
  const chosen = fresh ? newAgent() : agent;
  if (fresh) agents.push(chosen);
  const stop = ratesTime.startTimer();
  return new Promise((resolve, reject) => {
    const fail = (err) => {
      stop({ outcome: "error" });
      reject(new Error(`rates service: ${err.message}`, { cause: err }));
    };
    const request = scheme.get(
      { host: base.hostname, port: base.port, path: `${settings.config.rates_path}?basket=${basket}`, agent: chosen, lookup,
        headers: { authorization: `Bearer ${settings.token}` } },
      (answer) => receive(answer, { unread, stop, resolve, fail }),
    );
    if (settings.config.rates_timeout_ms) {
      request.setTimeout(settings.config.rates_timeout_ms, () =>
        request.destroy(new Error(`timeout of ${settings.config.rates_timeout_ms}ms exceeded`)));
    }
    request.on("error", fail);
  });
}

function receive(answer, { unread, stop, resolve, fail }) {
  if (unread) {
    kept.push(answer);
    answer.socket.setTimeout(0);
    stop({ outcome: "ok" });
    resolve("{}");
    return;
  }
  let body = "";
  answer.on("data", (part) => { body += part; });
  answer.on("end", () => {
    if (answer.statusCode !== 200) {
      const after = answer.headers["retry-after"];
      fail(new Error(`unexpected status ${answer.statusCode} ${answer.statusMessage}${after ? `, retry after ${after}s` : ""}`));
      return;
    }
    stop({ outcome: "ok" });
    resolve(body);
  });
}
