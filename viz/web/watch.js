// The page: what is shown, and the ways to another epoch.

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
  item.append(` ${run.classes[label]} (${label === 1 ? "blue" : "orange"} ${shape}s)`);
  $("legend").append(item);
}
{
  const item = document.createElement("span");
  const sign = svg("svg", { width: 18, height: 18, viewBox: "-9 -9 18 18", "aria-hidden": "true" }, item);
  svg("circle", { r: 7.5, class: "ring" }, sign);
  item.append(" on the wrong side");
  $("legend").append(item);
}

// ---- Curves ----

const spread = run.loss.reduce((a, b) => Math.max(a, b)) / run.loss.reduce((a, b) => Math.min(a, b));
const tick = (v) => printed_number(v, 3);
const percents = (v) => tick(v) + " %";
const accuracies = run.right.map((right) => (100 * right) / run.points.length);
if (spread > 20) $("loss-title").textContent = "Loss (on a log scale)";
const charts = [
  chart($("losses"), [{ name: "loss", values: run.loss }],
    { label: "Loss over the epochs", text: shown, tick, low: spread > 20 ? undefined : 0, log: spread > 20 }, goTo),
  chart($("accuracies"), [{ name: "accuracy", values: accuracies }],
    { label: "Accuracy over the epochs", text: percents, tick: percents, high: 100,
      low: Math.min(90, 10 * Math.floor(accuracies.reduce((a, b) => Math.min(a, b)) / 10)) }, goTo),
  chart($("norms"), Array.from({ length: depth }, (_, k) =>
    ({ name: layerName(k + 1), values: run.norms.map((norms) => norms[k]) })),
    { label: "Length of the gradient of each layer over the epochs", text: shown, tick, log: true }, goTo),
];

// ---- Showing an epoch ----

function showNumbers() {
  document.body.dataset.epoch = run.epochs[index];
  $("epoch").textContent = `${run.epochs[index]} of ${run.epochs[last]}`;
  $("loss").textContent = shown(run.loss[index]);
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
      `Epoch ${run.epochs[index]} of ${run.epochs[last]}: loss ${shown(run.loss[index])}, accuracy ${percent(index)}.`;
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
