// Worksheets for the tests of solutions: the 0.05/0.10 example, and any number of random ones.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/data/random.h"

namespace bp::test {

/// Matt Mazur, "A Step by Step Backpropagation Example" (2015).
inline const std::string worked_example = R"(
i1 = 0.05
i2 = 0.10
t1 = 0.01
t2 = 0.99
w1 = 0.15
w2 = 0.20
w3 = 0.25
w4 = 0.30
w5 = 0.40
w6 = 0.45
w7 = 0.50
w8 = 0.55
b1 = 0.35
b2 = 0.60
net_h1 = w1*i1 + w2*i2 + b1
net_h2 = w3*i1 + w4*i2 + b1
out_h1 = sigmoid(net_h1)
out_h2 = sigmoid(net_h2)
net_o1 = w5*out_h1 + w6*out_h2 + b2
net_o2 = w7*out_h1 + w8*out_h2 + b2
out_o1 = sigmoid(net_o1)
out_o2 = sigmoid(net_o2)
E_o1 = 0.5*(t1 - out_o1)^2
E_o2 = 0.5*(t2 - out_o2)^2
E = E_o1 + E_o2
learning_rate 0.5
train w*
)";

/// A worksheet of some leaves and some definitions, each an expression over what stands above it, nested a
/// few times. Every function of the language turns up sooner or later, at points where it is defined.
class Random_worksheet {
 public:
  explicit Random_worksheet(std::uint64_t seed) : random_(seed) {}

  std::string text() {
    std::string all;
    for (int i = 0; i < 5; ++i) {
      names_.push_back("w" + std::to_string(i));
      const bool round = random_.uniform(0.0, 1.0) < 0.5;
      const double number = random_.uniform(-2.0, 2.0);
      all += names_.back() + " = " + (round ? std::to_string(number).substr(0, 5) : std::to_string(number)) +
             "\n";
    }
    for (int i = 0; i < 8; ++i) {
      const std::string name = (i % 3 == 0 ? "net_" : i % 3 == 1 ? "out_h" : "E") + std::to_string(i);
      all += name + " = " + expression(3) + "\n";
      names_.push_back(name);
    }
    // So that the loss depends on most of it.
    all += "loss_1 = 0";
    for (std::size_t i = 5; i < names_.size(); ++i) all += " + tanh(" + names_[i] + ")";
    return all + "\nlearning_rate 0.1\n";
  }

 private:
  std::size_t pick(std::size_t count) {
    return std::min(count - 1, static_cast<std::size_t>(random_.uniform(0.0, static_cast<double>(count))));
  }

  std::string expression(int depth) {
    if (depth == 0 || pick(5) == 0)
      return pick(4) == 0 ? std::to_string(pick(4) + 1) : names_[pick(names_.size())];
    const std::string a = expression(depth - 1), b = expression(depth - 1);
    switch (pick(9)) {
      case 0: return "(" + a + " + " + b + ")";
      case 1: return a + " - (" + b + ")";
      case 2: return "(" + a + ") * (" + b + ")";
      case 3: return "(" + a + ") / (2 + (" + b + ")^2)";
      case 4: return "-(" + a + ")";
      case 5: return "(" + a + ")^" + std::to_string(pick(3) + 1);
      case 6: return two_arguments(a, b);
      case 7: return many_arguments(a, b);
      default: return one_argument(a);
    }
  }

  std::string one_argument(const std::string& a) {
    static const std::vector<std::string> functions = {"sigmoid", "relu",     "elu",  "gelu",
                                                       "silu",    "softplus", "sin",  "cos",
                                                       "atan",    "abs",      "tanh", "leaky_relu"};
    switch (pick(3)) {  // where the domain or the size wants help
      case 0: return "log(1 + (" + a + ")^2)";
      case 1: return "sqrt(exp(tanh(" + a + ")))";
      default: return functions[pick(functions.size())] + "(" + a + ")";
    }
  }

  std::string two_arguments(const std::string& a, const std::string& b) {
    static const std::vector<std::string> functions = {"min", "max"};
    return functions[pick(2)] + "(" + a + ", " + b + ")";
  }

  std::string many_arguments(const std::string& a, const std::string& b) {
    static const std::vector<std::string> functions = {"sum(", "mean(", "logsumexp(",
                                                       "softmax_cross_entropy(1, "};
    // Kept small, so that no exponential leaves the range in which it can be written down.
    return functions[pick(functions.size())] + "tanh(" + a + "), sin(" + b + "), " + names_[pick(5)] + ")";
  }

  Random random_;
  std::vector<std::string> names_;
};

}  // namespace bp::test
