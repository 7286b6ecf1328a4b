// Curves over the epochs, as SVG; a line marks the epoch that is shown, and a click goes to another.
const dashes = ["", "7 3", "2 3", "9 3 2 3", "12 4", "4 2 1 2", "1 2"];

function svg(name, attributes, parent) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  parent.append(made);
  return made;
}

// From values to heights between 0 and 1, and where to write numbers at the axis.
function scale_of(values, {low, high, log}) {
  const some = values.filter((v) => Number.isFinite(v) && (!log || v > 0));
  let from = low ?? some.reduce((a, b) => Math.min(a, b), Infinity);
  let to = high ?? some.reduce((a, b) => Math.max(a, b), -Infinity);
  if (some.length === 0) [from, to] = log ? [0.1, 1] : [0, 1];
  if (from === to) [from, to] = log ? [from / 2, to * 2] : [from - 0.5, to + 0.5];
  if (!log) return {height: (v) => (v - from) / (to - from), ticks: round_numbers(from, to, 4)};
  const [a, b] = [Math.log10(from), Math.log10(to)];
  const apart = Math.max(1, Math.ceil((b - a) / 4));
  let ticks = [];
  for (let p = Math.ceil(a); p <= b; p += apart) ticks.push(10 ** p);
  if (ticks.length < 2) ticks = [from, to];
  return {height: (v) => (v > 0 ? (Math.log10(v) - a) / (b - a) : NaN), ticks};
}

// series: [{name, values}]; look: {label, text, tick, low, high, log}; text and tick write numbers.
// go_to(index) is called on a click. What comes back draws the curves anew, and moves the mark.
function chart(host, series, look, go_to) {
  const picture = svg("svg", {role: "img", "aria-label": look.label}, host);
  const key = document.createElement("ul");
  key.className = "key";
  const figures = series.map(({name}, k) => {
    if (series.length === 1) return null;
    const item = document.createElement("li");
    const line = svg("svg", {width: 34, height: 12, "aria-hidden": "true"}, item);
    svg("path", {d: "M1 6H33", class: "curve curve-" + k, "stroke-dasharray": dashes[k % 7]}, line);
    item.append(" " + name + " ");
    const figure = document.createElement("span");
    figure.className = "number";
    item.append(figure);
    key.append(item);
    return figure;
  });
  if (series.length > 1) host.append(key);
  const scale = scale_of(series.flatMap((one) => one.values), look);
  const first = run.epochs[0], length = run.epochs[run.epochs.length - 1] - first || 1;
  const left = 52, right = 10, top = 8, bottom = 24, height = 150;
  let width = 0, mark, dots;
  const x = (i) => left + ((run.epochs[i] - first) / length) * (width - left - right);
  const y = (v) => top + (1 - scale.height(v)) * (height - top - bottom);

  function draw() {
    width = Math.max(200, host.clientWidth);
    picture.replaceChildren();
    picture.setAttribute("viewBox", `0 0 ${width} ${height}`);
    for (const tick of scale.ticks) {
      svg("path", {d: `M${left} ${y(tick)}H${width - right}`, class: "grid"}, picture);
      svg("text", {x: left - 6, y: y(tick) + 4, "text-anchor": "end"}, picture).textContent = look.tick(tick);
    }
    for (const epoch of round_numbers(first, first + length, 5).filter(Number.isInteger)) {
      const at = left + ((epoch - first) / length) * (width - left - right);
      svg("text", {x: at, y: height - 6, "text-anchor": "middle"}, picture).textContent = epoch;
    }
    mark = svg("path", {class: "mark"}, picture);
    series.forEach(({values}, k) => {
      let path = "", pen = "M";
      values.forEach((value, i) => {
        if (Number.isFinite(y(value))) path += pen + x(i).toFixed(1) + " " + y(value).toFixed(1);
        pen = Number.isFinite(y(value)) ? "L" : "M";
      });
      svg("path", {d: path, class: "curve curve-" + k, "stroke-dasharray": dashes[k % 7]}, picture);
    });
    dots = series.map((_, k) => svg("circle", {r: 4.5, class: "dot curve-" + k}, picture));
  }

  function show(index) {
    mark.setAttribute("d", `M${x(index)} ${top}V${height - bottom}`);
    series.forEach(({values}, k) => {
      const at = y(values[index]);
      dots[k].setAttribute("visibility", Number.isFinite(at) ? "visible" : "hidden");
      if (Number.isFinite(at)) dots[k].setAttribute("cy", at);
      dots[k].setAttribute("cx", x(index));
      if (figures[k] !== null) figures[k].textContent = look.text(values[index]);
    });
  }

  const follow = (event) => {
    const box = picture.getBoundingClientRect();
    const share = (((event.clientX - box.left) / box.width) * width - left) / (width - left - right);
    go_to(nearest_index(first + share * length));
  };
  picture.addEventListener("pointerdown", (event) => {
    picture.setPointerCapture(event.pointerId);
    follow(event);
  });
  picture.addEventListener("pointermove", (event) => {
    if (picture.hasPointerCapture(event.pointerId)) follow(event);
  });
  return {draw, show};
}

// The place of the epoch that was recorded nearest to this one.
function nearest_index(epoch) {
  let best = 0;
  run.epochs.forEach((e, i) => {
    if (Math.abs(e - epoch) < Math.abs(run.epochs[best] - epoch)) best = i;
  });
  return best;
}
