// The page: what is shown, and the ways to another epoch.
const $ = (id) => document.getElementById(id);
const last = run.epochs.length - 1;
const fine = gridOf(120), coarse = gridOf(36);
const pointXs = Float64Array.from(run.points, (point) => point[0]);
const pointYs = Float64Array.from(run.points, (point) => point[1]);
const output = { layer: depth, neuron: 0 };
let index = 0;
let shownNeuron = output; // what the large picture shows
let kept = null;          // what a click keeps there
let palette = paletteOf();

const layerName = (k) => (k === 0 ? "input" : k === depth ? "output" : "layer " + k);
const neuronName = ({ layer, neuron }) =>
  layer === 0 ? "Input " + run.axes[neuron] : layer === depth ? "Output" : `Layer ${layer}, neuron ${neuron + 1}`;
const percent = (i) => ((100 * run.right[i]) / run.points.length).toFixed(1) + " %";

// ---- What does not change ----

$("title").textContent = "Watch: " + run.name;
$("about").textContent = run.about.map(([what, value]) => what + " " + value).join(" · ");
document.body.dataset.epochs = run.epochs[last];
$("slider").max = last;
$("epochs-note").textContent =
  (last === run.epochs[last] ? `Every epoch is shown, from 0 (the weights as drawn) to ${last}.`
    : `${last + 1} of the ${run.epochs[last] + 1} epochs are shown, evenly spaced, so that this file stays small.`) +
  " Loss, accuracy and gradients are of all points, with the weights after that epoch. The pictures are" +
  " computed in this page from the recorded weights.";
for (const [label, shape] of [[1, "circle"], [0, "triangle"]]) {
  const item = document.createElement("span");
  const sign = svg("svg", { width: 16, height: 16, viewBox: "-8 -8 16 16", "aria-hidden": "true" }, item);
  if (label === 1) svg("circle", { r: 6, class: "shape-1" }, sign);
  else svg("path", { d: "M0 -7L7 6H-7Z", class: "shape-0" }, sign);
  item.append(` ${run.classes[label]} (${shape}s)`);
  $("legend").append(item);
}
{
  const item = document.createElement("span");
  const sign = svg("svg", { width: 18, height: 18, viewBox: "-9 -9 18 18", "aria-hidden": "true" }, item);
  svg("circle", { r: 7.5, class: "ring" }, sign);
  item.append(" on the wrong side");
  $("legend").append(item);
}

// ---- The network ----

const neurons = []; // neurons[layer][neuron]: its canvas
for (let layer = 0; layer <= depth; ++layer) {
  const column = document.createElement("div");
  column.className = "layer";
  const name = document.createElement("p");
  name.textContent = layerName(layer);
  const maps = document.createElement("div");
  maps.className = "maps";
  neurons.push([]);
  for (let neuron = 0; neuron < run.layers[layer]; ++neuron) {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [coarse.columns, coarse.rows];
    Object.assign(canvas.dataset, { layer, neuron });
    canvas.tabIndex = 0;
    canvas.setAttribute("role", "button");
    canvas.setAttribute("aria-pressed", "false");
    canvas.setAttribute("aria-label", neuronName({ layer, neuron }));
    neurons[layer].push(canvas);
    maps.append(canvas);
  }
  column.append(name, maps);
  $("neurons").append(column);
}

// What of a neuron's values is which colour: -1 to 1. The largest of its layer is the measure, but where the
// activation itself is bounded.
function shareOf(layer, values) {
  if (layer === depth) return (z) => 2 * sigmoid(z) - 1;
  if (layer > 0 && run.activation === "tanh") return (v) => v;
  if (layer > 0 && run.activation === "sigmoid") return (v) => 2 * v - 1;
  let largest = 1e-12;
  for (const one of values) for (const v of one) largest = Math.max(largest, Math.abs(v));
  return (v) => v / largest;
}

// Wide as the weights of their layer are to the largest that it has in the whole run.
const largestWeights = Array.from({ length: depth }, (_, k) => {
  const from = weightsAt(k + 1, 0), to = weightsAt(k + 2, 0);
  let largest = 1e-12;
  for (const weights of run.weights) {
    for (let i = from; i < to; ++i) {
      if ((i - from) % (run.layers[k] + 1) < run.layers[k]) largest = Math.max(largest, Math.abs(weights[i]));
    }
  }
  return largest;
});

function canvasContext(canvas) {
  const scale = Math.min(3, window.devicePixelRatio || 1);
  const { width, height } = { width: canvas.clientWidth, height: canvas.clientHeight };
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext("2d");
  context.setTransform(scale, 0, 0, scale, 0, 0);
  return { context, width, height };
}

