#include "tests/diagnosis/slips.h"

#include <functional>
#include <map>
#include <stdexcept>

namespace bp::test {
namespace {

using Make = std::function<void(Slips&, Random&)>;

bool one_in(Random& random, std::uint64_t n) { return random.below(n) == 0; }

template <typename T>
T one_of(Random& random, std::initializer_list<T> choices) {
  return choices.begin()[random.below(choices.size())];
}

void make_sign(Slips& s, Random& random) {
  (one_in(random, 5) ? s.step_uphill : s.target_minus_output) = true;
}

void make_factor(Slips& s, Random& random) {
  if (one_in(random, 4)) {
    s.parameters_twice = true;
  } else {
    s.loss_factor = one_of(random, {2.0, 2.0, 0.5});
  }
}

void make_penalty(Slips& s, Random& random) {
  using enum Slips::Penalty;
  s.penalty = one_of(random, {forgotten, doubled, halved, shared_out, wrong_on_biases});
}

void make_bias(Slips& s, Random& random) {
  using enum Slips::Bias;
  s.bias = one_of(random, {first, last, mean, everything});
}

void make_power(Slips& s, Random& random) {
  using enum Slips::Power;
  s.power = one_of(random, {exponent_stays, exponent_stays, no_factor, no_factor, lowered_first, raised});
}

void make_quotient(Slips& s, Random& random) {
  using enum Slips::Quotient;
  s.quotient = one_of(random, {plus, not_squared, swapped, undivided});
}

// As often everywhere as in one kind of layer.
void somewhere(Slips& s, Random& random) {
  using enum Slips::Where;
  s.where = one_of(random, {everywhere, everywhere, output, hidden});
}

void make_formula_at_net(Slips& s, Random& random) {
  s.formula_at_net = true;
  somewhere(s, random);
}

void make_derivative_at_output(Slips& s, Random& random) {
  s.derivative_at_output = true;
  somewhere(s, random);
}

void make_no_input(Slips& s, Random& random) {
  s.no_input = true;
  somewhere(s, random);
}

void make_neighbour(Slips& s, Random& random) {
  s.neighbour = one_of(random, {1, -1});
  somewhere(s, random);
}

// Everywhere, or at a single unit.
void make_no_hidden(Slips& s, Random& random) {
  s.no_hidden_derivative = !one_in(random, 4);
  if (!s.no_hidden_derivative) s.no_derivative_of = place_of(1 + random.below(3), random.below(4));
}

void make_no_output(Slips& s, Random& random) {
  s.no_output_derivative = !one_in(random, 4);
  if (!s.no_output_derivative) s.no_derivative_of = place_of(0, random.below(3));
}

void make_path(Slips& s, Random& random) { s.path = one_of(random, {Slips::Path::first, Slips::Path::last}); }

// Common ways are likelier than rare ones; where the collection names several, each has its share.
const std::map<std::string, Make>& makers() {
  static const std::map<std::string, Make> all = {
      {"activation-formula-at-preactivation", make_formula_at_net},
      {"bias-not-summed", make_bias},
      {"double-activation-derivative", make_derivative_at_output},
      {"exponent-rule", make_power},
      {"factor-two", make_factor},
      {"gradient-for-weight", [](Slips& s, Random&) { s.gradient_for_weight = true; }},
      {"mean", [](Slips& s, Random& r) { (one_in(r, 3) ? s.mean_twice : s.no_mean) = true; }},
      {"missing-input-factor", make_no_input},
      {"missing-local-derivative", [](Slips& s, Random& r) { s.forgotten = r.below(10); }},
      {"neighbour-input", make_neighbour},
      {"no-hidden-activation-derivative", make_no_hidden},
      {"no-output-activation-derivative", make_no_output},
      {"one-path", make_path},
      {"outer-derivative-at-inner-point", [](Slips& s, Random&) { s.outer_at_inner = true; }},
      {"overwritten-accumulation", [](Slips& s, Random&) { s.overwrites = true; }},
      {"penalty", make_penalty},
      {"quotient-rule", make_quotient},
      {"relu-mask",
       [](Slips& s, Random& r) { (one_in(r, 4) ? s.sigmoid_in_relu : s.mask_overwrites) = true; }},
      {"sign", make_sign},
      {"softmax-diagonal", [](Slips& s, Random&) { s.softmax_diagonal = true; }},
      {"softmax-twice", [](Slips& s, Random&) { s.softmax_twice = true; }},
      {"transposed",
       [](Slips& s, Random& r) { (one_in(r, 2) ? s.untransposed : s.outer_transposed) = true; }},
      {"updated-weights", [](Slips& s, Random&) { s.updated_weights = true; }},
      {"value-for-gradient", [](Slips& s, Random&) { s.value_for_gradient = true; }},
  };
  return all;
}

}  // namespace

void add_slip(Slips& slips, const std::string& id, Random& random) {
  const auto found = makers().find(id);
  if (found == makers().end()) throw std::invalid_argument("no program here makes the mistake " + id);
  found->second(slips, random);
}

const std::vector<std::string>& single_mistakes() {
  static const std::vector<std::string> all = [] {
    std::vector<std::string> ids;
    for (const auto& [id, make] : makers()) ids.push_back(id);
    return ids;
  }();
  return all;
}

}  // namespace bp::test
