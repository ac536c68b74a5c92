/* The flame graph: callers on top, one canvas, zoom by click or keyboard. */

const HEIGHT = 19;

class Flame {
  constructor(box, data) {
    this.box = box;
    this.data = data;
    this.own = new Set(data.own);
    this.mode = "after";
    this.query = "";
    this.nodes = this.read(data.nodes);
    this.focus = this.root;
    this.picked = null;
    this.canvas = document.createElement("canvas");
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute("role", "application");
    this.canvas.setAttribute("aria-label", "Flame graph. Arrow keys walk the calls, Enter zooms, Escape resets.");
    box.replaceChildren(this.canvas);
    this.listen();
    this.layout();
    this.tell(null);
  }

  read(flat) {
    this.root = { depth: -1, after: this.data.total, before: this.data.before, name: "all", children: [], parent: null };
    const open = [this.root], nodes = [];
    for (let i = 0; i < flat.length; i += 4) {
      const [depth, after, before, name] = flat.slice(i, i + 4);
      open.length = depth + 1;
      const parent = open[depth];
      const node = { depth, after, before, name: this.data.names[name], own: this.own.has(name), children: [], parent };
      parent.children.push(node);
      open.push(node);
      nodes.push(node);
    }
    return nodes;
  }

  value(node) {
    return this.mode === "before" ? node.before : node.after;
  }

  layout() {
    const place = (node, x, width) => {
      node.x = x;
      node.w = width;
      let at = x;
      for (const child of node.children) {
        const share = this.value(node) ? this.value(child) / this.value(node) : 0;
        place(child, at, width * share);
        at += width * share;
      }
    };
    place(this.root, 0, 1);
    this.draw();
  }

  screen(node) {
    const scale = this.focus.w ? 1 / this.focus.w : 0;
    const above = this.focus !== node && this.isAncestor(node, this.focus);
    return above ? [0, 1] : [(node.x - this.focus.x) * scale, node.w * scale];
  }

  isAncestor(node, of) {
    for (let up = of; up; up = up.parent) if (up === node) return true;
    return false;
  }

  visible(node) {
    return this.isAncestor(node, this.focus) || this.isAncestor(this.focus, node);
  }

  draw() {
    const ratio = devicePixelRatio || 1, width = Math.floor((this.box.clientWidth - 16) * ratio) / ratio;
    const style = getComputedStyle(document.documentElement);
    const known = {};
    const colour = (name) => (known[name] ??= style.getPropertyValue("--" + name).trim());
    const shown = this.nodes.filter((node) => this.visible(node) && this.screen(node)[1] * width > 0.4);
    const depth = shown.reduce((most, node) => Math.max(most, node.depth), 0) + 1;
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(depth * HEIGHT * ratio);
    this.canvas.style.width = width + "px";
    this.canvas.style.height = depth * HEIGHT + "px";
    const pen = this.canvas.getContext("2d");
    pen.scale(ratio, ratio);
    pen.font = `11.5px ${getComputedStyle(document.body).fontFamily}`;
    pen.textBaseline = "middle";
    for (const node of shown) this.box2(pen, node, width, colour);
    this.shown = shown;
  }

