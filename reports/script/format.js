"use strict";
/* Numbers and times as the report's own text shows them. */

function plain(value) {
  const size = Math.abs(value);
  const trim = (text) => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);
  if (size >= 1e15 || (size > 0 && size < 1e-4)) return value.toExponential(2).replace(/e([+-])(\d)$/, "e$10$2");
  if (size >= 1e9) return trim((value / 1e9).toPrecision(3)) + " G";
  if (size >= 1e6) return trim((value / 1e6).toPrecision(3)) + " M";
  if (size >= 100 || Number.isInteger(value)) return Math.round(value).toLocaleString("en-US").replace("-", "−");
  return trim(value.toFixed(2 - Math.floor(Math.log10(size)))).replace("-", "−");
}

function span(seconds) {
  const size = Math.abs(seconds);
  if (size === 0) return "0 s";
  if (size < 1e-3) return plain(seconds * 1e6) + " µs";
  if (size < 0.9995) return plain(seconds * 1e3) + " ms";
  if (size < 99.95) return plain(seconds) + " s";
  for (const [name, unit, small, part, until] of [["min", 60, "s", 1, 3599.5], ["h", 3600, "min", 60, 86370], ["d", 86400, "h", 3600, Infinity]]) {
    if (size >= until) continue;
    const parts = Math.round(size / part);
    const whole = Math.floor(parts / (unit / part)), rest = parts % (unit / part);
    return (seconds < 0 ? "−" : "") + whole.toLocaleString("en-US") + " " + name + (rest ? ` ${rest} ${small}` : "");
  }
}

function perSecond(seconds) {
  const size = Math.abs(seconds);
  if (size > 0 && size < 0.9995e-3) return plain(seconds * 1e6) + " µs";
  return size > 0 && size < 0.9995 ? plain(seconds * 1e3) + " ms" : plain(seconds) + " s";
}

function bytes(value) {
  let size = Math.abs(value), step = 0;
  for (; size >= 1023.5 && step < 5; step++) size /= 1024;
  const text = step === 0 || size >= 100 ? size.toFixed(0) : size.toPrecision(3).replace(/\.?0+$/, "");
  return (value < 0 ? "−" : "") + text + " " + ["B", "KiB", "MiB", "GiB", "TiB", "PiB"][step];
}

function quantity(value, unit) {
  const [base, per] = unit.split("/");
  const every = per ? "/" + per : "";
  const scale = { nanoseconds: 1e-9, microseconds: 1e-6, milliseconds: 1e-3 }[base];
  if (base === "bytes") return bytes(value) + every;
  if (base === "seconds" || scale) return per ? perSecond(value * (scale || 1)) + ({ s: " per second", min: " per minute" }[per] || every) : span(value * (scale || 1));
  if (base === "ratio" || base === "percent") return plain(value * (base === "ratio" ? 100 : 1)) + "%";
  return base && base !== "count" ? plain(value) + " " + base + every : plain(value) + every;
}

function clock(seconds) {
  return new Date(Math.round(seconds) * 1000).toISOString().slice(11, 19);
}
