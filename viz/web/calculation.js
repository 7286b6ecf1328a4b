// What the page shows, as numbers: boxes (the values that have a step), uses (the arrows between them), the
// steps of one iteration, and the iterations that came before.

// "dE/dw5"; what is more than a word is put in parentheses: "d(the loss)/dw5".
function derivative_name(of, by) {
  const word = (name) => (/^[\p{L}\p{M}\p{N}_.,[\]#']+$/u.test(name) ? name : `(${name})`);
  return `d${word(of)}/d${word(by)}`;
}

class Calculation {
  constructor(page) {
    this.page = page;
    this.tape = new Tape(page.tape, page.operations);
    this.boxes = page.boxes;
    this.uses = page.uses;  // in the order of the sweep
    this.loss = page.loss;
    this.digits = page.digits;
    this.train = new Set(page.train);
    this.all_leaves = this.boxes.map((_, box) => box).filter((box) => this.is_leaf(box));
    this.find_folded();
    this.uses_of = this.boxes.map(() => []);  // that are made of a box's value
    this.used_by = this.boxes.map(() => []);  // that a box makes
    this.uses.forEach((use, k) => {
      this.uses_of[use.to].push(k);
      this.used_by[use.from].push(k);
    });
    this.formulas = new Formulas(
        (kind, box) => this.name_of(kind, box),
        (kind, box) => kind === "d" ? this.grad(box) :
            kind === "n"            ? this.updated(box) :
                                      this.data(box),
        this.digits);
    this.written_leaves = this.leaves().map((box) => this.data(box));
    this.begin();
  }

  // A node without a step is a part of the formula of its one user.
  find_folded() {
    const step_at = new Set(this.boxes.map((box) => box.at));
    this.part_of = new Map();
    for (let at = 0; at < this.tape.nodes.length; ++at) {
      for (let i = 0; i < this.tape.input_count(at); ++i) {
        const input = this.tape.input(at, i);
        if (!step_at.has(input)) this.part_of.set(input, [at, i]);
      }
    }
  }

  // "w5", its derivative "dE/dw5", and "w5\u2032" after a step.
  name_of(kind, box) {
    const name = this.boxes[box].name;
    if (kind === "d") return derivative_name(this.boxes[this.loss].name, name);
    return kind === "n" ? name + "\u2032" : name;
  }

  begin() {
    this.history = [this.leaves().map((box) => this.data(box))];
    this.iteration = 1;
    this.work_out();
  }
  work_out() {
    this.tape.forward();
    this.tape.backward(this.boxes[this.loss].at);
    this.make_steps();
  }

  // ---- numbers ----------------------------------------------------------------------------------

  leaves() {
    return this.all_leaves;
  }
  is_leaf(box) {
    return this.tape.is_leaf(this.boxes[box].at);
  }
  is_trained(box) {
    return this.page.rate !== null && this.train.has(box) && this.has_grad(box);
  }
  data(box) {
    return this.tape.data[this.boxes[box].at];
  }
  has_grad(box) {
    return this.tape.reached[this.boxes[box].at] === 1;
  }
  grad(box) {
    return this.tape.grad[this.boxes[box].at];
  }
  updated(box) {
    return this.data(box) - from_json(this.page.rate) * this.grad(box);
  }
  // d(user)/d(used) by this use alone: the product along the nodes that are folded into the user.
  local(use) {
    let {node, input} = this.uses[use];
    const user = this.boxes[this.uses[use].from].at;
    let product = this.tape.local_derivative(node, input);
    while (node !== user) {
      [node, input] = this.part_of.get(node);
      product *= this.tape.local_derivative(node, input);
    }
    return product;
  }
  contribution(use) {
    return this.tape.contribution(this.uses[use].node, this.uses[use].input);
  }
  // The gradient of a box when the first `count` of its uses have added their share.
  running_sum(box, count) {
    let sum = 0;
    for (const use of this.live_uses(box).slice(0, count)) sum += this.contribution(use);
    return sum;
  }
  // The uses through which the loss depends on a box, in the order of the sweep, and the place of one among
  // them.
  live_uses(box) {
    return this.live[box];
  }
  place_of(use) {
    return this.places[use];
  }

  // ---- steps ------------------------------------------------------------------------------------

  make_steps() {
    this.steps = [{phase: "start"}];
    const computed = this.boxes.map((_, box) => box).filter((box) => !this.is_leaf(box));
    computed.sort((a, b) => this.boxes[a].at - this.boxes[b].at);
    for (const box of computed) this.steps.push({phase: "forward", box});
    this.steps.push({phase: "backward", box: this.loss});
    this.live = this.uses_of.map((uses) => uses.filter((use) => this.has_grad(this.uses[use].from)));
    this.places = new Int32Array(this.uses.length).fill(-1);
    for (const uses of this.live) uses.forEach((use, place) => (this.places[use] = place));
    this.uses.forEach((use, k) => {
      if (this.places[k] < 0) return;
      this.steps.push(
          {phase: "backward", box: use.to, use: k, part: this.places[k] + 1, of: this.live[use.to].length});
    });
    for (const box of this.page.train) {
      if (this.is_trained(box)) this.steps.push({phase: "update", box});
    }
    this.steps.push({phase: "done"});
    this.steps_of = this.boxes.map(() => []);
    this.steps.forEach((step, k) => {
      if (step.box !== undefined) this.steps_of[step.box].push(k);
    });
  }
  trains() {
    return this.page.train.some((box) => this.is_trained(box));
  }
  // The number that a step works out.
  result(step) {
    if (step.phase === "forward") return this.data(step.box);
    if (step.phase === "update") return this.updated(step.box);
    if (step.phase === "backward") return step.use === undefined ? 1 : this.contribution(step.use);
    return undefined;
  }

  // The loss with the numbers that the step of training leads to.
  next_loss() {
    const ahead = new Tape(this.page.tape, this.page.operations);
    this.leaves().forEach((box) => {
      ahead.data[this.boxes[box].at] = this.is_trained(box) ? this.updated(box) : this.data(box);
    });
    ahead.forward();
    return ahead.data[this.boxes[this.loss].at];
  }

  // ---- iterations -------------------------------------------------------------------------------

  set_leaf(box, number) {
    this.history.length = this.iteration;
    this.tape.data[this.boxes[box].at] = number;
    this.history[this.iteration - 1] = this.leaves().map((leaf) => this.data(leaf));
    this.work_out();
  }
  put_leaves(numbers) {
    this.leaves().forEach((box, i) => (this.tape.data[this.boxes[box].at] = numbers[i]));
    this.work_out();
  }
  is_changed() {
    return this.history[0].some((number, i) => !Object.is(number, this.written_leaves[i]));
  }
  reset() {
    this.put_leaves(this.written_leaves);
    this.begin();
  }
  go_to_iteration(wanted) {
    while (this.history.length < wanted) {
      this.put_leaves(this.history[this.history.length - 1]);
      this.history.push(
          this.leaves().map((box) => (this.is_trained(box) ? this.updated(box) : this.data(box))));
    }
    this.iteration = wanted;
    this.put_leaves(this.history[wanted - 1]);
  }
}
