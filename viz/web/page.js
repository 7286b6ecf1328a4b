// The page: puts the calculation, the drawing and the panel together, and does what buttons and keys ask for.

const page_data = JSON.parse(element("graph-data").textContent);
const calculation = new Calculation(page_data);
const explainer = new Explainer(calculation);
const view = new Graph_view(document.querySelector("#drawing svg"), calculation, explainer);
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
    view.light_paths(box, panel.show_paths(box, prediction.on));
    if (box === null) view.show(now, prediction.hides(now));
  },
};
const panel = new Panel(calculation, explainer, act);

function refresh() {
  const step = calculation.steps[now], hides = prediction.hides(now);
  view.show(now, hides);
  panel.show_step(now, hides);
  if (step.box !== undefined) view.bring_into_view(step.box);
  Object.assign(document.body.dataset, { step: now, steps: calculation.steps.length, phase: step.phase, iteration: calculation.iteration });
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
  element("ask").hidden = !hides;
  put_text(element("score"), prediction.on ? prediction.score() : "");
}

// ---- the address: #step=42, and &iteration=3 ------------------------------------------------------------------------

function write_address() {
  const hash = `#step=${now}` + (calculation.iteration > 1 ? `&iteration=${calculation.iteration}` : "");
  if (location.hash !== hash) location.replace(hash);
}
function read_address() {
  const wanted = new URLSearchParams(location.hash.slice(1));
  const iteration = Number(wanted.get("iteration") || 1), step = Number(wanted.get("step") || 0);
  const most_iterations = 10000;
  if (!Number.isInteger(iteration) || !Number.isInteger(step) || iteration < 1 || iteration > most_iterations) return;
  if (step === now && iteration === calculation.iteration) return;
  if (iteration !== calculation.iteration && (iteration === 1 || calculation.trains())) {
    calculation.go_to_iteration(iteration);
    panel.show_leaves();
  }
  act.go(step, true);
}
window.addEventListener("hashchange", read_address);

// ---- playing --------------------------------------------------------------------------------------------------------

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

// ---- buttons, keys, boxes -------------------------------------------------------------------------------------------

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
  if (event.target.closest("input, select, textarea")) return;
  if (event.key === " " && event.target.closest("button, [role=button], a, summary")) return;
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
for (const [box, g] of view.boxes) {
  g.addEventListener("click", () => jump(box));
  g.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    jump(box);
  });
  const light = () => act.show_paths(box), fade = () => act.show_paths(null);
  g.addEventListener("mouseenter", light);
  g.addEventListener("mouseleave", fade);
  g.addEventListener("focus", light);
  g.addEventListener("blur", fade);
}

// For tests: all numbers of the present iteration, with all their digits.
window.backstep = {
  numbers: () => Object.fromEntries(calculation.boxes.map(({ name }, box) =>
    [name, { data: calculation.data(box), grad: calculation.has_grad(box) ? calculation.grad(box) : null }])),
};

panel.show_leaves();
panel.show_paths(null);
refresh();
read_address();
