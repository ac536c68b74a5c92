// Faults that can be switched on while the service runs.

export class Dials {
  constructor(catalogue) {
    this.catalogue = catalogue;
    this.on = new Map();
  }

  /** 0 when off, otherwise the strength, ramped up over the creep time. */
  level(name) {
    const dial = this.on.get(name);
    if (!dial) return 0;
    const elapsed = (Date.now() - dial.since) / 1000;
    return dial.creep > 0 ? dial.strength * Math.min(1, elapsed / dial.creep) : dial.strength;
  }

  hits(name) {
    const level = this.level(name);
    return level > 0 && Math.random() < level;
  }

  /** False when there is no fault of that name. */
  switch(name, strength, creep) {
    if (!this.catalogue.some((fault) => fault.name === name)) return false;
    this.on.set(name, { strength, creep, since: Date.now() });
    return true;
  }

  clear() {
    this.on.clear();
  }
}
