#include "engine/worksheet/functions.h"

#include <algorithm>
#include <array>

#include "engine/scalar/math.h"

namespace bp::worksheet {
namespace {

constexpr std::size_t slope = 2;  // leaky_relu takes it or leaves it
constexpr std::array table = {
    Function{"abs", Op::abs, 1, 1},
    Function{"acos", Op::acos, 1, 1},
    Function{"asin", Op::asin, 1, 1},
    Function{"atan", Op::atan, 1, 1},
    Function{"cos", Op::cos, 1, 1},
    Function{"cosh", Op::cosh, 1, 1},
    Function{"elu", Op::elu, 1, 1},
    Function{"exp", Op::exp, 1, 1},
    Function{"gelu", Op::gelu, 1, 1},
    Function{"leaky_relu", Op::leaky_relu, 1, slope},
    Function{"log", Op::log, 1, 1},
    Function{"logsumexp", Op::logsumexp, 1, any_count},
    Function{"max", Op::max, 2, 2},
    Function{"mean", Op::mean, 1, any_count},
    Function{"min", Op::min, 2, 2},
    Function{"pow", Op::pow, 2, 2},
    Function{"relu", Op::relu, 1, 1},
    Function{"sigmoid", Op::sigmoid, 1, 1},
    Function{"silu", Op::silu, 1, 1},
    Function{"sin", Op::sin, 1, 1},
    Function{"sinh", Op::sinh, 1, 1},
    Function{"softmax_cross_entropy", Op::softmax_cross_entropy, 2, any_count},
    Function{"softplus", Op::softplus, 1, 1},
    Function{"sqrt", Op::sqrt, 1, 1},
    Function{"sum", Op::sum, 1, any_count},
    Function{"tan", Op::tan, 1, 1},
    Function{"tanh", Op::tanh, 1, 1},
};

}  // namespace

std::span<const Function> functions() { return table; }

const Function* find_function(std::string_view name) {
  const auto found =
      std::find_if(table.begin(), table.end(), [&](const Function& f) { return f.name == name; });
  return found == table.end() ? nullptr : &*found;
}

std::string_view our_name_of(std::string_view foreign) {
  struct Names {
    std::string_view foreign, ours;
  };
  constexpr std::array known = {
      Names{"arccos", "acos"},      Names{"arcsin", "asin"},   Names{"arctan", "atan"},
      Names{"ln", "log"},           Names{"lse", "logsumexp"}, Names{"power", "pow"},
      Names{"logistic", "sigmoid"}, Names{"swish", "silu"},    Names{"\u03C3", "sigmoid"},
  };
  const auto found =
      std::find_if(known.begin(), known.end(), [&](const Names& names) { return names.foreign == foreign; });
  return found == known.end() ? std::string_view() : found->ours;
}

Value record_call(const Function& function, std::span<const Value> arguments) {
  if (function.op == Op::leaky_relu && arguments.size() < slope) { return leaky_relu(arguments[0], 0.01); }
  return record(function.op, arguments);
}

}  // namespace bp::worksheet
