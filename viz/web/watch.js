// The page: what is shown, and the ways to another epoch.

// ---- What does not change ----

element("title").textContent = "Watch: " + run.name;
element("about").textContent = run.about.map(([what, value]) => what + " " + value).join(" · ");
document.body.dataset.epochs = run.epochs[last];
element("slider").max = last;
const all_epochs = `Every epoch is shown, from 0 (the weights as drawn) to ${last}.`;
const some_epochs = `${last + 1} of the ${run.epochs[last] + 1} epochs are shown, evenly spaced,` +
    " so that this file stays small.";
element("epochs-note").textContent = (last === run.epochs[last] ? all_epochs : some_epochs) +
    " Loss, accuracy and gradients are of all points, with the weights after that epoch. The pictures are" +
    " computed in this page from the recorded weights.";
for (const [label, shape] of [[1, "circle"], [0, "triangle"]]) {
  const item = document.createElement("span");
  const sign = svg("svg", {width: 16, height: 16, viewBox: "-8 -8 16 16", "aria-hidden": "true"}, item);
  if (label === 1)
    svg("circle", {r: 6, class: "shape-1"}, sign);
  else
    svg("path", {d: "M0 -7L7 6H-7Z", class: "shape-0"}, sign);
  item.append(` ${run.classes[label]} (${label === 1 ? "blue" : "orange"} ${shape}s)`);
  element("legend").append(item);
}
{
  const item = document.createElement("span");
  const sign = svg("svg", {width: 18, height: 18, viewBox: "-9 -9 18 18", "aria-hidden": "true"}, item);
  svg("circle", {r: 7.5, class: "ring"}, sign);
  item.append(" on the wrong side");
  element("legend").append(item);
}

// ---- Curves ----

const spread = run.loss.reduce((a, b) => Math.max(a, b)) / run.loss.reduce((a, b) => Math.min(a, b));
const tick = (v) => printed_number(v, 3);
const percents = (v) => tick(v) + " %";
const accuracies = run.right.map((right) => (100 * right) / run.points.length);
const lowest_tens = 10 * Math.floor(accuracies.reduce((a, b) => Math.min(a, b)) / 10);
const norms_of = (k) => ({name: layer_name(k + 1), values: run.norms.map((norms) => norms[k])});
if (spread > 20) element("loss-title").textContent = "Loss (on a log scale)";
const charts = [
  chart(
      element("losses"), [{name: "loss", values: run.loss}],
      {label: "Loss over the epochs", text: shown, tick, low: spread > 20 ? undefined : 0, log: spread > 20},
      go_to),
  chart(
      element("accuracies"), [{name: "accuracy", values: accuracies}], {
        label: "Accuracy over the epochs",
        text: percents,
        tick: percents,
        high: 100,
        low: Math.min(90, lowest_tens),
      },
      go_to),
  chart(
      element("norms"), Array.from({length: depth}, (_, k) => norms_of(k)),
      {label: "Length of the gradient of each layer over the epochs", text: shown, tick, log: true}, go_to),
];

// ---- Showing an epoch ----

function show_numbers() {
  document.body.dataset.epoch = run.epochs[index];
  element("epoch").textContent = `${run.epochs[index]} of ${run.epochs[last]}`;
  element("loss").textContent = shown(run.loss[index]);
  element("accuracy").textContent = `${percent(index)} (${run.right[index]} of ${run.points.length})`;
  element("slider").value = index;
  element("slider").setAttribute("aria-valuetext", "epoch " + run.epochs[index]);
  element("first").disabled = element("back").disabled = index === 0;
  element("last").disabled = element("next").disabled = index === last;
}

function show() {
  show_numbers();
  draw_large();
  draw_neurons();
  draw_wires();
  for (const one of charts) one.show(index);
}

// The address and the voice follow when the page has come to rest: browsers allow only so many changes.
let resting = 0;
function came_to_rest() {
  clearTimeout(resting);
  resting = setTimeout(() => {
    if (playing) return;
    history.replaceState(null, "", "#epoch=" + run.epochs[index]);
    const where = `Epoch ${run.epochs[index]} of ${run.epochs[last]}`;
    element("says").textContent = `${where}: loss ${shown(run.loss[index])}, accuracy ${percent(index)}.`;
  }, 150);
}

