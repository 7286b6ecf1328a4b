#include "engine/worksheet/catalogue.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>

#include "engine/worksheet/sites.h"

namespace bp::worksheet {
namespace {

bool is_whole(double x) { return x >= 2.0 && x <= 1000.0 && x == std::floor(x); }

// By how many something is divided on the way to the loss: a mean's count. A half is one only of a sum.
std::set<double> counts_of_means(const Tape& tape, const Roles& roles) {
  std::set<double> counts;
  const auto consider = [&](double count, Node divided) {
    const Op op = tape.op[divided];
    const bool of_sum = op == Op::add || op == Op::sub || op == Op::sum;
    const bool network = roles.is_network;
    if (is_whole(count) && (of_sum || (network && count > 2.0))) counts.insert(count);
  };
  for (Node n = 0; n < tape.size(); ++n) {
    if (roles.reaches_loss[n] == 0) continue;
    if (tape.op[n] == Op::mean && tape.input_count(n) > 1)
      counts.insert(static_cast<double>(tape.input_count(n)));
    if (tape.op[n] == Op::div && tape.op[tape.input(n, 1)] == Op::constant) {
      consider(tape.data[tape.input(n, 1)], tape.input(n, 0));
    }
    for (std::size_t k = 0; tape.op[n] == Op::mul && k < 2; ++k) {
      if (tape.op[tape.input(n, k)] != Op::constant) continue;
      const double divisor = 1.0 / tape.data[tape.input(n, k)];
      if (std::abs(divisor - std::round(divisor)) < 1e-9 * divisor)
        consider(std::round(divisor), tape.input(n, 1 - k));
    }
  }
  return counts;
}

// How many terms the loss is the sum of, looking through what scales the whole of it.
std::size_t terms_of_loss(const Tape& tape, const Roles& roles) {
  for (Node n = static_cast<Node>(tape.size()); n-- > 0;) {
    if (roles.reaches_loss[n] == 0 || roles.layer[n] < roles.layers) continue;
    if (tape.op[n] == Op::add || tape.op[n] == Op::sum) {
      std::size_t count = 0;
      for (const Edge e : terms_of(tape, roles, n)) {
        const Node term = tape.inputs[e];
        const auto is_penalty = [&](Edge p) { return tape.user[p] == term; };
        count += std::none_of(roles.penalties.begin(), roles.penalties.end(), is_penalty);
      }
      return count;
    }
  }
  return 1;
}

void add_scales(const Tape& tape, const Roles& roles, const std::set<double>& means,
                std::vector<Slip>& slips) {
  slips.push_back({.id = "factor-two",
                   .prior = 0.0,
                   .words =
                       "have twice the gradient: a 1/2 was left out, the 2 of a square was taken twice, or "
                       "a backward pass was added to an earlier one",
                   .way = Slip::Way::scale,
                   .scale = 2.0});
  // Without a network there is no error to halve: a square without its 2 is the exponent rule's.
  if (roles.is_network)
    slips.push_back(
        {.id = "factor-two",
         .prior = 0.0,
         .words = "have half the gradient: the 2 from the square was left out, or there is a 1/2 too many",
         .way = Slip::Way::scale,
         .scale = 0.5});
  const bool differences =
      std::any_of(tape.op.begin(), tape.op.end(), [](Op op) { return op == Op::sub || op == Op::neg; });
  if (differences || roles.is_network)
    slips.push_back(
        {.id = "sign",
         .prior = 0.1,
         .words = "have the sign turned round: (target - output) in the place of (output - target)",
         .way = Slip::Way::scale,
         .scale = -1.0});
  for (const double n : means) {
    slips.push_back({.id = "mean",
                     .prior = -0.2,
                     .words = "summed where the mean is meant: the division by the count was left out",
                     .way = Slip::Way::scale,
                     .scale = n});
    slips.push_back({.id = "mean",
                     .prior = -0.3,
                     .words = "divided by the count twice",
                     .way = Slip::Way::scale,
                     .scale = 1.0 / n});
  }
  const auto terms = static_cast<double>(terms_of_loss(tape, roles));
  if (terms > 1.0 && !means.contains(terms) && roles.is_network) {
    slips.push_back({.id = "mean",
                     .prior = -0.4,
                     .words = "took the mean where the sum is meant: divided by the count",
                     .way = Slip::Way::scale,
                     .scale = 1.0 / terms});
  }
}

// A penalty is worked out apart from the data's loss, so that a factor of that need not be one of both. And a
// second backward pass doubles what the parameters have collected, but not what is between.
void add_scales_of_parts(const Roles& roles, std::vector<Slip>& slips) {
  const std::size_t count = slips.size();
  for (std::size_t i = 0; i < count; ++i) {
    if (slips[i].way != Slip::Way::scale) continue;
    Slip parameters = slips[i], data = slips[i];
    if (parameters.id == "factor-two" || parameters.id == "mean") {
      parameters.parameters = true;
      parameters.prior -= 0.5;
      slips.push_back(parameters);
    }
    if (roles.penalties.empty()) continue;
    data.but_penalty = true;
    data.prior -= 0.1;
    slips.push_back(data);
  }
}

constexpr int all_values = sites::hidden_units | sites::other_values | sites::leaves;
constexpr std::string_view overwrote =
    "wrote = where += belongs: the last contribution replaced those before it";
constexpr Slip at_places[] = {
    {"sign", 0.0, 0, sites::turned_difference, "turned the sign of a difference round"},
    {"sign", -0.8, 1, sites::turned_difference, "lost the minus of a derivative"},
    {"factor-two", -0.3, 0, sites::square, "left out the 2 from the derivative of the square"},
    {"factor-two", -0.3, 0, sites::factor, "left out the constant factor"},
    {"mean", -0.5, 1, sites::factor, "left out the division by the count"},
    {"mean", -0.6, 2, sites::factor, "divided by the count twice"},
    {"double-activation-derivative", 0.0, 0, sites::activation,
     "took the activation's derivative at its output in place of its input"},
    {"activation-formula-at-preactivation", -0.1, 1, sites::activation,
     "put the input of the activation into the formula that wants its output"},
    {"double-activation-derivative", -0.6, 0, sites::activation,
     "took the hidden activations' derivative at their output in place of their input", 2},
    {"activation-formula-at-preactivation", -0.7, 1, sites::activation,
     "put the input of the hidden activations into the formula that wants their output", 2},
    {"no-output-activation-derivative", 0.0, 2, sites::activation,
     "left out the derivative of the output's activation"},
    {"no-hidden-activation-derivative", 0.0, 3, sites::activation,
     "left out the derivative of the hidden activation"},
    {"double-activation-derivative", -1.5, 0, sites::activation,
     "took the activation's derivative at its output in place of its input", 1},
    {"activation-formula-at-preactivation", -1.6, 1, sites::activation,
     "put the input of the activation into the formula that wants its output", 1},
    {"no-output-activation-derivative", -1.5, 2, sites::activation,
     "left out the derivative of the output's activation", 1},
    {"no-hidden-activation-derivative", -1.5, 3, sites::activation,
     "left out the derivative of the hidden activation", 1},
    {"one-path", 0.1, 0, sites::one_path, "followed only the first of several paths", sites::hidden_units},
    {"one-path", 0.1, -1, sites::one_path, "followed only the last of several paths", sites::hidden_units},
    {"one-path", 0.0, 0, sites::one_path, "followed only the first of several paths",
     sites::hidden_units | sites::other_values},
    {"one-path", 0.0, -1, sites::one_path, "followed only the last of several paths",
     sites::hidden_units | sites::other_values},
    {"one-path", -0.1, 0, sites::one_path, "followed only the first of several paths", sites::leaves},
    {"one-path", -0.1, -1, sites::one_path, "followed only the last of several paths", sites::leaves},
    {"one-path", -0.1, 0, sites::one_path, "followed only the first of several paths", all_values},
    {"one-path", -0.1, -1, sites::one_path, "followed only the last of several paths", all_values},
    {"one-path", -0.3, 1, sites::one_path, "followed only the second of several paths", all_values},
    {"one-path", -0.4, 2, sites::one_path, "followed only the third of several paths", all_values},
    {"one-path", -0.6, 3, sites::one_path, "followed only the fourth of several paths", all_values},
    {"one-path", -0.4, -2, sites::one_path, "left out the first of several paths", all_values},
    {"one-path", -0.4, -3, sites::one_path, "left out the second of several paths", all_values},
    {"one-path", -0.4, -4, sites::one_path, "left out the third of several paths", all_values},
    {"overwritten-accumulation", -0.2, 0, sites::overwritten, overwrote, sites::hidden_units},
    {"overwritten-accumulation", -0.2, 1, sites::overwritten, overwrote, sites::hidden_units},
    {"overwritten-accumulation", -0.2, 0, sites::overwritten, overwrote,
     sites::hidden_units | sites::other_values},
    {"overwritten-accumulation", -0.2, 1, sites::overwritten, overwrote,
     sites::hidden_units | sites::other_values},
    {"overwritten-accumulation", -0.2, 0, sites::overwritten, overwrote, sites::leaves},
    {"overwritten-accumulation", -0.2, 1, sites::overwritten, overwrote, sites::leaves},
    {"overwritten-accumulation", -0.2, 0, sites::overwritten, overwrote, all_values},
    {"overwritten-accumulation", -0.2, 1, sites::overwritten, overwrote, all_values},
    {"transposed", -0.2, 0, sites::transposed, "multiplied by W where its transpose belongs"},
    {"transposed", -0.3, 1, sites::transposed, "have the gradient of the transposed weight"},
    {"missing-input-factor", 0.0, 0, sites::input_factor, "left out what the weight is multiplied by"},
    {"neighbour-input", -0.2, 1, sites::input_factor,
     "took the neighbour's number for what the weight is multiplied by"},
    {"neighbour-input", -0.3, 2, sites::input_factor,
     "took the neighbour's number for what the weight is multiplied by"},
    {"bias-not-summed", 0.0, 0, sites::bias, "have only the first of the bias' contributions"},
    {"bias-not-summed", 0.0, 1, sites::bias, "have only the last of the bias' contributions"},
    {"bias-not-summed", -0.2, 2, sites::bias, "took the mean of the bias' contributions, not their sum"},
    {"bias-not-summed", -0.4, 3, sites::bias, "gave the bias the sum over all of its layer"},
    {"softmax-diagonal", 0.0, 0, sites::softmax_diagonal,
     "took s(1 - s) for the derivative of the softmax and left out its other entries"},
    {"softmax-twice", 0.0, 0, sites::softmax_twice, "applied the softmax twice"},
    {"penalty", 0.0, 0, sites::penalty, "left out the gradient of the penalty"},
    {"penalty", -0.1, 1, sites::penalty, "have twice the gradient of the penalty"},
    {"penalty", -0.1, 2, sites::penalty, "have half the gradient of the penalty"},
    {"penalty", -0.5, 3, sites::penalty, "left out the strength of the penalty"},
    {"penalty", -0.3, 4, sites::penalty, "left out the gradient of the biases' penalty"},
    {"penalty", -0.3, 5, sites::penalty, "gave the biases a penalty that they do not have"},
    {"outer-derivative-at-inner-point", -0.1, 0, sites::inner_point,
     "took the outer derivative at the innermost number, f'(x) in place of f'(g(x))"},
    {"outer-derivative-at-inner-point", -0.5, 1, sites::inner_point,
     "took the outer derivative at the innermost number, f'(x) in place of f'(g(x))"},
    {"outer-derivative-at-inner-point", -0.6, 2, sites::inner_point,
     "took the outer derivative at the innermost number, f'(x) in place of f'(g(x))"},
    {"relu-mask", 0.0, 0, sites::relu_mask, "put the relu's mask in the place of the gradient from above"},
    {"relu-mask", -0.2, 1, sites::relu_mask, "let the gradient through a relu at exactly 0"},
    {"relu-mask", -0.3, 2, sites::relu_mask,
     "took the sigmoid's out * (1 - out) for the derivative of a relu"},
    {"exponent-rule", -0.1, 0, sites::exponent, "did not lower the exponent: n x^n"},
    {"exponent-rule", -0.1, 1, sites::exponent, "did not bring the exponent down: x^(n-1)"},
    {"exponent-rule", -0.3, 2, sites::exponent, "treated exp(x) as a power: x exp(x-1)"},
    {"exponent-rule", -0.3, 3, sites::exponent, "treated the exponent as the base: y x^(y-1)"},
    {"exponent-rule", -0.3, 4, sites::exponent,
     "lowered the exponent before bringing it down: (n-1) x^(n-1)"},
    {"exponent-rule", -0.4, 5, sites::exponent, "integrated the power: x^(n+1)/(n+1)"},
    {"quotient-rule", 0.0, 0, sites::quotient, "lost the minus of the quotient rule"},
    {"quotient-rule", -0.1, 1, sites::quotient, "did not square the denominator: -x/y"},
    {"quotient-rule", -0.1, 2, sites::quotient, "left out the numerator: -1/y^2"},
    {"quotient-rule", -0.3, 3, sites::quotient, "left out the division by the square of the denominator"},
    {"quotient-rule", -0.2, 4, sites::quotient, "took the two terms of the quotient rule in the wrong order"},
    {"missing-local-derivative", -0.2, 0, sites::left_out, "left out a local derivative"},
    {"missing-local-derivative", -0.3, 1, sites::left_out, "left out the derivative by the denominator"},
    {"missing-local-derivative", -0.4, 2, sites::left_out,
     "left out the derivative by the denominator but for its sign"},
    {"missing-local-derivative", -0.3, 3, sites::left_out, "left out the other factor of a product"},
    {"missing-local-derivative", -0.4, 4, sites::left_out,
     "left out the other factor of a product, and its minus"},
};

}  // namespace

std::vector<Slip> slips_for(const Tape& tape, const Roles& roles) {
  std::vector<Slip> slips;
  const std::set<double> means = counts_of_means(tape, roles);
  add_scales(tape, roles, means, slips);
  add_scales_of_parts(roles, slips);
  for (const double n : means) {
    slips.push_back({.id = "penalty",
                     .prior = -0.4,
                     .flavour = 6,
                     .sites = sites::penalty,
                     .words = "divided the gradient of the penalty by the count, too",
                     .scale = 1.0 / n});
  }
  slips.push_back({.id = "updated-weights",
                   .prior = 0.1,
                   .words = "changed the weights before the gradients below them were taken",
                   .way = Slip::Way::updated});
  slips.push_back({.id = "gradient-for-weight",
                   .prior = -0.1,
                   .words = "multiplied by the weight's gradient in the place of the weight",
                   .way = Slip::Way::gradient});
  slips.push_back({.id = "value-for-gradient",
                   .prior = -0.3,
                   .words = "wrote the value in the place of its gradient",
                   .way = Slip::Way::value});
  slips.push_back({.id = "sign",
                   .prior = 0.1,
                   .words = "added the step in place of subtracting it",
                   .way = Slip::Way::ascent});
  slips.insert(slips.end(), std::begin(at_places), std::end(at_places));
  return slips;
}

}  // namespace bp::worksheet