function drawWires() {
  const { context } = canvasContext($("wires"));
  const origin = $("wires").getBoundingClientRect();
  const boxes = neurons.map((layer) => layer.map((canvas) => canvas.getBoundingClientRect()));
  const focus = shownNeuron === output ? null : shownNeuron;
  for (let k = 1; k <= depth; ++k) {
    for (let j = 0; j < run.layers[k]; ++j) {
      const at = weightsAt(k, j);
      for (let i = 0; i < run.layers[k - 1]; ++i) {
        const weight = run.weights[index][at + i], share = Math.abs(weight) / largestWeights[k - 1];
        if (share < 0.01) continue;
        const from = boxes[k - 1][i], to = boxes[k][j];
        const [x1, y1] = [from.right - origin.left, (from.top + from.bottom) / 2 - origin.top];
        const [x2, y2] = [to.left - origin.left, (to.top + to.bottom) / 2 - origin.top];
        const touches = focus === null || (focus.layer === k && focus.neuron === j) ||
          (focus.layer === k - 1 && focus.neuron === i);
        context.globalAlpha = touches ? 0.35 + 0.6 * share : 0.08;
        context.lineWidth = 0.4 + 4.6 * share;
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

function drawNeurons() {
  const values = forward(run.weights[index], coarse.xs, coarse.ys);
  neurons.forEach((layer, k) => {
    const share = shareOf(k, values[k]);
    layer.forEach((canvas, j) => {
      canvas.getContext("2d").putImageData(imageOf(coarse, values[k][j], share, palette), 0, 0);
      canvas.classList.toggle("shown", shownNeuron !== output && shownNeuron.layer === k && shownNeuron.neuron === j);
    });
  });
}

// ---- The large picture ----

const pixels = document.createElement("canvas"); // the grid, before it is enlarged
[pixels.width, pixels.height] = [fine.columns, fine.rows];

// How the neuron comes by its value, as a formula where it is short.
function formulaOf({ layer, neuron }) {
  if (layer === 0) return "";
  const at = weightsAt(layer, neuron), inputs = run.layers[layer - 1], weights = run.weights[index];
  const curve = (text) => (layer === depth || run.activation === "identity" ? text : `${run.activation}(${text})`);
  if (inputs > 4) return ` Bias ${shown(weights[at + inputs])}.`;
  const names = layer === 1 ? run.axes : Array.from({ length: inputs }, (_, i) => `h${i + 1}`);
  const signed = (x, i) => (i === 0 ? shown(x) : (x < 0 ? " − " : " + ") + shown(Math.abs(x)));
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
    ? `The darker the area, the surer the network is of ${run.classes[1]}; on the line it is undecided.`
    : `It gives ${shown(low)} to ${shown(high)} here; the line is at ${level}.` + formulaOf(shownNeuron);
  canvas.setAttribute("aria-label", layer === depth
    ? `Decision boundary after epoch ${run.epochs[index]}: ${run.right[index]} of ${run.points.length} points are on their side.`
    : `${neuronName(shownNeuron)} after epoch ${run.epochs[index]}: from ${shown(low)} to ${shown(high)} over the area.`);
}

// ---- Curves ----

const number = (v) => shown(Number(v.toPrecision(3)));
const spread = run.loss.reduce((a, b) => Math.max(a, b)) / run.loss.reduce((a, b) => Math.min(a, b));
const accuracies = run.right.map((right) => (100 * right) / run.points.length);
if (spread > 20) $("loss-title").textContent = "Loss (on a log scale)";
const charts = [
  chart($("losses"), [{ name: "loss", values: run.loss }],
    { label: "Loss over the epochs", text: number, low: spread > 20 ? undefined : 0, log: spread > 20 }, goTo),
  chart($("accuracies"), [{ name: "accuracy", values: accuracies }],
    { label: "Accuracy over the epochs", text: (v) => number(v) + " %", high: 100,
      low: Math.min(90, 10 * Math.floor(accuracies.reduce((a, b) => Math.min(a, b)) / 10)) }, goTo),
  chart($("norms"), Array.from({ length: depth }, (_, k) =>
    ({ name: layerName(k + 1), values: run.norms.map((norms) => norms[k]) })),
    { label: "Length of the gradient of each layer over the epochs", text: number, log: true }, goTo),
];

// ---- Showing an epoch ----

function showNumbers() {
  document.body.dataset.epoch = run.epochs[index];
  $("epoch").textContent = `${run.epochs[index]} of ${run.epochs[last]}`;
  $("loss").textContent = run.loss[index].toPrecision(4);
  $("accuracy").textContent = `${percent(index)} (${run.right[index]} of ${run.points.length})`;
  $("slider").value = index;
  $("slider").setAttribute("aria-valuetext", "epoch " + run.epochs[index]);
  $("first").disabled = $("back").disabled = index === 0;
  $("last").disabled = $("next").disabled = index === last;
}

function show() {
  showNumbers();
  drawLarge();
  drawNeurons();
  drawWires();
  for (const one of charts) one.show(index);
}

// The address and the voice follow when the page has come to rest: browsers allow only so many changes.
let resting = 0;
function cameToRest() {
  clearTimeout(resting);
  resting = setTimeout(() => {
    if (playing) return;
    history.replaceState(null, "", "#epoch=" + run.epochs[index]);
    $("says").textContent =
      `Epoch ${run.epochs[index]} of ${run.epochs[last]}: loss ${run.loss[index].toPrecision(4)}, accuracy ${percent(index)}.`;
  }, 150);
}

function goTo(where) {
  stop();
  index = Math.max(0, Math.min(last, where));
  show();
  cameToRest();
}

// ---- Playing ----

let playing = false, began = 0, beganAt = 0;

function stop() {
  playing = false;
  $("play").textContent = "Play";
  $("play").setAttribute("aria-pressed", "false");
}

function frame(now) {
  if (!playing) return;
  if (began === 0) [began, beganAt] = [now, index];
  const due = Math.min(last, beganAt + Math.floor(((now - began) / 1000) * Number($("speed").value)));
  if (due !== index) {
    index = due;
    show();
  }
  if (index < last) {
    requestAnimationFrame(frame);
  } else {
    stop();
    cameToRest();
  }
}

function play() {
  if (playing) {
    stop();
    cameToRest();
    return;
  }
  if (index === last) index = 0;
  playing = true;
  began = 0;
  $("play").textContent = "Pause";
  $("play").setAttribute("aria-pressed", "true");
  show();
  requestAnimationFrame(frame);
}

// ---- Ways to get about ----

$("first").addEventListener("click", () => goTo(0));
$("back").addEventListener("click", () => goTo(index - 1));
$("next").addEventListener("click", () => goTo(index + 1));
$("last").addEventListener("click", () => goTo(last));
$("play").addEventListener("click", play);
$("slider").addEventListener("input", () => goTo(Number($("slider").value)));
$("speed").addEventListener("change", () => (began = 0));
if (matchMedia("(prefers-reduced-motion: reduce)").matches) $("speed").value = "4";

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest("select")) return;
  const keys = { ArrowLeft: () => goTo(index - 1), ArrowRight: () => goTo(index + 1), Home: () => goTo(0),
    End: () => goTo(last), " ": play };
  if (event.key === " " && event.target.closest("button")) return;
  if (event.key === "Enter" && event.target.dataset.neuron !== undefined) keep(event.target);
  else if (keys[event.key] !== undefined) keys[event.key]();
  else return;
  event.preventDefault();
});

const neuronOf = (canvas) => {
  const layer = Number(canvas.dataset.layer);
  return layer === depth ? output : { layer, neuron: Number(canvas.dataset.neuron) };
};

function look(neuron) {
  shownNeuron = neuron;
  show();
}

function keep(canvas) {
  const neuron = neuronOf(canvas);
  const again = kept !== null && kept.layer === neuron.layer && kept.neuron === neuron.neuron;
  kept = again || neuron === output ? null : neuron;
  for (const one of neurons.flat()) one.setAttribute("aria-pressed", String(one === canvas && kept !== null));
  look(kept ?? output);
}

for (const canvas of neurons.flat()) {
  for (const event of ["pointerenter", "focus"]) canvas.addEventListener(event, () => look(neuronOf(canvas)));
  for (const event of ["pointerleave", "blur"]) canvas.addEventListener(event, () => look(kept ?? output));
  canvas.addEventListener("click", () => keep(canvas));
}

function readAddress() {
  const found = /^#epoch=(\d{1,9})$/.exec(location.hash);
  return found === null ? null : nearestIndex(Number(found[1]));
}
window.addEventListener("hashchange", () => {
  const where = readAddress();
  if (where !== null && where !== index) goTo(where);
});

// ---- Sizes and colours ----

function resize() {
  document.body.style.setProperty("--aspect", String(area.aspect));
  const box = $("neurons").clientWidth, most = Math.max(...run.layers);
  const tall = Math.max(320, $("boundary").clientHeight - 24);
  const width = Math.min(84, (0.56 * box) / run.layers.length, ((tall / most) * area.aspect) / 1.18);
  $("net").style.setProperty("--neuron", Math.max(14, width) + "px");
  $("net").style.setProperty("--tall", tall + "px");
  for (const one of charts) one.draw();
  show();
}

function recolour() {
  palette = paletteOf();
  show();
}

index = readAddress() ?? 0;
new ResizeObserver(resize).observe($("picture"));
resize();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", recolour);
for (const [event, printing] of [["beforeprint", true], ["afterprint", false]]) {
  window.addEventListener(event, () => {
    document.body.classList.toggle("printing", printing);
    recolour();
  });
}
window.backstep = { score, epochs: run.epochs };
