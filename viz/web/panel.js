// What stands beside the drawing: the step in words and formulas, the leaves to change, paths and claims.

const element = (id) => document.getElementById(id);

// A new element with classes, texts and children.
function make(tag, {text, classes, ...attributes} = {}, ...children) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  if (classes) made.className = classes;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

class Panel {
  constructor(calculation, explainer, act) {
    this.of = calculation;
    this.explainer = explainer;
    this.act = act;  // what the page does: go(k), change(box, number), show_paths(box)
    this.make_leaves();
    this.make_claims();
  }

  // ---- the step ---------------------------------------------------------------------------------

  show_step(k, hidden) {
    const step = this.of.steps[k];
    put_text(element("says"), this.explainer.sentence(step, hidden));
    const rows = new Map(this.explainer.rows(step, hidden).map((row) => [row.id, row]));
    for (const id of ["upstream", "local", "rule", "put_in", "result", "sum"]) {
      const row = rows.get(id), cell = element(id);
      cell.parentElement.hidden = row === undefined;
      put_text(cell, row ? row.text : "");
      put_text(cell.previousElementSibling, row ? row.label : "");
    }
    element("result").classList.toggle("hidden-number", hidden);
    const shown = step.phase !== "done" ? step.phase : this.of.trains() ? "update" : "backward";
    for (const item of element("phases").children) {
      item.toggleAttribute("data-on", item.dataset.phase === shown);
    }
    this.show_summary(step);
    put_text(element("within"), this.within(step.box));
    put_text(element("place"), `Step ${k} of ${this.of.steps.length - 1}`);
    put_text(
        element("iteration"),
        this.of.iteration > 1 || this.of.trains() ? `Iteration ${this.of.iteration}` : "");
  }

  // Where a box stands in a large graph: "v12 is in layer 1, neuron 3."
  within(box) {
    const names = [], groups = this.of.page.groups;
    if (box === undefined) return "";
    for (let group = this.of.boxes[box].group ?? null; group !== null; group = groups[group].parent) {
      names.unshift(groups[group].name);
    }
    return names.length === 0 ? "" : `${this.explainer.name(box)} is in ${names.join(", ")}.`;
  }

  // What the step of training did, at its end.
  show_summary(step) {
    const table = element("summary");
    table.hidden = step.phase !== "done" || !this.of.trains();
    table.replaceChildren();
    if (table.hidden) return;
    const row = (tag, ...texts) => make(
        "tr", {},
        ...texts.map(
            (text, i) => tag === "th" ? make("th", {text, scope: "col"}) :
                i === 0               ? make("th", {text, scope: "row"}) :
                                        make("td", {text, classes: "number"})));
    const shown = (number) => this.explainer.shown(number);
    const trained = this.of.page.train.filter((box) => this.of.is_trained(box)), most = 12;
    table.append(
        row("th", "", "before", "gradient", "after"),
        row("td", this.explainer.name(this.of.loss), shown(this.of.data(this.of.loss)), "",
            shown(this.of.next_loss())),
        ...trained.slice(0, most).map((box) => {
          const numbers = [this.of.data(box), this.of.grad(box), this.of.updated(box)];
          return row("td", this.explainer.name(box), ...numbers.map(shown));
        }));
    if (trained.length > most) table.append(row("td", `and ${trained.length - most} more`));
  }

  // ---- the leaves -------------------------------------------------------------------------------

