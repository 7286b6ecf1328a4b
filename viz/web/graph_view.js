// The drawing: which boxes are lit at a step, and the numbers in boxes and on arrows.

class Graph_view {
  constructor(svg, calculation, explainer) {
    this.svg = svg;
    this.of = calculation;
    this.explainer = explainer;
    const by = (selector, key) =>
      new Map([...svg.querySelectorAll(selector)].map((element) => [Number(element.dataset[key]), element]));
    this.boxes = by("g.box", "box");
    this.arrows = by("g.arrow", "use");
    this.parts = new Map([...this.boxes].map(([box, g]) => [box, {
      data: g.querySelector(".data"), grad: g.querySelector(".grad"), label: g.querySelector(".grad-label"),
    }]));
  }

  // Shows the state after the first `k` steps; `hides` is whether the number of step k is not to be seen.
  show(k, hides) {
    const current = this.of.steps[k];
    const shares = new Map();  // how many shares of its gradient a box has
    for (let i = 0; i <= k; ++i) {
      const { phase, box } = this.of.steps[i];
      if (phase === "backward") shares.set(box, (shares.get(box) || 0) + 1);
    }
    for (const [box, g] of this.boxes) this.show_box(box, g, k, shares.get(box) || 0, hides && current.box === box ? current : null);
    const sources = this.sources(current);
    for (const [box, g] of this.boxes) {
      g.classList.toggle("lit", current.box === box);
      g.classList.toggle("source", sources.has(box));
    }
    for (const [use, g] of this.arrows) this.show_arrow(use, g, current, shares);
    this.svg.dataset.phase = current.phase;
  }
  // The boxes from which the numbers of a step come.
  sources(step) {
    if (step.phase === "forward") return new Set(this.of.used_by[step.box].map((use) => this.of.uses[use].to));
    return new Set(step.use === undefined ? [] : [this.of.uses[step.use].from]);
  }

  show_box(box, g, k, shares, hidden) {
    const [first] = this.of.steps_of[box];
    const computed = this.of.is_leaf(box) || first <= k;
    const new_at = this.of.steps_of[box].find((at) => this.of.steps[at].phase === "update");
    const is_new = new_at !== undefined && new_at <= k;
    const number = is_new ? this.of.updated(box) : this.of.data(box);
    const hides = (phase) => hidden !== null && hidden.phase === phase;
    const data = !computed ? "\u2013" : hides("forward") || hides("update") ? "?" : this.explainer.shown(number);
    const wanted = box === this.of.loss ? 1 : this.of.live_uses(box).length;
    const waits = shares > 0 && shares < wanted;
    const sum = shares === 0 ? "\u2013" : hides("backward") ? "?"
      : this.explainer.shown(box === this.of.loss ? 1 : this.of.running_sum(box, shares));
    put_text(this.parts.get(box).data, data);
    put_text(this.parts.get(box).grad, sum);
    put_text(this.parts.get(box).label, waits ? `grad ${shares}/${wanted}` : "grad");
    g.classList.toggle("known", computed);
    g.classList.toggle("waits", waits);
    g.classList.toggle("complete", shares > 0 && !waits);
    g.classList.toggle("updated", is_new);
    const { name, text } = this.of.boxes[box];
    const state = waits ? `${sum} so far, ${shares} of ${wanted} shares` : sum === "\u2013" ? "not yet known" : sum;
    g.setAttribute("aria-label",
      `${name}${text ? " = " + text : ""}, value ${computed ? data : "not yet known"}, gradient ${state}`);
  }
  show_arrow(use, g, current, shares) {
    const { from, to } = this.of.uses[use];
    const on = current.use === use, feeds = current.phase === "forward" && current.box === from;
    const passed = this.of.live_uses(to).indexOf(use);
    const known = current.phase !== "start" && passed >= 0 && passed < (shares.get(to) || 0);
    g.classList.toggle("lit", on);
    g.classList.toggle("feeds", feeds);
    g.classList.toggle("passed", known);
    put_text(g.querySelector(".local"), known ? this.explainer.shown(this.of.local(use)) : "");
  }

  // Lights all uses on the paths from a box to the loss, and lets the rest fade; null ends that.
  light_paths(box, uses) {
    this.svg.classList.toggle("has-path", box !== null);
    const on = new Set();
    for (const use of uses) on.add(this.of.uses[use].from).add(this.of.uses[use].to);
    if (box !== null) on.add(box);
    for (const [each, g] of this.boxes) g.classList.toggle("on-path", on.has(each));
    for (const [use, g] of this.arrows) {
      g.classList.toggle("on-path", uses.has(use));
      if (uses.has(use)) put_text(g.querySelector(".local"), this.explainer.shown(this.of.local(use)));
    }
  }

  // Where the drawing is broader than its place: brings a box into view, and moves nothing else.
  bring_into_view(box) {
    const g = this.boxes.get(box), place = this.svg.parentElement;
    if (g === undefined || place.scrollWidth <= place.clientWidth + 1) return;
    const inner = g.getBoundingClientRect(), outer = place.getBoundingClientRect();
    place.scrollLeft += inner.left + inner.width / 2 - outer.left - outer.width / 2;
  }
}

function put_text(element, text) {
  if (element !== null && element.textContent !== text) element.textContent = text;
}
