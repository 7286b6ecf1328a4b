// The functions that the table of operations is written in, as in engine/scalar/elementary.h: the same forms,
// which keep their digits and let NaN through. The table itself follows, written by the build from its rows.
const {exp, expm1, log, log1p, sqrt, asin, acos, atan, atan2, sin, cos, tan, sinh, cosh, tanh, hypot} = Math;
const abs = Math.abs;

const two_over_root_pi = 1.1283791670955126;
const root_half = Math.SQRT2 / 2.0;
const normal_peak = 0.3989422804014327;  // 1 / sqrt(2 pi)
const root_eight_over_pi = 1.5957691216057308;  // 2 sqrt(2 / pi)
const selu_scale = 1.0507009873554805;
const selu_alpha = 1.6732632423543772;

const square = (x) => x * x;
const step = (x) => (x <= 0 ? 0 : 1);
const sign = (x) => (x > 0 ? 1 : x < 0 ? -1 : x * 0);
const min = (x, y) => (x < y || x !== x ? x : y);
const max = (x, y) => (x > y || x !== x ? x : y);
const prefers = (x, y) => (x > y ? 1 : x < y ? 0 : x === y ? 0.5 : x + y);

// C and JavaScript differ where 1 is raised to something that is no number, and -1 to infinity.
const pow = (x, y) => (x === 1 || (x === -1 && abs(y) === Infinity) ? 1 : x ** y);
const power_rule = (x, y) => (y === 0 ? 0 : y * pow(x, y - 1));
const exponent_rule = (x, y, out) => (x === 0 && y >= 0 ? 0 : out * log(x));

const sigmoid = (x) => 1 / (1 + exp(-x));
const softplus = (x) => (x > 0 ? x + log1p(exp(-x)) : log1p(exp(x)));
const relu = (x) => (x < 0 ? 0 : x);
const leaky_relu = (x, slope) => (x > 0 ? x : slope * x);
const elu = (x) => (x > 0 ? x : expm1(x));
const selu = (x) => selu_scale * (x > 0 ? x : selu_alpha * expm1(x));
const softsign = (x) => x / (1 + abs(x));
const hard_tanh = (x) => max(-1, min(x, 1));

// erf(x) = 2/sqrt(pi) exp(-x^2) (x + 2 x^3/3 + 4 x^5/15 + ...): all terms have one sign, nothing cancels.
function erf_series(x) {
  let term = x, sum = x;
  for (let n = 1; abs(term) > 1e-17 * abs(sum); ++n) sum += term *= (2 * x * x) / (2 * n + 1);
  return two_over_root_pi * exp(-x * x) * sum;
}
// erfc(x) for x >= 1 as a continued fraction, worked out from its end: 150 levels give all digits there.
// exp(-x^2) with the square in two parts, since its rounding would cost digits at x = 25.
function erfc_fraction(x) {
  if (x > 30) return 0;
  const high = Math.fround(x), low = x - high;
  let below = x;
  for (let n = 150; n > 0; --n) below = x + n / 2 / below;
  return (exp(-high * high) * exp(-low * (x + high))) / (sqrt(Math.PI) * below);
}
const erfc = (x) => (x >= 1 ? erfc_fraction(x) : x <= -1 ? 2 - erfc_fraction(-x) : 1 - erf_series(x));
const erf = (x) =>
    (x >= 1      ? 1 - erfc_fraction(x) :
         x <= -1 ? erfc_fraction(-x) - 1 :
         x === x ? erf_series(x) :
                   x);

const gelu = (x) => 0.5 * x * erfc(-root_half * x);
const gelu_bend = (x) => root_eight_over_pi * (x * (1 + 0.044715 * (x * x)));
const gelu_bend_slope = (x) => root_eight_over_pi * (1 + 0.134145 * (x * x));
const gelu_tanh = (x) => x * sigmoid(gelu_bend(x));

// term(0) + term(1) + ..., in the engine's order: from 8 terms on four sums run side by side.
function sum_of_terms(count, term) {
  const lanes = 4;
  let first = term(0);
  if (count < 2 * lanes) {
    for (let k = 1; k < count; ++k) first += term(k);
    return first;
  }
  let second = term(1), third = term(2), fourth = term(3), k = lanes;
  for (; k + lanes <= count; k += lanes) {
    first += term(k);
    second += term(k + 1);
    third += term(k + 2);
    fourth += term(k + 3);
  }
  if (k < count) first += term(k);
  if (k + 1 < count) second += term(k + 1);
  if (k + 2 < count) third += term(k + 2);
  return first + second + (third + fourth);
}

function right_logit(k, count) {
  return k >= 0 && k < count - 1 && k === Math.floor(k) ? 1 + k : 0;
}

// Operations of any number of inputs, of which x is the array: the value, and the derivative by input i.
const plain_sum = (x) => x.reduce((total, term) => total + term);
const any_number = {
  sum: {value: plain_sum, d: () => 1},
  mean: {value: (x) => plain_sum(x) / x.length, d: (x) => 1 / x.length},
  dot: {value: (x) => sum_of_terms(x.length / 2, (k) => x[2 * k] * x[2 * k + 1]), d: (x, i) => x[i ^ 1]},
  logsumexp: {
    value(x) {
      const largest = x.reduce(max);
      if (abs(largest) === Infinity) return largest;
      return largest + log(plain_sum(x.map((each) => exp(each - largest))));
    },
    d: (x, i, out) => exp(x[i] - out),
  },
  softmax_cross_entropy: {
    value(x) {
      const right = right_logit(x[0], x.length);
      if (right === 0) return NaN;
      let top = right, others = 0;
      for (let i = 1; i < x.length; ++i)
        if (x[i] > x[top]) top = i;
      for (let i = 1; i < x.length; ++i)
        if (i !== top) others += exp(x[i] - x[top]);
      return x[top] - x[right] + log1p(others);
    },
    d(x, i, out) {
      if (i === 0) return 0;
      const right = right_logit(x[0], x.length);
      return i === right ? expm1(-out) : exp(x[i] - x[right] - out);
    },
  },
};