  make_leaves() {
    const rows = this.of.leaves().slice(0, 400).map((box) => {
      const name = this.of.boxes[box].name;
      const input = make("input", {type: "text", inputmode: "decimal", autocomplete: "off", size: 11});
      input.dataset.name = name;
      input.setAttribute("aria-label", `the number of ${name}`);
      input.addEventListener("change", () => this.change(box, input));
      const label = make("button", {text: name, classes: "name", type: "button"});
      label.setAttribute("aria-label", `paths from ${name} to the loss`);
      const lights = () => this.act.show_paths(box);
      label.addEventListener("click", lights);
      label.addEventListener("focus", lights);
      label.addEventListener("mouseenter", lights);
      label.addEventListener("mouseleave", () => this.act.show_paths(null));
      label.addEventListener("blur", () => this.act.show_paths(null));
      for (const event of ["focus", "blur"]) {
        input.addEventListener(event, () => input.validity.valid && this.show_leaf(box, input));
      }
      return make("li", name.length > 8 ? {classes: "long"} : {}, label, input);
    });
    element("leaves").append(...rows);
    this.inputs = new Map(this.of.leaves().slice(0, 400).map((box, i) => [box, rows[i].lastChild]));
    const left_out = this.of.leaves().length - rows.length;
    put_text(element("leaves-note"), left_out > 0 ? `${left_out} more leaves are not listed.` : "");
  }
  change(box, input) {
    const plain = input.value.replace(",", ".").replace(/\u2212/g, "-");
    const number = written_number(input.value) === null ? NaN : Number(plain);
    input.setCustomValidity(Number.isFinite(number) ? "" : "A number, such as 0.5 or -2e-3");
    input.toggleAttribute("aria-invalid", !Number.isFinite(number));
    if (input.reportValidity()) this.act.change(box, number);
  }
  // With as many digits as there is room for; all of them while it is being changed.
  show_leaf(box, input) {
    const number = this.of.data(box), all = String(number);
    const short = all.length <= 9 || document.activeElement === input ? all : shown_number(number, 6);
    input.value = short;
    input.title = all;
    input.setCustomValidity("");
    input.removeAttribute("aria-invalid");
    input.classList.toggle(
        "changed", !Object.is(number, this.of.written_leaves[this.of.leaves().indexOf(box)]));
  }
  show_leaves() {
    for (const [box, input] of this.inputs) this.show_leaf(box, input);
    const changed = this.of.is_changed();
    element("reset").disabled = !changed && this.of.iteration === 1;
    if (element("claims-note")) {
      const note = "You have changed a leaf: the verdicts are for the worksheet\u2019s own numbers.";
      put_text(element("claims-note"), changed ? note : "");
    }
  }

  // ---- the claims -------------------------------------------------------------------------------

  make_claims() {
    const claims = this.of.page.claims;
    element("claims-section").hidden = claims.length === 0;
    const wrong_first = [...claims].sort((a, b) => (b.verdict === "wrong") - (a.verdict === "wrong"));
    element("claims").append(...wrong_first.map((claim) => this.claim(claim)));
    const count = (verdict) => claims.filter((claim) => claim.verdict === verdict).length;
    put_text(
        element("claims-count"),
        `${count("right")} right, ${count("truncated")} truncated, ${count("wrong")} wrong`);
  }
  claim(claim) {
    const sign = claim.verdict === "wrong" ? "\u2717" : "\u2713";
    const word = claim.verdict === "truncated" ? "cut off, not rounded" : claim.verdict;
    const item = make(
        "li", {"data-verdict": claim.verdict}, make("span", {text: `${sign} ${word}`, classes: "verdict"}),
        " ", make("span", {text: with_minus(`${claim.target} = ${claim.written}`), classes: "claimed"}));
    if (claim.verdict !== "wrong") return item;
    item.append(" ", make("span", {text: with_minus(`It is ${claim.truth}.`), classes: "truth"}));
    for (const text of claim.diagnosis) item.append(make("p", {text: with_minus(text)}));
    return item;
  }

  // ---- paths ------------------------------------------------------------------------------------

  show_paths(box, hidden) {
    const list = element("paths");
    list.replaceChildren();
    element("paths-section").toggleAttribute("data-empty", box === null);
    if (box === null) {
      put_text(
          element("paths-title"),
          "Point at a box, or at the name of a number, to see its paths to the loss.");
      return new Set();
    }
    const most = 6, {count, largest, uses} = find_paths(this.of, box, most);
    const d = this.explainer.d(box), total = this.of.grad(box);
    if (count === 0n) {
      put_text(element("paths-title"), `No path leads from ${this.explainer.name(box)} to the loss.`);
      return uses;
    }
    const paths = count === 1n ? "one path" : `the sum over ${count} paths`;
    const cut = count > most ? `, of which these ${most} are the largest` : "";
    put_text(
        element("paths-title"), `${d}${hidden ? "" : ` = ${this.explainer.shown(total)}`}: ${paths}${cut}.`);
    for (const path of largest) {
      const names = [this.of.loss, ...path.uses.map((use) => this.of.uses[use].to)].map(
          (each) => this.explainer.name(each));
      const factors = path.uses.map((use, i) => {
        const local = this.of.local(use);
        return i === 0 ? this.explainer.shown(local) : this.explainer.in_parentheses(local);
      });
      const item =
          make("li", {}, make("span", {text: shortened(names, ["\u2026"]).join(" \u2190 "), classes: "way"}));
      const product = this.explainer.shown(path.product);
      const text =
          factors.length < 2 ? product : `${shortened(factors, ["\u2026"]).join(" \u00d7 ")} = ${product}`;
      if (!hidden) item.append(make("span", {text, classes: "product"}));
      list.append(item);
    }
    return uses;
  }
}
