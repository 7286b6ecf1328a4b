// Formulas: in names or with the present numbers put in, as text, and their value.
//
// A formula is a number, "pi", ["v", box] for a value, ["d", box] for d(loss)/d(value), ["n", box] for a
// value after the step of training, or [kind, ...parts]: "+", "*", "^", "neg", ">", "<", or ["call",
// operation, ...parts]. A part
// ["inv", part] of a sum is subtracted, of a product divides.

class Formulas {
  // `number_of(kind, box)` gives the present number of a symbol, `name_of(kind, box)` how it is called.
  constructor(name_of, number_of, digits) {
    this.name_of = name_of;
    this.number_of = number_of;
    this.digits = digits;
  }

  in_names(formula) {
    return this.write(formula, false);
  }
  in_numbers(formula) {
    return this.write(formula, true);
  }

  // ---- text: no more parentheses than it takes --------------------------------------------------

  write(formula, numbers) {
    this.numbers = numbers;
    this.follows_sign = false;
    return this.text(formula);
  }
  printed(number) {
    return printed_number(number, this.digits);
  }
  is_symbol(formula) {
    return Array.isArray(formula) && "vdn".includes(formula[0]);
  }
  is_number(formula) {
    return !Array.isArray(formula) && formula !== "pi";
  }
  is_negative(formula) {
    if (this.is_number(formula)) return this.printed(from_json(formula)).startsWith("\u2212");
    if (formula[0] === "neg") return true;
    return this.is_symbol(formula) && this.numbers && this.text(formula).startsWith("\u2212");
  }
  binding(formula) {
    if (formula[0] === "+" || this.is_negative(formula)) return 0;
    return formula[0] === "*" || formula[0] === "^" ? 1 : 2;
  }
  // A minus may stand at the beginning, as in -2 * x.
  at_least(binding, formula, leads = false) {
    const fits = this.binding(formula) >= binding || (leads && binding !== 2 && formula[0] !== "+");
    return fits ? this.text(formula) : `(${this.text(formula)})`;
  }
  text(formula) {
    if (formula === "pi") return "\u03c0";
    if (this.is_number(formula)) return this.printed(from_json(formula));
    const [kind, ...parts] = formula;
    switch (kind) {
      case "v":
      case "d":
      case "n":
        return this.numbers ? this.printed(this.number_of(kind, parts[0])) : this.name_of(kind, parts[0]);
      case "+":
        return this.text_of_sum(parts);
      case "*":
        return this.text_of_product(parts);
      case "^":
        return this.at_least(2, parts[0]) + "^" + this.at_least(2, parts[1]);
      case "neg":
        this.follows_sign = parts[0][0] === "*";
        return "\u2212" + this.at_least(1, parts[0]);
      case "call":
        return `${parts[0]}(${
            shortened(parts.slice(1).map((part) => this.text(part)), ["\u2026"]).join(", ")})`;
      default:
        return `[${this.text(parts[0])} ${kind} ${this.text(parts[1])}]`;
    }
  }
  text_of_sum(parts) {
    const terms = parts.map((part, i) => {
      const inverse = part[0] === "inv", term = inverse ? part[1] : part;
      if (i > 0) this.follows_sign = term[0] === "*";
      return (i > 0 ? (inverse ? " \u2212 " : " + ") : "") + this.at_least(1, term, i === 0);
    });
    return shortened(terms, [" + \u2026"]).join("");
  }
  text_of_product(parts) {
    const leads = !this.follows_sign;
    this.follows_sign = false;
    return parts
        .map((part, i) => {
          const inverse = part[0] === "inv", factor = inverse ? part[1] : part;
          const sign = i === 0 ? (inverse ? "1 / " : "") : inverse ? " / " : " \u00d7 ";
          return sign +
              this.at_least((i === 0 && !inverse) || factor[0] === "^" ? 1 : 2, factor, i === 0 && leads);
        })
        .join("");
  }

  // ---- the value: from all digits of the numbers, or from so many as are printed ----------------

  value(formula, digits = 0) {
    const as_printed = (number) =>
        digits === 0 || !Number.isFinite(number) ? number : Number(shown_number(number, digits));
    if (formula === "pi") return Math.PI;
    if (this.is_number(formula)) return as_printed(from_json(formula));
    const [kind, ...parts] = formula;
    if (this.is_symbol(formula)) return as_printed(this.number_of(kind, parts[0]));
    const inverse = parts.map((part) => part[0] === "inv");
    const x = parts.map(
        (part, i) => kind === "call" && i === 0 ? 0 : this.value(inverse[i] ? part[1] : part, digits));
    switch (kind) {
      case "+":
        return x.reduce((sum, term, i) => (inverse[i] ? sum - term : sum + term));
      case "*":
        return x.reduce((product, factor, i) => (inverse[i] ? product / factor : product * factor), 1);
      case "^":
        return pow(x[0], x[1]);
      case "neg":
        return -x[0];
      case "call": {
        const inputs = x.slice(1), operation = parts[0];
        return operation in any_number ? any_number[operation].value(inputs) :
                                         operations[operation].value(...inputs);
      }
      default:
        return x[0] === x[1] ? parts[2] : x[0] > x[1] === (kind === ">") ? 1 : 0;
    }
  }

  // Whether the formula, from the numbers as they are printed, gives the result as it is printed: = and not
  // about.
  comes_out(formula, result) {
    return shown_number(this.value(formula, this.digits), this.digits) === shown_number(result, this.digits);
  }
  // Whether it says how the result came about. It was written for the worksheet's numbers; after a change
  // another input of a maximum may be the largest, or an exponential may overflow.
  explains(formula, result) {
    const value = this.value(formula);
    return Object.is(value, result) || value === result ||
        abs(value - result) <= 1e-9 * (abs(value) + abs(result));
  }
}

// The first parts of many and the last: nobody reads 784 of them.
function shortened(parts, between) {
  return parts.length <= 12 ? parts : [...parts.slice(0, 4), ...between, parts[parts.length - 1]];
}

// A use's formula is the gradient above times local derivatives: without the gradient, what the arrow
// carries.
function local_formula(formula) {
  if (formula[0] === "d") return 1;
  if (formula[0] === "neg") {
    const inner = local_formula(formula[1]);
    return inner === formula[1] ? formula : typeof inner === "number" ? -inner : ["neg", inner];
  }
  if (formula[0] !== "*") return formula;
  const factors = formula.slice(1).filter((factor) => factor[0] !== "d");
  if (factors.length === formula.length - 1) return formula;
  return factors.length === 1 && factors[0][0] !== "inv" ? factors[0] : ["*", ...factors];
}
