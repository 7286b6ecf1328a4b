#include "engine/scalar/gradcheck.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "engine/scalar/copy.h"
#include "engine/scalar/difference.h"
#include "engine/scalar/dual.h"
#include "engine/scalar/gradcheck_report.h"

namespace bp {

namespace {

using Evidence = Gradcheck_entry::Evidence;

// Rounding changes a local derivative by a few parts in 10^16. 10^-10 leaves room for paths of many thousand
// nodes, and no wrong rule comes that near.
constexpr double rounding_share = 1e-10;

// What is known to a hundredth shows a wrong factor or sign; what is not shows little.
constexpr double largest_useful_error = 0.01;

std::string name_of(Value node) {
  return node.name().empty() ? "node " + std::to_string(node.index()) : std::string(node.name());
}

void check_arguments(Value root, std::span<const Value> inputs, const Gradcheck_options& options) {
  Graph& graph = root.graph();
  graph.check(root);
  for (Value input : inputs) {
    graph.check(input);
    if (!input.is_leaf()) {
      throw std::invalid_argument("backstep: the gradient check moves leaves, and " + name_of(input) +
                                  " is not one but a " + std::string(info(input.op()).name));
    }
  }
  if (!(options.step > 0.0) || !std::isfinite(options.step)) {
    throw std::invalid_argument(fmt::format("backstep: a gradient check with a step of {}", options.step));
  }
  if (options.seed == 0.0 || !std::isfinite(options.seed)) {
    throw std::invalid_argument(fmt::format("backstep: a gradient check with a seed of {}", options.seed));
  }
}

// The size that rounding of a local derivative is relative to. The slopes of these three are sums of two
// terms that cancel at the bottom of the dip, near x = -1; each is of the size of out / x.
double local_size(Value node, std::size_t input) {
  const double size = std::abs(node.local_derivative(input));
  const bool cancels = node.op() == Op::silu || node.op() == Op::gelu || node.op() == Op::gelu_tanh;
  const double x = cancels ? node.input(0).data() : 0.0;
  return x == 0.0 ? size : size + std::abs(node.data() / x);
}

// For each node the sum of |product of local derivatives| over all paths to it: what a gradient would be if
// nothing cancelled, and so what its rounding errors are relative to.
std::vector<double> path_sizes(Value root) {
  Graph& graph = root.graph();
  std::vector<double> sizes(graph.size(), 0.0);
  sizes[root.index()] = 1.0;
  for (std::size_t i = root.index() + 1; i-- > 0;) {
    if (sizes[i] == 0.0) continue;
    const Value node = graph[i];
    for (std::size_t k = 0; k < node.input_count(); ++k) {
      sizes[node.input(k).index()] += sizes[i] * local_size(node, k);
    }
  }
  return sizes;
}

// --- One input -------------------------------------------------------------------------------------------

void hold_to_forward_mode(Gradcheck_entry& entry, const Copy& subject, Value input, double path_size) {
  entry.forward = forward_derivative(subject.root(), input);
  const double size = std::isfinite(path_size) ? path_size : std::abs(entry.forward);
  entry.forward_tolerance = rounding_share * size + std::numeric_limits<double>::min();
}

void hold_to_difference(Gradcheck_entry& entry, const Copy& subject, const Difference& difference,
                        double path_size) {
  entry.central = difference.value;
  entry.central_tolerance = 2.0 * difference.error + entry.forward_tolerance;
  entry.step = difference.step;
  entry.evidence = Evidence::good;
  if (std::isnan(difference.value)) {
    entry.evidence = difference.kink         ? Evidence::kink
                     : difference.non_finite ? Evidence::not_finite
                                             : Evidence::noise;
    if (difference.kink) entry.obstacle = subject.describe(*difference.kink);
    if (difference.non_finite) entry.obstacle = subject.describe(*difference.non_finite);
  } else if (path_size > 0.0 && entry.central_tolerance > largest_useful_error * path_size) {
    entry.evidence = Evidence::noise;
  }
}

void examine(Gradcheck_entry& entry, const Copy& subject, Differences& differences, Value input,
             double path_size, double step) {
  hold_to_forward_mode(entry, subject, input, path_size);
  hold_to_difference(entry, subject, differences.by(input, step, false), path_size);
  if (entry.agrees() && !std::isnan(entry.central)) return;
  hold_to_difference(entry, subject, differences.by(input, step, true), path_size);
}

Gradcheck_report check(Copy& subject, std::span<const Value> inputs, std::span<const double> claimed,
                       const Gradcheck_options& options, std::string_view who) {
  Gradcheck_report report;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    Gradcheck_entry entry;
    entry.input = name_of(inputs[i]);
    entry.at = inputs[i].data();
    entry.backward = claimed[i];
    report.entries.push_back(std::move(entry));
  }
  if (const std::optional<Value> trouble = subject.graph().first_non_finite()) {
    judge_non_finite(report, subject, *trouble);
    return report;
  }
  const std::vector<double> sizes = path_sizes(subject.root());
  Differences differences(subject.root());
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const Value input = subject.of(inputs[i]);
    if (input) examine(report.entries[i], subject, differences, input, sizes[input.index()], options.step);
  }
  judge(report, subject, who);
  return report;
}