  box2(pen, node, width, colour) {
    const [share, size] = this.screen(node);
    const x = share * width, w = Math.max(size * width - (size * width > 3 ? 1 : 0), 0.5), y = node.depth * HEIGHT;
    const matched = this.query && node.name.toLowerCase().includes(this.query);
    pen.globalAlpha = (this.query && !matched) || (this.focus.depth > node.depth && this.focus !== this.root) ? 0.35 : 1;
    pen.fillStyle = this.fill(node, colour);
    pen.fillRect(x, y, w, HEIGHT - 1);
    if (w > 26) {
      pen.save();
      pen.beginPath();
      pen.rect(x, y, w - 4, HEIGHT);
      pen.clip();
      pen.fillStyle = colour("frame-ink");
      pen.fillText(pen.measureText(node.name).width < w - 8 ? node.name : node.name.replace(/^.*\//, ""), x + 5, y + HEIGHT / 2);
      pen.restore();
    }
    pen.globalAlpha = 1;
    if (node === this.picked || node.name === this.data.culprit) {
      pen.strokeStyle = node === this.picked ? colour("ink") : colour("hurt");
      pen.lineWidth = 2;
      pen.strokeRect(x + 1, y + 1, Math.max(w - 2, 1), HEIGHT - 3);
    }
  }

  fill(node, colour) {
    if (this.mode === "change") {
      const delta = this.delta(node);
      const strength = Math.min(1, Math.abs(delta) * 1.6);
      if (Math.abs(delta) < 0.002) return colour("lib-alt");
      return `rgb(${colour(delta > 0 ? "grew" : "shrank")} / ${(0.18 + 0.62 * strength).toFixed(2)})`;
    }
    const odd = node.depth % 2 === 1;
    return colour((node.own ? "own" : "lib") + (odd ? "-alt" : ""));
  }

  delta(node) {
    if (!this.data.relative) return (node.after - node.before) / (Math.max(this.data.total, this.data.before) || 1);
    return node.after / (this.data.total || 1) - node.before / (this.data.before || 1);
  }

  hit(event) {
    const box = this.canvas.getBoundingClientRect();
    const x = (event.clientX - box.left) / box.width, depth = Math.floor((event.clientY - box.top) / HEIGHT);
    return this.shown.find((node) => node.depth === depth && x >= this.screen(node)[0] && x < this.screen(node)[0] + this.screen(node)[1]);
  }

  tell(node) {
    const line = document.getElementById("frame");
    if (!node) { line.textContent = this.query ? this.matched() : "Point at a call, or walk with the arrow keys."; return; }
    const total = (this.mode === "before" ? this.data.before : this.data.total) || 1;
    const name = document.createElement("b");
    name.textContent = node.name;
    const parts = [` ${quantity(this.value(node), this.data.unit)}, ${plain((this.value(node) / total) * 100)}%`];
    if (this.data.before) parts.push(this.mode === "before" ? `now ${quantity(node.after, this.data.unit)}` : `before ${quantity(node.before, this.data.unit)}`);
    line.replaceChildren(name, parts.join(", "));
  }

  matched() {
    const top = this.nodes.filter((node) => node.name.toLowerCase().includes(this.query));
    const outer = top.filter((node) => { for (let up = node.parent; up; up = up.parent) if (top.includes(up)) return false; return true; });
    const sum = outer.reduce((all, node) => all + this.value(node), 0);
    const total = (this.mode === "before" ? this.data.before : this.data.total) || 1;
    return top.length ? `${top.length} ${top.length === 1 ? "call matches" : "calls match"}, ${plain((sum / total) * 100)}% in all` : "no function matches";
  }

  zoom(node) {
    this.focus = node || this.root;
    document.getElementById("flame-out").disabled = this.focus === this.root;
    this.draw();
  }

  key(event) {
    const from = this.picked || this.focus;
    const siblings = from.parent ? from.parent.children.filter((node) => this.value(node)) : [];
    const next = {
      ArrowDown: () => from.children.reduce((best, node) => (!best || this.value(node) > this.value(best) ? node : best), null),
      ArrowUp: () => from.parent,
      ArrowLeft: () => siblings[siblings.indexOf(from) - 1],
      ArrowRight: () => siblings[siblings.indexOf(from) + 1],
    }[event.key];
    if (next) {
      const node = next();
      if (node && node !== this.root) { this.picked = node; if (!this.visible(node)) this.focus = this.root; }
    } else if (event.key === "Enter" && this.picked) this.zoom(this.picked);
    else if (event.key === "Escape") { this.picked = null; this.zoom(this.root); }
    else return;
    event.preventDefault();
    this.draw();
    this.tell(this.picked);
  }

  search(text) {
    this.query = text.trim().toLowerCase();
    this.draw();
    this.tell(null);
  }

  listen() {
    this.canvas.addEventListener("mousemove", (event) => this.tell(this.hit(event)));
    this.canvas.addEventListener("mouseleave", () => this.tell(this.picked));
    this.canvas.addEventListener("click", (event) => { const node = this.hit(event); if (node) { this.picked = node; this.zoom(node === this.focus ? node.parent : node); this.tell(node); } });
    this.canvas.addEventListener("keydown", (event) => this.key(event));
    document.getElementById("find").addEventListener("input", (event) => this.search(event.target.value));
    document.getElementById("flame-out").addEventListener("click", () => this.zoom(this.root));
    for (const button of document.querySelectorAll("[data-mode]")) {
      button.addEventListener("click", () => {
        this.mode = button.dataset.mode;
        for (const other of document.querySelectorAll("[data-mode]")) other.setAttribute("aria-pressed", String(other === button));
        for (const legend of document.querySelectorAll("[data-legend]")) legend.hidden = (legend.dataset.legend === "change") !== (this.mode === "change");
        this.focus = this.root;
        this.layout();
      });
    }
    for (const change of ["theme", "resize"]) (change === "theme" ? document : window).addEventListener(change, () => this.draw());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
  }
}
