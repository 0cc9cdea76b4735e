"use strict";
// Reads the curves out under the pointer; without it the page says the same, less conveniently.
for (const figure of document.querySelectorAll("figure[data-panel]")) {
  const panel = JSON.parse(figure.dataset.panel);
  const svg = figure.querySelector("svg");
  const [left, top, width, height] = panel.area;
  const [low, high, bottom, peak] = panel.range;
  const xOf = value => left + (value - low) / (high - low) * width;
  const yOf = value => top + (peak - value) / (peak - bottom) * height;
  const shape = (name, attributes) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  };
  const cursor = shape("g", { visibility: "hidden" });
  const line = shape("line", { y1: top, y2: top + height, stroke: "var(--muted)", "stroke-dasharray": "2 3" });
  const dots = panel.lines.map(curve => shape("circle", { r: 4, fill: curve.color, stroke: "var(--surface)", "stroke-width": 1.5 }));
  cursor.append(line, ...dots);
  svg.append(cursor);
  const tip = document.createElement("div");
  tip.className = "tip";
  figure.append(tip);

  const nearest = (xs, value) => {
    let from = 0;
    let to = xs.length - 1;
    while (to - from > 1) {
      const middle = (from + to) >> 1;
      if (xs[middle] < value) from = middle; else to = middle;
    }
    return Math.abs(xs[from] - value) <= Math.abs(xs[to] - value) ? from : to;
  };
  const hide = () => {
    cursor.setAttribute("visibility", "hidden");
    tip.style.display = "none";
  };
  svg.addEventListener("pointerleave", hide);
  svg.addEventListener("pointermove", event => {
    const box = svg.getBoundingClientRect();
    const scale = box.width / svg.viewBox.baseVal.width;
    const x = (event.clientX - box.left) / scale;
    const curves = panel.lines.filter(curve => curve.x.length > 0);
    if (x < left - 4 || x > left + width + 4 || curves.length === 0) return hide();
    const value = low + (x - left) / width * (high - low);
    // The curve with the most points sets the place; the others answer with their nearest one.
    const densest = curves.reduce((a, b) => a.x.length >= b.x.length ? a : b);
    const place = densest.x[nearest(densest.x, value)];
    line.setAttribute("x1", xOf(place));
    line.setAttribute("x2", xOf(place));
    tip.replaceChildren(`${panel.unit} ${place.toLocaleString("en")}`);
    panel.lines.forEach((curve, i) => {
      dots[i].setAttribute("visibility", curve.x.length > 0 ? "inherit" : "hidden");
      if (curve.x.length === 0) return;
      const at = nearest(curve.x, place);
      dots[i].setAttribute("cx", xOf(curve.x[at]));
      dots[i].setAttribute("cy", yOf(curve.y[at]));
      const row = document.createElement("div");
      const name = document.createElement("span");
      name.style.color = curve.color;
      name.textContent = curve.name + " ";
      row.append(name, curve.text[at], curve.x[at] === place ? "" : ` at ${curve.x[at].toLocaleString("en")}`);
      tip.append(row);
    });
    cursor.setAttribute("visibility", "visible");
    tip.style.display = "block";
    const beside = xOf(place) * scale + 28;
    tip.style.left = `${beside + tip.offsetWidth > figure.clientWidth ? beside - tip.offsetWidth - 28 : beside}px`;
    tip.style.top = `${top * scale + 18}px`;
  });
}