function go_to(where) {
  stop();
  index = Math.max(0, Math.min(last, where));
  show();
  came_to_rest();
}

// ---- Playing ----

let playing = false, began = 0, began_at = 0;

function stop() {
  playing = false;
  element("play").textContent = "Play";
  element("play").setAttribute("aria-pressed", "false");
}

function frame(now) {
  if (!playing) return;
  if (began === 0) [began, began_at] = [now, index];
  const due = Math.min(last, began_at + Math.floor(((now - began) / 1000) * Number(element("speed").value)));
  if (due !== index) {
    index = due;
    show();
  }
  if (index < last) {
    requestAnimationFrame(frame);
  } else {
    stop();
    came_to_rest();
  }
}

function play() {
  if (playing) {
    stop();
    came_to_rest();
    return;
  }
  if (index === last) index = 0;
  playing = true;
  began = 0;
  element("play").textContent = "Pause";
  element("play").setAttribute("aria-pressed", "true");
  show();
  requestAnimationFrame(frame);
}

// ---- Ways to get about ----

element("first").addEventListener("click", () => go_to(0));
element("back").addEventListener("click", () => go_to(index - 1));
element("next").addEventListener("click", () => go_to(index + 1));
element("last").addEventListener("click", () => go_to(last));
element("play").addEventListener("click", play);
element("slider").addEventListener("input", () => go_to(Number(element("slider").value)));
element("speed").addEventListener("change", () => (began = 0));
if (matchMedia("(prefers-reduced-motion: reduce)").matches) element("speed").value = "4";

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest("select")) return;
  const keys = {
    ArrowLeft: () => go_to(index - 1),
    ArrowRight: () => go_to(index + 1),
    Home: () => go_to(0),
    End: () => go_to(last),
    " ": play,
  };
  if (event.key === " " && event.target.closest("button")) return;
  if (event.key === "Enter" && event.target.dataset.neuron !== undefined)
    keep(event.target);
  else if (keys[event.key] !== undefined)
    keys[event.key]();
  else
    return;
  event.preventDefault();
});

const neuron_of = (canvas) => {
  const layer = Number(canvas.dataset.layer);
  return layer === depth ? output : {layer, neuron: Number(canvas.dataset.neuron)};
};

function look(neuron) {
  shown_neuron = neuron;
  show();
}

function keep(canvas) {
  const neuron = neuron_of(canvas);
  const again = kept !== null && kept.layer === neuron.layer && kept.neuron === neuron.neuron;
  kept = again || neuron === output ? null : neuron;
  for (const one of neurons.flat()) one.setAttribute("aria-pressed", String(one === canvas && kept !== null));
  look(kept ?? output);
}

for (const canvas of neurons.flat()) {
  for (const event of ["pointerenter", "focus"])
    canvas.addEventListener(event, () => look(neuron_of(canvas)));
  for (const event of ["pointerleave", "blur"]) canvas.addEventListener(event, () => look(kept ?? output));
  canvas.addEventListener("click", () => keep(canvas));
}

function read_address() {
  const found = /^#epoch=(\d{1,9})$/.exec(location.hash);
  return found === null ? null : nearest_index(Number(found[1]));
}
window.addEventListener("hashchange", () => {
  const where = read_address();
  if (where !== null && where !== index) go_to(where);
});

// ---- Sizes and colours ----

function resize() {
  document.body.style.setProperty("--aspect", String(area.aspect));
  const box = element("neurons").clientWidth, most = Math.max(...run.layers);
  const tall = Math.max(320, element("boundary").clientHeight - 24);
  const width = Math.min(84, (0.56 * box) / run.layers.length, ((tall / most) * area.aspect) / 1.18);
  element("net").style.setProperty("--neuron", Math.max(14, width) + "px");
  element("net").style.setProperty("--tall", tall + "px");
  for (const one of charts) one.draw();
  show();
}

function recolour() {
  palette = palette_of();
  show();
}

index = read_address() ?? 0;
new ResizeObserver(resize).observe(element("picture"));
resize();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", recolour);
for (const [event, printing] of [["beforeprint", true], ["afterprint", false]]) {
  window.addEventListener(event, () => {
    document.body.classList.toggle("printing", printing);
    recolour();
  });
}
window.backstep = {
  score,
  epochs: run.epochs,
};
