// Predict first: the next number is hidden until the learner has typed it, or asks for it.

class Prediction {
  constructor(calculation) {
    this.of = calculation;
    this.on = false;
    this.right = this.first_try = this.shown = 0;
    this.forget();
  }
  // Other numbers, other questions.
  forget() {
    this.answered = new Set();
    this.tries = new Map();
  }
  key(k) {
    return `${this.of.iteration}:${k}`;
  }
  hides(k) {
    return this.on && !this.answered.has(this.key(k)) && this.of.result(this.of.steps[k]) !== undefined;
  }

  // What is to be said of an answer to step k.
  check(k, text) {
    const truth = this.of.result(this.of.steps[k]), written = written_number(text);
    if (written === null) return "That is not a number. Write it like 0.25 or \u22122e\u22123.";
    const verdict = compare_digits(written, truth);
    if (verdict !== "wrong" && written.digits.length < 2 && !this.is_exact(written, truth)) {
      return "So far so good. Give two digits or more, please.";
    }
    if (verdict === "wrong") {
      this.tries.set(this.key(k), (this.tries.get(this.key(k)) || 0) + 1);
      return this.hint(written, truth) + " Try again, or have it shown.";
    }
    this.answered.add(this.key(k));
    ++this.right;
    if (!this.tries.has(this.key(k))) ++this.first_try;
    return verdict === "right" ? "Right." : "Right but for the last digit: it was cut off, not rounded.";
  }
  is_exact(written, truth) {
    return Number(`${written.negative ? "-" : ""}${written.digits}e${written.unit}`) === truth;
  }
  hint(written, truth) {
    const opposite = {...written, negative: !written.negative};
    return compare_digits(opposite, truth) === "right" ? "Not yet: look at the sign." : "Not yet.";
  }
  show(k) {
    this.answered.add(this.key(k));
    ++this.shown;
  }
  score() {
    if (this.right + this.shown === 0) return "";
    return `${this.right} right, ${this.first_try} of them at the first try; ${this.shown} shown`;
  }
}
