// The page: puts the calculation, the drawing and the panel together, and does what buttons and keys ask for.

const page_data = JSON.parse(element("graph-data").textContent);
const calculation = new Calculation(page_data);
const explainer = new Explainer(calculation);
const drawings = JSON.parse(element("drawings-data").textContent);
const view = new Graph_view(element("canvas"), calculation, explainer, drawings.opened);
const prediction = new Prediction(calculation);
let now = 0, timer = null;

const act = {
  // To step k of this iteration. `quietly` leaves the address as it is, while a slider moves.
  go(k, quietly = false) {
    now = Math.max(0, Math.min(k, calculation.steps.length - 1));
    refresh();
    if (!quietly) write_address();
  },
  next() {
    if (prediction.hides(now)) return element("answer").focus();
    if (now + 1 < calculation.steps.length) return act.go(now + 1);
    if (!calculation.trains()) return undefined;
    calculation.go_to_iteration(calculation.iteration + 1);
    panel.show_leaves();
    return act.go(0);
  },
  back() {
    if (now > 0 || calculation.iteration === 1) return act.go(now - 1);
    calculation.go_to_iteration(calculation.iteration - 1);
    panel.show_leaves();
    return act.go(calculation.steps.length - 1);
  },
  change(box, number) {
    calculation.set_leaf(box, number);
    prediction.forget();
    panel.show_leaves();
    act.go(now);
  },
  show_paths(box) {
    view.light_paths(box, panel.show_paths(box, prediction.on), !prediction.on);
    if (box === null) view.show(now, prediction.hides(now));
  },
  // Opens a group of boxes, if there is a drawing of it; null closes all.
  open(group, quietly = false) {
    if (group !== null && !view.opened.has(group)) return;
    view.open(group);
    show_trail();
    refresh();
    if (quietly) return;
    write_address();
    element("trail").lastElementChild.focus();  // what was chosen is not there any more
  },
};
const panel = new Panel(calculation, explainer, act);

function refresh() {
  const step = calculation.steps[now], hides = prediction.hides(now);
  view.show(now, hides);
  panel.show_step(now, hides);
  if (step.box !== undefined) view.bring_into_view(step.box);
  Object.assign(
      document.body.dataset,
      {step: now, steps: calculation.steps.length, phase: step.phase, iteration: calculation.iteration});
  const slider = element("slider");
  slider.max = calculation.steps.length - 1;
  slider.value = now;
  slider.setAttribute("aria-valuetext", `step ${now} of ${calculation.steps.length - 1}, ${step.phase}`);
  const at_end = now === calculation.steps.length - 1;
  element("first").disabled = now === 0;
  element("back").disabled = now === 0 && calculation.iteration === 1;
  element("next").disabled = at_end && !calculation.trains();
  put_text(element("next").lastElementChild, at_end && calculation.trains() ? "Next iteration" : "Next");
  element("last").disabled = at_end;
  offer_fit();
  element("ask").hidden = !hides;
  document.body.dataset.of = step.box === undefined ? "" : calculation.boxes[step.box].name;
  document.body.dataset.by =
      step.use === undefined ? "" : calculation.boxes[calculation.uses[step.use].from].name;
  element("claims").hidden = prediction.on;
  put_text(
      element("claims-hidden"),
      prediction.on ? "Hidden while you predict: they would tell the answers." : "");
  put_text(element("score"), prediction.on ? prediction.score() : "");
}

// Where one is in a large graph: the whole, and the groups around the one that is open.
function show_trail() {
  const around = [];
  for (let group = view.group; group !== null; group = page_data.groups[group].parent) around.unshift(group);
  const step_to = (text, group) => {
    const button = make("button", {text, type: "button"});
    if (group === view.group) button.setAttribute("aria-current", "true");
    button.addEventListener("click", () => act.open(group));
    return button;
  };
  element("trail").replaceChildren(
      step_to("The whole", null), ...around.map((group) => step_to(page_data.groups[group].name, group)));
}

// ---- the address: #step=42, and &iteration=3, &open=5 -------------------------------------------

function write_address() {
  const parts = [`step=${now}`];
  if (calculation.iteration > 1) parts.push(`iteration=${calculation.iteration}`);
  if (view.group !== null) parts.push(`open=${view.group}`);
  const hash = "#" + parts.join("&");
  if (location.hash !== hash) location.replace(hash);
}
function read_address() {
  const wanted = new URLSearchParams(location.hash.slice(1));
  const [step, iteration] = ["step", "iteration"].map((name, least) => Number(wanted.get(name) || least));
  const most_iterations = Math.min(10000, Math.ceil(2e7 / page_data.tape.length));  // some seconds of work
  if (!Number.isInteger(step) || !Number.isInteger(iteration) || iteration < 1 || iteration > most_iterations)
    return;
  const group = wanted.has("open") ? Number(wanted.get("open")) : null;
  if (group !== view.group) act.open(group, true);
  if (step === now && iteration === calculation.iteration) return;
  if (iteration !== calculation.iteration && (iteration === 1 || calculation.trains())) {
    calculation.go_to_iteration(iteration);
    panel.show_leaves();
  }
  act.go(step, true);
}
window.addEventListener("hashchange", read_address);

