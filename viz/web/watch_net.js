// The network, computed from the weights that were recorded: a forward pass like that of the engine.
const $ = (id) => document.getElementById(id);
const run = JSON.parse($("run").textContent);
const depth = run.layers.length - 1; // layers of neurons; layer 0 are the two inputs

const sigmoid = (z) => (z >= 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z)));
const activation = {
  elu: (z) => (z > 0 ? z : Math.expm1(z)),
  identity: (z) => z,
  leaky_relu: (z) => (z > 0 ? z : 0.01 * z),
  relu: (z) => (z > 0 ? z : 0),
  sigmoid,
  silu: (z) => z * sigmoid(z),
  softplus: (z) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))),
  tanh: Math.tanh,
}[run.activation];

// Where the weights of neuron j of layer k (from 1) begin: one for each neuron before it, then its bias.
function weightsAt(k, j) {
  let at = 0;
  for (let l = 1; l < k; ++l) at += run.layers[l] * (run.layers[l - 1] + 1);
  return at + j * (run.layers[k - 1] + 1);
}

// What every neuron gives at n places: values[k][j][i] is neuron j of layer k at place i. Layer 0 are x and y.
function forward(weights, xs, ys) {
  const values = [[xs, ys]];
  let at = 0;
  for (let k = 1; k <= depth; ++k) {
    const layer = [];
    for (let j = 0; j < run.layers[k]; ++j) {
      const sum = new Float64Array(xs.length);
      for (const before of values[k - 1]) {
        const weight = weights[at++];
        for (let i = 0; i < sum.length; ++i) sum[i] += weight * before[i];
      }
      const bias = weights[at++];
      for (let i = 0; i < sum.length; ++i) sum[i] = k < depth ? activation(sum[i] + bias) : sum[i] + bias;
      layer.push(sum);
    }
    values.push(layer);
  }
  return values;
}

// The network's output after the epoch at this place of run.epochs, for a point as the file has it, not yet
// standardised: above 0 is the second class; its sigmoid is the probability of that class.
function score(index, x, y) {
  const at = (value, k) => Float64Array.of((value - run.mean[k]) / run.deviation[k]);
  return forward(run.weights[index], at(x, 0), at(y, 1))[depth][0][0];
}

// A number for a reader: three digits below 1, else four.
function shown(x) {
  if (x === 0) return "0";
  const size = Math.abs(x);
  return (size >= 1e-3 && size < 1e5 ? x.toPrecision(size < 1 ? 3 : 4) : x.toExponential(2)).replaceAll("-", "−");
}

// The same for an axis, where numbers are round: all their digits, and no zeros at the end.
const roundShown = (x, digits = 12) => String(Number(x.toPrecision(digits))).replaceAll("-", "−");
