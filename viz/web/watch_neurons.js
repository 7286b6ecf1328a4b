// What is shown now, and the network as a drawing: a small map for each neuron, joined by its weights.
const last = run.epochs.length - 1;
const fine = grid_of(120), coarse = grid_of(36);
const point_xs = Float64Array.from(run.points, (point) => point[0]);
const point_ys = Float64Array.from(run.points, (point) => point[1]);
const output = {
  layer: depth,
  neuron: 0,
};
let index = 0;
let shown_neuron = output;  // what the large picture shows
let kept = null;  // what a click keeps there
let palette = palette_of();

const layer_name = (k) => (k === 0 ? "input" : k === depth ? "output" : "layer " + k);
function neuron_name({layer, neuron}) {
  if (layer === 0) return "Input " + run.axes[neuron];
  return layer === depth ? "Output" : `Layer ${layer}, neuron ${neuron + 1}`;
}
const percent = (i) => ((100 * run.right[i]) / run.points.length).toFixed(1) + " %";

const neurons = [];  // neurons[layer][neuron]: its canvas
for (let layer = 0; layer <= depth; ++layer) {
  const column = document.createElement("div");
  column.className = "layer";
  const name = document.createElement("p");
  name.textContent = layer_name(layer);
  const maps = document.createElement("div");
  maps.className = "maps";
  neurons.push([]);
  for (let neuron = 0; neuron < run.layers[layer]; ++neuron) {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [coarse.columns, coarse.rows];
    Object.assign(canvas.dataset, {layer, neuron});
    canvas.tabIndex = 0;
    canvas.setAttribute("role", "button");
    canvas.setAttribute("aria-pressed", "false");
    canvas.setAttribute("aria-label", neuron_name({layer, neuron}));
    neurons[layer].push(canvas);
    maps.append(canvas);
  }
  column.append(name, maps);
  element("neurons").append(column);
}

// What of a neuron's values is which colour: -1 to 1. The largest of its layer is the measure, but where the
// activation itself is bounded.
function share_of(layer, values) {
  if (layer === depth) return (z) => 2 * sigmoid(z) - 1;
  if (layer > 0 && run.activation === "tanh") return (v) => v;
  if (layer > 0 && run.activation === "sigmoid") return (v) => 2 * v - 1;
  let largest = 1e-12;
  for (const one of values)
    for (const v of one) largest = Math.max(largest, Math.abs(v));
  return (v) => v / largest;
}

// Wide as the weights of their layer are to the largest that it has in the whole run.
const largest_weights = Array.from({length: depth}, (_, k) => {
  const from = weights_at(k + 1, 0), to = weights_at(k + 2, 0);
  let largest = 1e-12;
  for (const weights of run.weights) {
    for (let i = from; i < to; ++i) {
      if ((i - from) % (run.layers[k] + 1) < run.layers[k]) largest = Math.max(largest, Math.abs(weights[i]));
    }
  }
  return largest;
});

function canvas_context(canvas) {
  const scale = Math.min(3, window.devicePixelRatio || 1);
  const {width, height} = {width: canvas.clientWidth, height: canvas.clientHeight};
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext("2d");
  context.setTransform(scale, 0, 0, scale, 0, 0);
  return {context, width, height};
}

function draw_wires() {
  const {context, width} = canvas_context(element("wires"));
  const origin = element("wires").getBoundingClientRect();
  const boxes = neurons.map((layer) => layer.map((canvas) => canvas.getBoundingClientRect()));
  const focus = shown_neuron === output ? null : shown_neuron;
  for (let k = 1; k <= depth; ++k) {
    const crowd = Math.sqrt(64 / (run.layers[k] * run.layers[k - 1]));
    const thickest = 4.6 * Math.min(1, crowd, (1.4 * width) / (100 * depth));
    for (let j = 0; j < run.layers[k]; ++j) {
      const at = weights_at(k, j);
      for (let i = 0; i < run.layers[k - 1]; ++i) {
        const weight = run.weights[index][at + i], share = Math.abs(weight) / largest_weights[k - 1];
        if (share < 0.01) continue;
        const from = boxes[k - 1][i], to = boxes[k][j];
        const [x1, y1] = [from.right - origin.left, (from.top + from.bottom) / 2 - origin.top];
        const [x2, y2] = [to.left - origin.left, (to.top + to.bottom) / 2 - origin.top];
        const touches = focus === null || (focus.layer === k && focus.neuron === j) ||
            (focus.layer === k - 1 && focus.neuron === i);
        context.globalAlpha = touches ? 0.35 + 0.6 * share : 0.08;
        context.lineWidth = 0.4 + thickest * share;
        context.strokeStyle = weight > 0 ? palette.positive : palette.negative;
        context.setLineDash(weight > 0 ? [] : [6, 4]);
        context.beginPath();
        context.moveTo(x1, y1);
        context.bezierCurveTo((x1 + x2) / 2, y1, (x1 + x2) / 2, y2, x2, y2);
        context.stroke();
      }
    }
  }
  context.globalAlpha = 1;
}

function draw_neurons() {
  const values = forward(run.weights[index], coarse.xs, coarse.ys);
  neurons.forEach((layer, k) => {
    const share = share_of(k, values[k]);
    layer.forEach((canvas, j) => {
      canvas.getContext("2d").putImageData(image_of(coarse, values[k][j], share, palette), 0, 0);
      canvas.classList.toggle(
          "shown", shown_neuron !== output && shown_neuron.layer === k && shown_neuron.neuron === j);
    });
  });
}
