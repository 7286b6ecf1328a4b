// Wrong numbers that no mistaken program made: drawn at random, and slips of the pen with what follows
// from them.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>

#include "tests/diagnosis/claims.h"
#include "tests/diagnosis/decimals.h"
#include "tests/diagnosis/exercise.h"

namespace bp::test {
namespace {

// One digit altered, or two neighbours exchanged: what happens when a number is copied.
std::string miscopied(Random& random, std::string text) {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < text.size() && text[i] != 'e'; ++i) {
    if (text[i] >= '0' && text[i] <= '9' && (!places.empty() || text[i] != '0')) places.push_back(i);
  }
  const std::size_t at = random.below(places.size());
  if (random.below(2) == 0 && at + 1 < places.size()) {
    std::swap(text[places[at]], text[places[at + 1]]);
  } else {
    const auto digit = static_cast<std::uint64_t>(text[places[at]] - '0');
    text[places[at]] = static_cast<char>('0' + (digit + 1 + random.below(9)) % 10);
  }
  return text;
}

std::string drawn_wrong(Random& random, double truth, int digits) {
  const double sign = random.below(4) == 0 ? -1 : 1;
  switch (random.below(4)) {
    case 0: return significant(sign * truth * std::pow(10, random.uniform(-1, 1)), digits);
    case 1: return significant(sign * truth * random.uniform(0.5, 1.5), digits);
    case 2: return miscopied(random, significant(truth, digits));
    default: return significant(truth * random.uniform(-3, 3), digits);
  }
}

// Written with so many digits, and by more than one unit away from the truth.
Written wrong_claim(Random& random, const std::string& target, double truth, int digits) {
  for (;;) {
    Written w{
        .target = target, .written = drawn_wrong(random, truth, digits), .truth = truth, .mistakes = {}};
    w.claimed = std::strtod(w.written.c_str(), nullptr);
    const double unit = std::max(last_place(w.claimed, digits), last_place(truth, digits));
    w.wrong = w.claimed != 0 && surely_wrong(w.claimed, truth, unit);
    if (w.wrong) return w;
  }
}

Numbers worth_claiming(const Numbers& numbers) {
  Numbers kept;
  for (const auto& number : numbers) {
    if (number.second != 0 && !rounding_error(number.second)) kept.push_back(number);
  }
  return kept;
}

}  // namespace

std::vector<Exercise> random_wrong_exercises(std::uint64_t seed, std::size_t count, int digits) {
  return made(seed, count, "chance", [&](Random& random) -> std::optional<Exercise> {
    const Problem problem = random_problem(random);
    const Page right = problem.solved();
    Numbers numbers = right.gradients();
    numbers.insert(numbers.end(), right.steps().begin(), right.steps().end());
    numbers = worth_claiming(numbers);
    const auto& [target, truth] = numbers[random.below(numbers.size())];
    const int written = digits > 0 ? digits : random_digits(random);
    return Exercise{problem, right.text(), {wrong_claim(random, target, truth, written)}, {}};
  });
}

std::vector<Exercise> carried_exercises(std::uint64_t seed, std::size_t count) {
  return made(seed, count, "a slip of the pen", [&](Random& random) -> std::optional<Exercise> {
    const Problem problem = random_problem(random);
    const Page right = problem.solved();
    Numbers slippery = computed_values(right);
    slippery.insert(slippery.end(), right.gradients().begin(), right.gradients().end());
    slippery = worth_claiming(slippery);
    const int digits = random_digits(random);
    const auto& [target, truth] = slippery[random.below(slippery.size())];
    Written origin = wrong_claim(random, target, truth, digits);
    origin.origin = true;
    Page page;
    page.put(target, origin.claimed);
    problem.work(page, {});
    Exercise exercise{problem, right.text(), {}, {"carried-forward"}};
    bool any = false;
    for (const auto& [name, number] : all_computed(page)) {
      std::optional<Written> claim = claim_of(name, right.find(name).value(), number, digits);
      if (name == target) claim = origin;
      if (!claim) continue;
      if (claim->wrong && !claim->origin) claim->mistakes = {"carried-forward"};
      any = any || !claim->mistakes.empty();
      exercise.claims.push_back(*claim);
    }
    return any ? std::optional(exercise) : std::nullopt;
  });
}

}  // namespace bp::test