// Whether some operation received a gradient from above that tells multiplying by it from leaving it out.
bool upstream_tells(Copy& subject) {
  for (Value node : subject.graph()) {
    if (node.is_leaf() || !node.has_grad()) continue;
    if (node.grad() != 0.0 && node.grad() != 1.0) return true;
  }
  return false;
}

double in_units_of(double tolerance, double difference) {
  if (difference == 0.0) return 0.0;
  return std::isnan(difference) ? std::numeric_limits<double>::infinity() : std::abs(difference) / tolerance;
}

}  // namespace

double Gradcheck_entry::forward_badness() const { return in_units_of(forward_tolerance, backward - forward); }

double Gradcheck_entry::central_badness() const {
  return std::isnan(central) ? 0.0 : in_units_of(central_tolerance, backward - central);
}

double Gradcheck_entry::badness() const { return std::max(forward_badness(), central_badness()); }

Gradcheck_report gradcheck(Value root, std::span<const Value> inputs, const Gradcheck_options& options) {
  check_arguments(root, inputs, options);
  Copy subject(root);
  subject.root().backward(options.seed);
  const bool tells = upstream_tells(subject);
  std::vector<double> gradients;
  for (Value original : inputs) {
    const Value input = subject.of(original);
    gradients.push_back(input ? input.grad_or_zero() / options.seed : 0.0);
  }
  Gradcheck_report report = check(subject, inputs, gradients, options, "backward()");
  if (report.passed() && !tells) {
    report.verdict = Gradcheck_verdict::proved_nothing;
    report.reason =
        "the gradient from above is 1 at every operation, so a rule that forgets to multiply by it would "
        "pass too. Leave the seed at its default.";
  }
  return report;
}

Gradcheck_report gradcheck(Value root, std::initializer_list<Value> inputs,
                           const Gradcheck_options& options) {
  return gradcheck(root, std::span(inputs.begin(), inputs.size()), options);
}

Gradcheck_report gradcheck_claims(Value root, std::span<const Value> inputs, std::span<const double> claimed,
                                  const Gradcheck_options& options) {
  check_arguments(root, inputs, options);
  if (claimed.size() != inputs.size()) {
    throw std::invalid_argument(
        fmt::format("backstep: {} claimed gradients for {} inputs", claimed.size(), inputs.size()));
  }
  Copy subject(root);
  return check(subject, inputs, claimed, options, "the claim");
}

std::vector<Value> gradcheck_inputs(Graph& graph, std::span<const double> x) {
  std::vector<Value> inputs;
  for (std::size_t i = 0; i < x.size(); ++i) {
    inputs.push_back(graph.leaf(x[i], x.size() == 1 ? "x" : "x" + std::to_string(i + 1)));
  }
  return inputs;
}

}  // namespace bp
