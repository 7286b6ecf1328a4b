// The calculation, worked out in the page: the tape forward and backward, as the engine does it.
//
// A tape is an array of nodes [operation, input, input, ...], a leaf or constant [operation, number]; an
// input is the place of an older node.

// JSON has no word for what is not finite.
const from_json = (number) =>
    typeof number === "number" ? number : {nan: NaN, inf: Infinity, "-inf": -Infinity}[number];

class Tape {
  constructor(nodes, names_of_operations) {
    this.names = names_of_operations;
    this.nodes = nodes;
    this.data = new Float64Array(nodes.length);
    this.grad = new Float64Array(nodes.length);
    nodes.forEach((node, at) => {
      if (this.is_given(at)) this.data[at] = from_json(node[1]);
    });
  }
  operation(at) {
    return this.names[this.nodes[at][0]];
  }
  is_leaf(at) {
    return this.operation(at) === "leaf";
  }
  is_given(at) {
    return this.is_leaf(at) || this.operation(at) === "constant";
  }
  input_count(at) {
    return this.is_given(at) ? 0 : this.nodes[at].length - 1;
  }
  input(at, i) {
    return this.nodes[at][i + 1];
  }
  inputs(at) {
    return this.nodes[at].slice(1).map((place) => this.data[place]);
  }

  forward() {
    for (let at = 0; at < this.nodes.length; ++at) {
      if (this.is_given(at)) continue;
      const name = this.operation(at), x = this.inputs(at);
      this.data[at] = name in any_number ? any_number[name].value(x) : operations[name].value(...x);
    }
  }

  // d(node)/d(its input i), from the numbers as they are now.
  local_derivative(at, i) {
    const name = this.operation(at), x = this.inputs(at), out = this.data[at];
    if (name in any_number) return any_number[name].d(x, i, out);
    return (i === 0 ? operations[name].dx : operations[name].dy)(...x, out);
  }

  // From the root to the beginning: when a node's turn comes, all who use it have added their share. A
  // gradient of 0 passes nothing on, so that 0 * inf in a dead branch makes no NaN.
  backward(root) {
    this.grad.fill(0);
    this.grad[root] = 1;
    this.reached = new Uint8Array(this.nodes.length);
    this.reached[root] = 1;
    for (let at = root; at >= 0; --at) {
      if (!this.reached[at]) continue;
      const grad = this.grad[at], count = this.input_count(at);
      for (let i = 0; i < count; ++i) {
        this.reached[this.input(at, i)] = 1;
        if (grad !== 0) this.grad[this.input(at, i)] += grad * this.local_derivative(at, i);
      }
    }
  }

  // What one use of a value adds to its gradient.
  contribution(at, i) {
    return this.grad[at] === 0 ? 0 : this.grad[at] * this.local_derivative(at, i);
  }
}
