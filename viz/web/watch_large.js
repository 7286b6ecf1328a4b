// The large picture: the decision boundary, or what one neuron gives.
const pixels = document.createElement("canvas");  // the grid, before it is enlarged
[pixels.width, pixels.height] = [fine.columns, fine.rows];

// How the neuron comes by its value, as a formula where it is short.
function formula_of({layer, neuron}) {
  if (layer === 0) return "";
  const at = weights_at(layer, neuron), inputs = run.layers[layer - 1], weights = run.weights[index];
  const is_linear = layer === depth || run.activation === "identity";
  if (inputs > 4) return ` Bias ${shown(weights[at + inputs])}.`;
  const names = layer === 1 ? run.axes : Array.from({length: inputs}, (_, i) => `h${i + 1}`);
  const signed = (x, i) => (i === 0 ? shown(x) : (x < 0 ? " \u2212 " : " + ") + shown(Math.abs(x)));
  const sum = names.map((name, i) => signed(weights[at + i], i) + " " + name).join("") +
      signed(weights[at + inputs], 1);
  return is_linear ? ` ${sum}.` : ` ${run.activation}(${sum}).`;
}

function draw_large() {
  const {layer, neuron} = shown_neuron, canvas = element("boundary");
  const values = forward(run.weights[index], fine.xs, fine.ys)[layer];
  const {context, width, height} = canvas_context(canvas);
  pixels.getContext("2d").putImageData(
      image_of(fine, values[neuron], share_of(layer, values), palette), 0, 0);
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = "high";
  context.drawImage(pixels, 0, 0, width, height);

  const level = layer > 0 && layer < depth && run.activation === "sigmoid" ? 0.5 : 0;
  context.save();
  context.scale(width / fine.columns, height / fine.rows);
  const line = contour_of(fine, values[neuron], level);
  context.restore();
  const scaled = new Path2D();
  scaled.addPath(line, new DOMMatrix([width / fine.columns, 0, 0, height / fine.rows, 0, 0]));
  context.lineJoin = context.lineCap = "round";
  context.strokeStyle = palette.paper;
  context.lineWidth = 5;
  context.stroke(scaled);
  context.strokeStyle = palette.ink;
  context.lineWidth = 2.5;
  context.stroke(scaled);

  const outputs = layer === depth ? forward(run.weights[index], point_xs, point_ys)[depth][0] : null;
  draw_points(context, width, height, outputs, palette);
  draw_axes(context, width, height, palette);
  say_large(values[neuron], level);
}

function say_large(values, level) {
  const {layer} = shown_neuron, epoch = `after epoch ${run.epochs[index]}`;
  if (layer === depth) {
    const right = `${run.right[index]} of ${run.points.length} points are on their side`;
    element("shown").textContent = "The decision boundary";
    element("scale").textContent =
        "The stronger the colour, the surer the network; on the line it is undecided.";
    element("boundary").setAttribute("aria-label", `Decision boundary ${epoch}: ${right}.`);
    return;
  }
  const name = neuron_name(shown_neuron), low = shown(values.reduce((a, b) => Math.min(a, b)));
  const high = shown(values.reduce((a, b) => Math.max(a, b)));
  element("shown").textContent = name + (kept ? " (kept)" : "");
  element("scale").textContent =
      `It gives ${low} to ${high} here; the line is at ${level}.` + formula_of(shown_neuron);
  element("boundary").setAttribute("aria-label", `${name} ${epoch}: from ${low} to ${high} over the area.`);
}
