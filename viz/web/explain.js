// A step in words and formulas: a sentence, and the rows of the calculation, each a label with texts.
//
// A row is { label, text, id }: `id` is the element that it fills. What a learner is to predict is marked
// `hidden`.

class Explainer {
  constructor(calculation) {
    this.of = calculation;
    this.formulas = calculation.formulas;
  }
  name(box) {
    return this.of.boxes[box].name;
  }
  d(box) {
    return this.formulas.name_of("d", box);
  }
  // The derivative, where it is short enough to stand in front of a formula.
  label(box) {
    return this.d(box).length <= 18 ? this.d(box) : "gradient";
  }
  shown(number) {
    return this.formulas.printed(number);
  }
  in_parentheses(number) {
    const text = this.shown(number);
    return text.startsWith("\u2212") ? `(${text})` : text;
  }

  question(step) {
    if (step.phase === "forward") return `What is ${this.name(step.box)}?`;
    if (step.phase === "update") return `What does ${this.name(step.box)} become?`;
    if (step.use === undefined || step.of === 1) return `What is ${this.d(step.box)}?`;
    return `How much does ${this.name(this.of.uses[step.use].from)} add to ${this.d(step.box)}?`;
  }

  sentence(step, hidden) {
    if (hidden) return `${this.where(step)} ${this.question(step)}`;
    switch (step.phase) {
      case "start":
        return this.start();
      case "forward":
        return `Forward: ${this.name(step.box)} is ${this.shown(this.of.data(step.box))}.`;
      case "backward":
        return step.use === undefined ? this.seed(step) : this.backward(step);
      case "update":
        return `Update: one step against its gradient takes ${this.name(step.box)} from ` +
            `${this.shown(this.of.data(step.box))} to ${this.shown(this.of.updated(step.box))}.`;
      default:
        return this.done();
    }
  }
  where(step) {
    if (step.phase === "forward") return "Forward.";
    if (step.phase === "update") return "Update.";
    if (step.use === undefined) return "Backward begins.";
    return `Backward, from ${this.name(this.of.uses[step.use].from)} to ${this.name(step.box)}.`;
  }
  start() {
    const leaves = this.of.leaves().length, given = leaves === 1 ? "1 number" : `${leaves} numbers`;
    return `Given: ${given}. Next works out the first box from them, and then each from those before it.`;
  }
  seed(step) {
    const name = this.name(step.box), d = this.d(step.box);
    return `Backward begins at ${name}: when it grows by a little, it grows by exactly that, so ${d} is 1.`;
  }
  backward(step) {
    const use = this.of.uses[step.use], name = this.name(step.box);
    const number = this.shown(this.of.contribution(step.use)), d = this.d(step.box);
    const share = `Backward: ${this.d(use.from)}, times the local derivative of the arrow, is ${number}.`;
    if (step.of === 1) return share;
    const often = step.of === 2 ? "twice" : `${step.of} times`;
    if (step.part === step.of) {
      const sum = this.shown(this.of.grad(step.box));
      return `${share} It is the last of ${step.of} shares: ${d} is their sum, ${sum}.`;
    }
    const missing =
        step.of - step.part === 1 ? "one more share comes" : `${step.of - step.part} more shares come`;
    return `${share} ${name} is used ${often}; ${missing} from ${this.awaited(step)}, so it waits.`;
  }
  awaited(step) {
    const names =
        this.of.live_uses(step.box).slice(step.part).map((use) => this.name(this.of.uses[use].from));
    const different = [...new Set(names)];
    if (different.length > 3) return `${different[0]} and others`;
    const last = different.pop();
    return different.length === 0 ? last : `${different.join(", ")} and ${last}`;
  }
  done() {
    const name = this.name(this.of.loss), loss = this.shown(this.of.data(this.of.loss));
    if (!this.of.trains()) return `Done: ${name} is ${loss}, and every gradient is known.`;
    const next = this.shown(this.of.next_loss());
    return `Iteration ${this.of.iteration} is done. ${name} was ${loss}; with the new numbers it is ${next}.`;
  }

  // ---- the calculation in rows ------------------------------------------------------------------

