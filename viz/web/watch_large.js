// The large picture: the decision boundary, or what one neuron gives.
const pixels = document.createElement("canvas"); // the grid, before it is enlarged
[pixels.width, pixels.height] = [fine.columns, fine.rows];

// How the neuron comes by its value, as a formula where it is short.
function formulaOf({ layer, neuron }) {
  if (layer === 0) return "";
  const at = weightsAt(layer, neuron), inputs = run.layers[layer - 1], weights = run.weights[index];
  const curve = (text) => (layer === depth || run.activation === "identity" ? text : `${run.activation}(${text})`);
  if (inputs > 4) return ` Bias ${shown(weights[at + inputs])}.`;
  const names = layer === 1 ? run.axes : Array.from({ length: inputs }, (_, i) => `h${i + 1}`);
  const signed = (x, i) => (i === 0 ? shown(x) : (x < 0 ? " \u2212 " : " + ") + shown(Math.abs(x)));
  const terms = names.map((name, i) => signed(weights[at + i], i) + " " + name).join("");
  return ` ${curve(terms + signed(weights[at + inputs], 1))}.`;
}

function drawLarge() {
  const { layer, neuron } = shownNeuron, canvas = $("boundary");
  const values = forward(run.weights[index], fine.xs, fine.ys)[layer];
  const { context, width, height } = canvasContext(canvas);
  pixels.getContext("2d").putImageData(imageOf(fine, values[neuron], shareOf(layer, values), palette), 0, 0);
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = "high";
  context.drawImage(pixels, 0, 0, width, height);

  const level = layer > 0 && layer < depth && run.activation === "sigmoid" ? 0.5 : 0;
  context.save();
  context.scale(width / fine.columns, height / fine.rows);
  const line = contourOf(fine, values[neuron], level);
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

  const outputs = layer === depth ? forward(run.weights[index], pointXs, pointYs)[depth][0] : null;
  drawPoints(context, width, height, outputs, palette);
  drawAxes(context, width, height, palette);
  const low = values[neuron].reduce((a, b) => Math.min(a, b)), high = values[neuron].reduce((a, b) => Math.max(a, b));
  $("shown").textContent = layer === depth ? "The decision boundary" : neuronName(shownNeuron) + (kept ? " (kept)" : "");
  $("scale").textContent = layer === depth
    ? "The stronger the colour, the surer the network; on the line it is undecided."
    : `It gives ${shown(low)} to ${shown(high)} here; the line is at ${level}.` + formulaOf(shownNeuron);
  canvas.setAttribute("aria-label", layer === depth
    ? `Decision boundary after epoch ${run.epochs[index]}: ${run.right[index]} of ${run.points.length} points are on their side.`
    : `${neuronName(shownNeuron)} after epoch ${run.epochs[index]}: from ${shown(low)} to ${shown(high)} over the area.`);
}
