// The network, computed from the weights that were recorded: a forward pass like that of the engine.
const element = (id) => document.getElementById(id);
const run = JSON.parse(element("run").textContent);
const depth = run.layers.length - 1;  // layers of neurons; layer 0 are the two inputs

const curve = operations[run.activation].value;
const activation = (z) => curve(z, run.slope);  // of which leaky_relu alone makes use

// Where the weights of neuron j of layer k (from 1) begin: one for each neuron before it, then its bias.
function weights_at(k, j) {
  let at = 0;
  for (let l = 1; l < k; ++l) at += run.layers[l] * (run.layers[l - 1] + 1);
  return at + j * (run.layers[k - 1] + 1);
}

// What every neuron gives at n places: values[k][j][i] is neuron j of layer k at place i. Layer 0 are the
// inputs.
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

const shown = (number) => printed_number(number, 4);
