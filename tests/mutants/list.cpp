// Lists the mutants for tests/mutants/run, a line each: its name and, where it gives the right derivative at
// every reference point, a tab and the reason why no test could tell it from the original.
#include <cmath>
#include <cstdio>
#include <string>

#include "tests/mutants/mutants.h"
#include "tests/support/operations.h"

using namespace bp;

namespace {

double derivative_at(const test::Reference& row, int input) {
  Graph graph;
  const Value x = graph.leaf(row.x), y = graph.leaf(row.y);
  return test::apply(row.op, x, y).local_derivative(static_cast<std::size_t>(input));
}

// Whether the mutant is right wherever we know what is right. A difference beyond a few roundings tells.
bool equals_original(const mutants::Mutant& mutant) {
  if (info(mutant.op).arity == any_number) return mutant.op == Op::sum && mutant.kind == "one";
  mutants::choose(mutant);
  for (const test::Reference& row : test::references()) {
    if (row.op != mutant.op) continue;
    const double right = mutant.input == 0 ? row.dx : row.dy;
    const double got = derivative_at(row, mutant.input);
    if (!(std::abs(got - right) <= 1e-9 * std::abs(right) + 1e-300)) return false;
  }
  return true;
}

std::string reason(const mutants::Mutant& mutant) {
  const std::string formula(mutant.input == 0 ? info(mutant.op).reads_x : info(mutant.op).reads_y);
  if (mutant.op == Op::sum || formula.find_first_of("xy") == std::string::npos) {
    return "the derivative is " + formula + " everywhere";
  }
  if (mutant.kind.starts_with("factor-")) return "the factor left out is 1";
  if (formula.find('x') == std::string::npos) return "the derivative " + formula + " does not depend on x";
  return "the value lies on the same side of the kink as x";
}

}  // namespace

int main() {
  for (const mutants::Mutant& mutant : mutants::all()) {
    const std::string name =
        std::string(info(mutant.op).name) + ":" + std::to_string(mutant.input) + ":" + mutant.kind;
    if (equals_original(mutant)) {
      std::printf("%s\t%s\n", name.c_str(), reason(mutant).c_str());
    } else {
      std::printf("%s\n", name.c_str());
    }
  }
}
