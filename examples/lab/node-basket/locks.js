// A lock for asynchronous work: callers queue up in order.
import { lockWaiters } from "./telemetry.js";

export class Lock {
  constructor(name) {
    this.name = name;
    this.tail = Promise.resolve();
  }

  async hold(work) {
    const before = this.tail;
    let free;
    this.tail = new Promise((resolve) => { free = resolve; });
    lockWaiters.inc();
    await before;
    lockWaiters.dec();
    try {
      return await work();
    } finally {
      free();
    }
  }
}

export const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });
