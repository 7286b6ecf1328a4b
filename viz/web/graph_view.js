// The drawing: which boxes are lit at a step, and the numbers in boxes and on arrows. A large graph has
// several drawings, one for the whole and one for each group that opens: `drawings` has their SVG, the
// whole's is in place.

class Graph_view {
  constructor(place, calculation, explainer, drawings) {
    this.place = place;
    this.of = calculation;
    this.explainer = explainer;
    this.whole = place.querySelector("svg");
    this.opened = new Map(drawings.map(({group, svg}) => [group, svg]));
    this.take(this.whole, null);
  }

  // ---- drawings ---------------------------------------------------------------------------------

  // Shows the drawing in which a group is opened; null is the whole.
  open(group) {
    if (group === null) return this.take(this.whole, null);
    const template = document.createElement("template");
    template.innerHTML = this.opened.get(group);
    return this.take(template.content.firstElementChild, group);
  }
  take(svg, group) {
    this.svg = svg;
    this.group = group;
    this.place.replaceChildren(svg);
    const {width, height} = svg.viewBox.baseVal;
    document.body.classList.toggle("tall", width < 1.7 * height);
    const by = (selector, key) => new Map(
        [...svg.querySelectorAll(selector)].map((element) => [Number(element.dataset[key]), element]));
    this.boxes = by("g.box[data-box]", "box");
    this.groups = by("g.box[data-group]", "group");
    this.arrows = by("g.arrow[data-use]", "use");
    for (const [each, g] of this.groups) {
      if (!this.opened.has(each)) g.setAttribute("aria-disabled", "true");
    }
    this.bundles = new Map([...svg.querySelectorAll("g.bundle")].map((g) => [g.dataset.between, g]));
    this.parts =
        new Map([...this.boxes.values(), ...this.groups.values()].map((g) => [g, {
                                                                        data: g.querySelector(".data"),
                                                                        grad: g.querySelector(".grad"),
                                                                        label: g.querySelector(".grad-label"),
                                                                      }]));
    this.members = new Map([...this.groups.keys()].map((each) => [each, []]));
    this.of.boxes.forEach((_, box) => {
      const unit = this.boxes.has(box) ? null : this.group_of(box);
      if (unit !== null) this.members.get(unit).push(box);
    });
  }
  // The group that stands for a box in this drawing.
  group_of(box) {
    let group = this.of.boxes[box].group;
    while (group !== undefined && group !== null && !this.groups.has(group))
      group = this.of.page.groups[group].parent;
    return group === undefined ? null : group;
  }
  unit(box) {
    const group = this.boxes.has(box) ? null : this.group_of(box);
    return group === null ? `b${box}` : `g${group}`;
  }
  element_of(box) {
    return this.boxes.get(box) || this.groups.get(this.group_of(box));
  }

  // ---- a step -----------------------------------------------------------------------------------

  // Shows the state after the first `k` steps; `hides` is whether the number of step k is not to be seen.
  show(k, hides) {
    const current = this.of.steps[k];
    const shares = new Map();  // how many shares of its gradient a box has
    for (let i = 0; i <= k; ++i) {
      const {phase, box} = this.of.steps[i];
      if (phase === "backward") shares.set(box, (shares.get(box) || 0) + 1);
    }
    for (const [box, g] of this.boxes) {
      this.show_box(box, g, k, shares.get(box) || 0, hides && current.box === box ? current : null);
    }
    for (const [group, g] of this.groups) this.show_group(group, g, k, shares, hides ? current.box : -1);
    const lit = current.box === undefined ? undefined : this.element_of(current.box);
    const sources = new Set([...this.sources(current)].map((box) => this.element_of(box)));
    for (const g of this.parts.keys()) {
      g.classList.toggle("lit", g === lit);
      g.classList.toggle("source", sources.has(g) && g !== lit);
    }
    for (const [use, g] of this.arrows) this.show_arrow(use, g, current, shares);
    const use = current.use === undefined ? null : this.of.uses[current.use];
    const between = use === null ? "" : `${this.unit(use.to)} ${this.unit(use.from)}`;
    for (const [ends, g] of this.bundles) g.classList.toggle("lit", ends === between);
  }
  // The boxes from which the numbers of a step come.
  sources(step) {
    if (step.phase === "forward")
      return new Set(this.of.used_by[step.box].map((use) => this.of.uses[use].to));
    return new Set(step.use === undefined ? [] : [this.of.uses[step.use].from]);
  }
  is_known(box, k) {
    return this.of.is_leaf(box) || this.of.steps_of[box][0] <= k;
  }
  // The number of a box after k steps: a leaf's new one, when it has been updated.
  number_at(box, k) {
    const steps = this.of.steps_of[box], last = steps[steps.length - 1];
    const is_new = last !== undefined && last <= k && this.of.steps[last].phase === "update";
    return {number: is_new ? this.of.updated(box) : this.of.data(box), is_new};
  }
  // The gradient as far as it has come.
  grad_at(box, shares) {
    return box === this.of.loss ? 1 : this.of.running_sum(box, shares);
  }

  show_box(box, g, k, shares, hidden) {
    const known = this.is_known(box, k), {number, is_new} = this.number_at(box, k);
    const hides = (phase) => hidden !== null && hidden.phase === phase;
    const data = !known ? "\u2013" : hides("forward") || hides("update") ? "?" : this.explainer.shown(number);
    const wanted = box === this.of.loss ? 1 : this.of.live_uses(box).length;
    const waits = shares > 0 && shares < wanted;
    const grad = shares === 0 ? "\u2013" :
        hides("backward")     ? "?" :
                                this.explainer.shown(this.grad_at(box, shares));
    const parts = this.parts.get(g);
    put_text(parts.data, data);
    put_text(parts.grad, grad);
    put_text(parts.label, waits ? `grad ${shares}/${wanted}` : "grad");
    g.classList.toggle("known", known);
    g.classList.toggle("waits", waits);
    g.classList.toggle("complete", shares > 0 && !waits);
    g.classList.toggle("updated", is_new);
    const {name, text} = this.of.boxes[box];
    const state = waits ? `${grad} so far, ${shares} of ${wanted} shares` :
        grad === "\u2013" ? "not yet known" :
                            grad;
    g.setAttribute(
        "aria-label",
        `${name}${text ? " = " + text : ""}, value ${known ? data : "not yet known"}, gradient ${state}`);
  }
  // The range of the values, and the largest gradient, of what is known of a group.
  show_group(group, g, k, shares, hidden) {
    let least = Infinity, most = -Infinity, largest = -1;
    for (const box of this.members.get(group)) {
      if (box === hidden) continue;
      if (this.is_known(box, k)) {
        const {number} = this.number_at(box, k);
        least = Math.min(least, number);
        most = Math.max(most, number);
      }
      if (shares.has(box)) largest = Math.max(largest, abs(this.grad_at(box, shares.get(box))));
    }
    const short = (number) => printed_number(number, 3);
    const data = least > most ? "\u2013" :
        least === most        ? short(least) :
                                `${short(least)} to ${short(most)}`;
    const grad = largest < 0 ? "\u2013" : `up to ${short(largest)}`;
    const parts = this.parts.get(g);
    put_text(parts.data, data);
    put_text(parts.grad, grad);
    g.classList.toggle("known", least <= most);
    g.classList.toggle("complete", largest >= 0);
    const opens = this.opened.has(group) ? "; opens" : "";
    g.setAttribute(
        "aria-label", `${this.of.page.groups[group].name}, values ${data}, gradients ${grad}${opens}`);
  }
  show_arrow(use, g, current, shares) {
    const {from, to} = this.of.uses[use];
    const passed = this.of.place_of(use);
    const known = passed >= 0 && passed < (shares.get(to) || 0);
    g.classList.toggle("lit", current.use === use);
    g.classList.toggle("feeds", current.phase === "forward" && current.box === from);
    g.classList.toggle("passed", known);
    put_text(g.querySelector(".local"), known ? this.explainer.shown(this.of.local(use)) : "");
  }

  // ---- paths ------------------------------------------------------------------------------------

  // Lights all uses on the paths from a box to the loss, and lets the rest fade; null ends that.
  light_paths(box, uses, with_numbers) {
    this.svg.classList.toggle("has-path", box !== null);
    const on = new Set(box === null ? [] : [this.element_of(box)]), between = new Set();
    for (const use of uses) {
      const {from, to} = this.of.uses[use];
      on.add(this.element_of(from)).add(this.element_of(to));
      between.add(`${this.unit(to)} ${this.unit(from)}`);
    }
    for (const g of this.parts.keys()) g.classList.toggle("on-path", on.has(g));
    for (const [ends, g] of this.bundles) g.classList.toggle("on-path", between.has(ends));
    for (const [use, g] of this.arrows) {
      g.classList.toggle("on-path", uses.has(use));
      if (uses.has(use) && with_numbers)
        put_text(g.querySelector(".local"), this.explainer.shown(this.of.local(use)));
    }
  }

  // Where the drawing is broader than its place: brings a box into view, and moves nothing else.
  bring_into_view(box) {
    const g = this.element_of(box), place = this.place;
    if (g === undefined) return;
    const inner = g.getBoundingClientRect(), outer = place.getBoundingClientRect();
    if (place.scrollWidth > place.clientWidth + 1) {
      place.scrollLeft += inner.left + inner.width / 2 - outer.left - outer.width / 2;
    }
    if (place.scrollHeight > place.clientHeight + 1) {
      place.scrollTop += inner.top + inner.height / 2 - outer.top - outer.height / 2;
    }
  }
}

function put_text(element, text) {
  if (element !== null && element.textContent !== text) element.textContent = text;
}