  rows(step, hidden) {
    if (step.phase === "forward") {
      return this.worked_out(
          this.name(step.box), this.of.boxes[step.box].formula, this.of.data(step.box), hidden);
    }
    if (step.phase === "update") {
      const formula = ["+", ["v", step.box], ["inv", ["*", this.of.page.rate, ["d", step.box]]]];
      return this.worked_out(
          this.formulas.name_of("n", step.box), formula, this.of.updated(step.box), hidden);
    }
    if (step.phase !== "backward") return [];
    if (step.use === undefined)
      return [{id: "rule", label: this.d(step.box), text: "1"}, this.result(1, "=", hidden)];
    return this.rows_of_use(step, hidden);
  }
  // All of a step on one line, for paper: "E = E_o1 + E_o2 = 0.274811 + 0.0235600 = 0.298371".
  line(step) {
    const share = step.of > 1 ? `${this.d(step.box)}, ` : "";
    return this.rows(step, false)
        .map(({id, label, text}) => {
          if (id === "rule") return `${share}${label} = ${text}`;
          if (id === "put_in" || id === "result") return `${label} ${text}`;
          return id === "sum" ? `(${label}: ${text})` : "";
        })
        .filter((text) => text !== "")
        .join(" ");
  }
  result(number, sign, hidden) {
    return {id: "result", label: sign, text: hidden ? "?" : this.shown(number), hidden};
  }
  sign(formula, result) {
    return this.formulas.comes_out(formula, result) ? "=" : "\u2248";
  }
  worked_out(subject, formula, result, hidden) {
    if (!this.formulas.explains(formula, result)) {
      return [
        {id: "rule", label: subject, text: this.formulas.in_names(formula)}, this.result(result, "=", hidden)
      ];
    }
    return [
      {id: "rule", label: subject, text: this.formulas.in_names(formula)},
      {id: "put_in", label: "=", text: this.formulas.in_numbers(formula)},
      this.result(result, this.sign(formula, result), hidden),
    ];
  }
  rows_of_use(step, hidden) {
    const use = this.of.uses[step.use], share = this.of.contribution(step.use),
          local = this.of.local(step.use);
    const words = local_formula(use.formula);
    const local_name = derivative_name(this.name(use.from), this.name(step.box));
    const is_plain = typeof words === "number" || !this.formulas.explains(words, local);
    const above = this.of.grad(use.from);
    const upstream = {id: "upstream", label: "upstream", text: `${this.d(use.from)} = ${this.shown(above)}`};
    const local_row = {
      id: "local",
      label: "local",
      text: `${local_name} = ${is_plain ? "" : this.formulas.in_names(words) + " = "}${this.shown(local)}`,
    };
    const rule = `${this.d(use.from)} \u00d7 ${local_name}`;
    const put_in = `${this.shown(above)} \u00d7 ${this.in_parentheses(local)}`;
    const product = ["*", ["d", use.from], local];
    const nothing = above === 0 && !Number.isFinite(local);
    return [
      upstream,
      local_row,
      {
        id: "rule",
        label: step.of === 1 ? this.label(step.box) : `share ${step.part} of ${step.of}`,
        text: rule
      },
      {id: "put_in", label: "=", text: nothing ? "a gradient of 0 passes nothing on" : put_in},
      this.result(share, nothing ? "=" : this.sign(product, share), hidden),
      ...this.sum(step, hidden),
    ];
  }
  sum(step, hidden) {
    if (step.of === 1) return [];
    const shares = this.of.live_uses(step.box).slice(0, step.part).map((use) => this.of.contribution(use));
    const last = shares.length - 1;
    const terms = shares.map((share, i) => {
      if (i === last && hidden) return "?";
      return i === 0 ? this.shown(share) : this.in_parentheses(share);
    });
    const total = hidden ? "?" : this.shown(this.of.running_sum(step.box, step.part));
    const waits = step.part < step.of ? `; waits for ${this.awaited(step)}` : "";
    const sum = shares.length === 1 ? total : `${shortened(terms, ["\u2026"]).join(" + ")} = ${total}`;
    return [{id: "sum", label: step.part < step.of ? "so far" : this.label(step.box), text: sum + waits}];
  }
}
