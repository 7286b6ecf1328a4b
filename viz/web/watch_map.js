// Pictures over the plane: what a neuron gives at every place, where it changes sides, and the points.

// The area that is shown, in the network's units: all points and some room, not too narrow or too flat.
const area = (() => {
  const range = (k) => {
    const all = run.points.map((point) => point[k]);
    const low = all.reduce((a, b) => Math.min(a, b)), high = all.reduce((a, b) => Math.max(a, b));
    return [(low + high) / 2, high - low || 1];
  };
  const [x, width] = range(0), [y, height] = range(1);
  const room = 0.22 * Math.max(width, height);
  const w = Math.max(width + room, 0.75 * (height + room)), h = Math.max(height + room, w / 1.5);
  return {left: x - w / 2, bottom: y - h / 2, width: w, height: h, aspect: w / h};
})();

// Places in rows from the top, as pixels are.
function grid_of(columns) {
  const rows = Math.round(columns / area.aspect);
  const xs = new Float64Array(rows * columns), ys = new Float64Array(rows * columns);
  for (let i = 0; i < xs.length; ++i) {
    xs[i] = area.left + (area.width * ((i % columns) + 0.5)) / columns;
    ys[i] = area.bottom + area.height * (1 - (Math.floor(i / columns) + 0.5) / rows);
  }
  return {columns, rows, xs, ys};
}

// The colours of the style sheet, as it now is: from --low over --middle to --high, dark to light or the
// other way around, so that they are in order without colour, too.
function palette_of() {
  const style = getComputedStyle(document.body);
  const text = (name) => style.getPropertyValue(name).trim();
  const rgb = (name) => [1, 3, 5].map((at) => parseInt(text(name).slice(at, at + 2), 16));
  return {
    stops: [rgb("--low"), rgb("--middle"), rgb("--high")],
    ink: text("--ink"),
    paper: text("--paper"),
    quiet: text("--quiet"),
    line: text("--line"),
    positive: text("--positive"),
    negative: text("--negative"),
    accent: text("--accent"),
    shapes: [text("--shape-0"), text("--shape-1")],
    edge: text("--edge"),
  };
}

// Numbers from -1 to 1 as a picture of the grid's size.
function image_of(grid, values, share, palette) {
  const image = new ImageData(grid.columns, grid.rows);
  for (let i = 0; i < values.length; ++i) {
    const t = Math.max(-1, Math.min(1, share(values[i])));
    const [from, to, part] =
        t < 0 ? [palette.stops[1], palette.stops[0], -t] : [palette.stops[1], palette.stops[2], t];
    for (let c = 0; c < 3; ++c) image.data[4 * i + c] = from[c] + part * (to[c] - from[c]);
    image.data[4 * i + 3] = 255;
  }
  return image;
}

// Where the values cross the level: for each square of four neighbouring places the lines between the
// crossings of its sides ("marching squares"). In the grid's units.
function contour_of(grid, values, level) {
  const path = new Path2D();
  const {columns, rows} = grid;
  for (let row = 0; row + 1 < rows; ++row) {
    for (let column = 0; column + 1 < columns; ++column) {
      const at = row * columns + column;
      const above = values[at] > level;
      if (values[at + 1] > level === above && values[at + columns] > level === above &&
          values[at + columns + 1] > level === above)
        continue;
      const corners = [[0, 0, at], [1, 0, at + 1], [1, 1, at + columns + 1], [0, 1, at + columns]];
      const crossings = [];
      for (let k = 0; k < 4; ++k) {
        const [x, y, i] = corners[k], [u, v, j] = corners[(k + 1) % 4];
        const a = values[i] - level, b = values[j] - level;
        if (a > 0 === b > 0) continue;
        const t = a / (a - b);
        crossings.push([column + 0.5 + x + t * (u - x), row + 0.5 + y + t * (v - y)]);
      }
      for (let k = 0; k + 1 < crossings.length; k += 2) {
        path.moveTo(...crossings[k]);
        path.lineTo(...crossings[k + 1]);
      }
    }
  }
  return path;
}

// Class 0 are triangles, class 1 circles; what is on the wrong side has a ring around it.
function draw_points(context, width, height, outputs, palette) {
  const size =
      Math.max(2.5, Math.min(9, 90 / Math.sqrt(run.points.length))) * Math.max(0.7, Math.min(1, width / 560));
  run.points.forEach(([x, y], i) => {
    const px = ((x - area.left) / area.width) * width, py = (1 - (y - area.bottom) / area.height) * height;
    const label = run.labels[i];
    context.beginPath();
    if (label === 1) {
      context.arc(px, py, size, 0, 2 * Math.PI);
    } else {
      context.moveTo(px, py - 1.25 * size);
      context.lineTo(px + 1.2 * size, py + 0.9 * size);
      context.lineTo(px - 1.2 * size, py + 0.9 * size);
      context.closePath();
    }
    context.fillStyle = palette.shapes[label];
    context.strokeStyle = palette.edge;
    context.lineWidth = 1;
    context.fill();
    context.stroke();
    if (outputs !== null && outputs[i] > 0 !== (label === 1)) {
      context.beginPath();
      context.arc(px, py, size + 3.5, 0, 2 * Math.PI);
      context.strokeStyle = palette.ink;
      context.lineWidth = 2;
      context.stroke();
    }
  });
}

// A few round numbers between two, for an axis.
function round_numbers(low, high, about) {
  const rough = (high - low) / about, power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((f) => f * power).find((s) => s >= rough);
  const numbers = [];
  for (let n = Math.ceil(low / step); n * step <= high; ++n) numbers.push(Number((n * step).toPrecision(12)));
  return numbers;
}

// The numbers along the axes, in the units of the file.
function draw_axes(context, width, height, palette) {
  const mark = (text, x, y, align) => {
    context.textAlign = align;
    context.strokeText(text, x, y);
    context.fillText(text, x, y);
  };
  context.font = "12px " + getComputedStyle(document.body).fontFamily;
  context.fillStyle = palette.ink;
  context.strokeStyle = palette.paper;
  context.lineWidth = 3;
  context.lineJoin = "round";
  const sides = [[area.left, area.width], [area.bottom, area.height]];
  sides.forEach(([low, length], k) => {
    const own = (x) => x * run.deviation[k] + run.mean[k];
    for (const value of round_numbers(own(low), own(low + length), k === 0 ? 6 : 5)) {
      const share = ((value - run.mean[k]) / run.deviation[k] - low) / length;
      const text = printed_number(value, 12);
      const name = context.measureText(run.axes[0]).width + context.measureText(text).width / 2 + 14;
      if (share < 0.06 || share > (k === 0 ? 1 - name / width : 0.92)) continue;
      if (k === 0)
        mark(text, share * width, height - 6, "center");
      else
        mark(text, 6, (1 - share) * height + 4, "left");
    }
  });
  mark(run.axes[0], width - 6, height - 6, "right");
  mark(run.axes[1], 6, 16, "left");
}
