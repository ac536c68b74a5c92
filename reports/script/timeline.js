/* The crosshair through all rows, and zooming. */

const AXIS = 2000;

function points(path, row) {
  const found = [];
  let x = 0, y = 0;
  for (const [, command, text] of path.getAttribute("d").matchAll(/([Ml])([^MlvVhz]*)/g)) {
    const numbers = text.match(/-?\d+/g) || [];
    for (let i = 0; i + 1 < numbers.length; i += 2) {
      x = command === "M" ? +numbers[i] : x + +numbers[i];
      y = command === "M" ? +numbers[i + 1] : y + +numbers[i + 1];
      if (command === "l") found.push([x, row.low + (1 - y / 1000) * (row.high - row.low)]);
    }
  }
  if (!row.bars) return found;
  for (const [, at, height] of path.getAttribute("d").matchAll(/M(\d+),1000v-(\d+)/g)) {
    found.push([+at, Math.round((height / 1000) * row.high)]);
  }
  return found;
}

class Timeline {
  constructor(box, data) {
    this.box = box;
    this.data = data;
    this.from = 0;
    this.to = AXIS;
    this.at = null;
    this.draws = [...box.querySelectorAll(".draw")];
    this.rows = [...box.querySelectorAll(".row:not(.scale)")].map((element, i) => this.row(element, data.rows[i]));
    this.cross = box.appendChild(Object.assign(document.createElement("div"), { className: "cross", hidden: true }));
    this.cross.appendChild(document.createElement("span"));
    this.brush = box.appendChild(Object.assign(document.createElement("div"), { className: "brush", hidden: true }));
    this.listen();
  }

  row(element, chart) {
    const value = element.querySelector(".value");
    const shown = chart && document.querySelector(element.querySelectorAll("use")[1].getAttribute("href"));
    return { chart, value, name: element.querySelector(".name").firstElementChild.textContent, kept: [...value.childNodes], points: shown ? points(shown, chart) : [] };
  }

  listen() {
    let start = null;
    this.box.addEventListener("pointermove", (event) => {
      if (start !== null) this.showBrush(start, event.clientX);
      this.move(this.x(event.clientX));
    });
    this.box.addEventListener("pointerleave", () => { this.clear(); this.brush.hidden = true; start = null; });
    this.box.addEventListener("pointerdown", (event) => {
      if (event.target.closest(".draw") && event.pointerType === "mouse") { start = event.clientX; event.preventDefault(); this.box.focus({ preventScroll: true }); }
    });
    this.box.addEventListener("pointerup", (event) => {
      if (start !== null && Math.abs(event.clientX - start) > 6) {
        const ends = [this.x(start), this.x(event.clientX)].sort((a, b) => a - b);
        this.zoom(...ends);
      }
      start = null;
      this.brush.hidden = true;
    });
    this.box.addEventListener("keydown", (event) => this.key(event));
    this.box.addEventListener("blur", () => this.clear());
    document.getElementById("zoom-out").addEventListener("click", () => this.zoom(0, AXIS));
    const onset = document.getElementById("zoom-onset");
    onset.hidden = this.data.onset === null;
    onset.addEventListener("click", () => this.zoom(this.data.onset - AXIS / 10, this.data.onset + AXIS / 10));
  }

  key(event) {
    const width = this.to - this.from, at = this.at ?? this.data.onset ?? this.from;
    const step = event.shiftKey ? width / 20 : width / 100;
    if (event.key === "ArrowLeft") this.move(at - step, true);
    else if (event.key === "ArrowRight") this.move(at + step, true);
    else if (event.key === "Home") this.move(this.from, true);
    else if (event.key === "End") this.move(this.to, true);
    else if (event.key === "+" || event.key === "=") this.zoom(at - width / 4, at + width / 4);
    else if (event.key === "-") this.zoom(this.from - width / 2, this.to + width / 2);
    else if (event.key === "Escape") { this.zoom(0, AXIS); this.clear(); }
    else return;
    event.preventDefault();
  }

  bounds() {
    return this.draws[0].getBoundingClientRect();
  }

  x(pixel) {
    const { left, width } = this.bounds();
    return Math.min(Math.max(this.from + ((pixel - left) / width) * (this.to - this.from), this.from), this.to);
  }

  pixel(x) {
    const { left, width } = this.bounds();
    return left - this.box.getBoundingClientRect().left - this.box.clientLeft + ((x - this.from) / (this.to - this.from)) * width;
  }

  showBrush(one, other) {
    const [a, b] = [this.pixel(this.x(one)), this.pixel(this.x(other))].sort((p, q) => p - q);
    this.brush.hidden = false;
    Object.assign(this.brush.style, { left: a + "px", width: b - a + "px" });
  }

  move(x, aloud) {
    this.at = Math.min(Math.max(x, this.from), this.to);
    const moment = clock(this.data.start + (this.at / AXIS) * (this.data.end - this.data.start));
    this.cross.hidden = false;
    this.cross.style.left = this.pixel(this.at) + "px";
    this.cross.firstChild.textContent = moment;
    const spoken = this.rows.filter((row) => row.points.length).map((row) => row.name + " " + this.read(row));
    if (aloud) document.getElementById("reading").textContent = moment + ": " + spoken.join(", ");
  }

  read(row) {
    const near = row.chart.bars ? 0 : AXIS / 60;
    let best = null;
    for (const point of row.points) {
      if (row.chart.bars ? point[0] <= this.at : best === null || Math.abs(point[0] - this.at) < Math.abs(best[0] - this.at)) best = point;
    }
    const width = row.chart.bars ? row.chart.edge : near;
    const hit = best && Math.abs(best[0] - this.at) <= width;
    const text = hit ? quantity(best[1], row.chart.unit) : row.chart.bars ? "0 " + row.chart.unit : "no data";
    const bold = document.createElement("b");
    bold.textContent = text;
    row.value.replaceChildren(bold);
    return text;
  }

  clear() {
    this.at = null;
    this.cross.hidden = true;
    for (const row of this.rows) row.value.replaceChildren(...row.kept);
  }

  zoom(from, to) {
    if (to - from < AXIS / 200) return;
    this.from = Math.max(0, from);
    this.to = Math.min(AXIS, to);
    const box = this.box.querySelector(".plot").viewBox.baseVal;
    for (const plot of this.box.querySelectorAll(".plot")) plot.setAttribute("viewBox", [this.from, box.y, this.to - this.from, box.height].join(" "));
    for (const element of this.box.querySelectorAll("[data-x]")) {
      const share = (element.dataset.x - this.from) / (this.to - this.from);
      element.setAttribute("x", share * 100 + "%");
      element.style.visibility = share < 0 || share > 1 ? "hidden" : "";
    }
    document.getElementById("zoom-out").disabled = this.from === 0 && this.to === AXIS;
  }
}
