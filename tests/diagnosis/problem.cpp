#include "tests/diagnosis/problem.h"

#include <algorithm>

#include "tests/diagnosis/expressions.h"
#include "tests/diagnosis/network.h"

namespace bp::test {
namespace {

std::vector<Expression> expressions() {
  std::vector<Expression> all;
  for (const auto& kind : {quotients(), chains(), shared_uses()})
    all.insert(all.end(), kind.begin(), kind.end());
  return all;
}

Problem problem_of(const Expression& expression, std::uint64_t seed) {
  return {expression.name, [expression, seed](Page& page, const Slips& slips) {
            Random random(seed);
            Rules rules(slips);
            expression.work(random, page, rules);
          }};
}

// Where all units below are dead, a ReLU gets exactly 0 and there is nothing left to work out.
bool sits_on_a_kink(const Network& network) {
  Page page;
  for (const Activity& sample : forward(network, page, {})) {
    for (const Row& nets : sample.net) {
      if (std::find(nets.begin(), nets.end(), 0.0) != nets.end()) return true;
    }
  }
  return false;
}

}  // namespace

Problem network_problem(Random& random) {
  Network network = random_network(random);
  while (sits_on_a_kink(network)) network = random_network(random);
  return {describe(network), [network](Page& page, const Slips& slips) {
            const auto samples = forward(network, page, slips);
            backward(network, samples, page, slips);
          }};
}

Problem expression_problem(Random& random) {
  static const std::vector<Expression> all = expressions();
  const Expression& expression = all[random.below(all.size())];
  return problem_of(expression, random.next());
}

Problem random_problem(Random& random) {
  return random.below(2) == 0 ? network_problem(random) : expression_problem(random);
}

std::vector<Problem> all_expressions(std::uint64_t seed) {
  std::vector<Problem> problems;
  for (const Expression& expression : expressions()) problems.push_back(problem_of(expression, seed++));
  return problems;
}

}  // namespace bp::test