// ---- playing ------------------------------------------------------------------------------------

function stop() {
  clearInterval(timer);
  timer = null;
  element("play").setAttribute("aria-pressed", "false");
  put_text(element("play").lastElementChild, "Play");
}
function play() {
  if (timer !== null) return stop();
  if (now === calculation.steps.length - 1) act.go(0);
  element("play").setAttribute("aria-pressed", "true");
  put_text(element("play").lastElementChild, "Pause");
  timer = setInterval(() => {
    if (prediction.hides(now) || now === calculation.steps.length - 1) return stop();
    return act.go(now + 1);
  }, Number(element("speed").value));
  return undefined;
}

// ---- buttons, keys, boxes -----------------------------------------------------------------------

const on = (id, event, does) => element(id).addEventListener(event, does);
on("first", "click", () => act.go(0));
on("back", "click", () => act.back());
on("next", "click", () => act.next());
on("last", "click", () => act.go(calculation.steps.length - 1));
on("play", "click", play);
on("speed", "change", () => {
  if (timer === null) return;
  stop();
  play();
});
on("slider", "input", () => act.go(Number(element("slider").value), true));
on("slider", "change", write_address);
// A broad drawing keeps its letters large enough to read and scrolls; or all of it is seen at once.
on("fit", "click", () => {
  const fits = element("canvas").classList.toggle("fit");
  element("fit").setAttribute("aria-pressed", String(fits));
  refresh();
});
function offer_fit() {
  const canvas = element("canvas");
  element("fit").hidden = !canvas.classList.contains("fit") && canvas.scrollWidth <= canvas.clientWidth + 1;
}
window.addEventListener("resize", offer_fit);
on("reset", "click", () => {
  calculation.reset();
  prediction.forget();
  panel.show_leaves();
  act.go(0);
});
on("predict", "change", () => {
  prediction.on = element("predict").checked;
  put_text(element("heard"), "");
  refresh();
});
on("ask", "submit", (event) => {
  event.preventDefault();
  put_text(element("heard"), prediction.check(now, element("answer").value));
  if (!prediction.hides(now)) element("answer").value = "";
  refresh();
});
on("show", "click", () => {
  prediction.show(now);
  put_text(element("heard"), "");
  element("answer").value = "";
  refresh();
});

const keys = {
  ArrowRight: () => act.next(),
  ArrowLeft: () => act.back(),
  Home: () => act.go(0),
  End: () => act.go(calculation.steps.length - 1),
  " ": play,
};
document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || !(event.key in keys)) return;
  if (event.target.matches("input:not([type=checkbox]), select")) return;
  if (event.key === " " && event.target.closest("button, [role=button], input")) return;
  event.preventDefault();
  keys[event.key]();
});

// To the next of a box's steps: its value, when its gradient is whole, its update.
function jump(box) {
  const stops = calculation.steps_of[box].filter((k) => {
    const step = calculation.steps[k];
    return step.phase !== "backward" || step.use === undefined || step.part === step.of;
  });
  if (stops.length > 0) act.go(stops.find((k) => k > now) ?? stops[0]);
}
// What an event is about: a box, or a group that opens.
function choose(event) {
  const g = event.target.closest("g.box");
  if (g === null) return;
  if (g.dataset.group !== undefined)
    act.open(Number(g.dataset.group));
  else
    jump(Number(g.dataset.box));
}
on("canvas", "click", choose);
on("canvas", "keydown", (event) => {
  if ((event.key !== "Enter" && event.key !== " ") || event.target.closest("g.box") === null) return;
  event.preventDefault();
  choose(event);
});
let pointed = null;
function point(event) {
  const g = event.target.closest("g.box[data-box]"), box = g === null ? null : Number(g.dataset.box);
  if (box === pointed) return;
  pointed = box;
  act.show_paths(box);
}
for (const event of ["mouseover", "focusin"]) on("canvas", event, point);
for (const event of ["mouseleave", "focusout"]) {
  on("canvas", event, () => {
    if (pointed === null) return;
    pointed = null;
    act.show_paths(null);
  });
}

// On paper all steps stand below each other, as far as anybody reads.
window.addEventListener("beforeprint", () => {
  const most = 500, steps = calculation.steps.filter((step) => step.box !== undefined);
  const lines = steps.slice(0, most).map((step) => make("li", {text: explainer.line(step)}));
  if (steps.length > most) lines.push(make("li", {text: `and ${steps.length - most} more steps`}));
  element("listing").replaceChildren(...(prediction.on ? [] : lines));
});

// For tests: all numbers of the present iteration, with all their digits.
window.backstep = {
  numbers: () => Object.fromEntries(calculation.boxes.map(
      ({name}, box) =>
          [name,
           {data: calculation.data(box), grad: calculation.has_grad(box) ? calculation.grad(box) : null}])),
};

if (page_data.groups.length > 0) show_trail();
document.querySelector("#phases [data-phase=update]").hidden = !calculation.trains();
put_text(element("left-out"), drawings.left_out);
panel.show_leaves();
panel.show_paths(null);
refresh();
read_address();
