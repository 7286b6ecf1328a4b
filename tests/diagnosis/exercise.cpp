#include "tests/diagnosis/exercise.h"

#include <algorithm>
#include <optional>

#include "tests/diagnosis/claims.h"

namespace bp::test {
namespace {

// The page of a learner who makes these slips. One who takes a value for its gradient copies it from the
// page.
std::optional<double> by_learner(const Page& mistaken, const Slips& slips, const std::string& target,
                                 Random& random) {
  const bool copies = slips.value_for_gradient && is_gradient(target) && random.below(3) == 0;
  return mistaken.find(copies ? by_what(target) : target);
}

// Claims of all derivatives and steps, and of those values that the mistake changes.
std::vector<Written> claims_of(const Page& right, const Page& mistaken, const Slips& slips, int digits,
                               Random& random) {
  std::vector<Written> claims;
  for (const auto& [target, truth] : all_computed(right)) {
    const bool value = right.find(target) && !is_gradient(target) && target.back() != '\'';
    const std::optional<double> number = by_learner(mistaken, slips, target, random);
    if (!number) continue;
    const std::optional<Written> claim = claim_of(target, truth, *number, digits);
    if (claim && (claim->wrong || !value)) claims.push_back(*claim);
  }
  return claims;
}

bool any_wrong(const std::vector<Written>& claims) {
  return std::any_of(claims.begin(), claims.end(), [](const Written& w) { return w.wrong; });
}

}  // namespace

std::string claim_line(const Written& written) {
  return "claim " + written.target + " = " + written.written + "\n";
}

std::string with_claims(const Exercise& exercise) {
  std::string text = exercise.worksheet;
  for (const Written& written : exercise.claims) text += claim_line(written);
  return text;
}

std::vector<Exercise> exercises(const std::string& mistake, std::uint64_t seed, std::size_t count) {
  return made(seed, count, mistake, [&](Random& random) -> std::optional<Exercise> {
    const Problem problem = random_problem(random);
    Slips slips;
    add_slip(slips, mistake, random);
    const Page right = problem.solved();
    Exercise exercise{problem, right.text(), {}, {mistake}};
    exercise.claims = claims_of(right, problem.solved(slips), slips, random_digits(random), random);
    for (Written& claim : exercise.claims) {
      if (claim.wrong) claim.mistakes = {mistake};
    }
    return any_wrong(exercise.claims) ? std::optional(exercise) : std::nullopt;
  });
}

const std::vector<std::pair<std::string, std::string>>& mistake_pairs() {
  static const std::vector<std::pair<std::string, std::string>> pairs = {
      {"bias-not-summed", "factor-two"},
      {"bias-not-summed", "mean"},
      {"double-activation-derivative", "sign"},
      {"factor-two", "no-hidden-activation-derivative"},
      {"factor-two", "penalty"},
      {"factor-two", "sign"},
      {"factor-two", "updated-weights"},
      {"missing-input-factor", "no-output-activation-derivative"},
      {"missing-input-factor", "sign"},
      {"no-hidden-activation-derivative", "no-output-activation-derivative"},
      {"no-hidden-activation-derivative", "one-path"},
      {"no-output-activation-derivative", "sign"},
      {"one-path", "exponent-rule"},
      {"one-path", "sign"},
      {"outer-derivative-at-inner-point", "exponent-rule"},
      {"quotient-rule", "exponent-rule"},
      {"relu-mask", "bias-not-summed"},
      {"sign", "transposed"},
      {"softmax-diagonal", "mean"},
  };
  return pairs;
}

std::vector<Exercise> pair_exercises(const std::string& first, const std::string& second, std::uint64_t seed,
                                     std::size_t count) {
  const std::string what = first + " and " + second;
  return made(seed, count, what, [&](Random& random) -> std::optional<Exercise> {
    const Problem problem = random_problem(random);
    Slips one, other, both;
    const Random choice = random;
    add_slip(one, first, random);
    add_slip(other, second, random);
    Random again = choice;
    add_slip(both, first, again);
    add_slip(both, second, again);
    const Page right = problem.solved(), by_one = problem.solved(one), by_other = problem.solved(other);
    const int digits = random_digits(random);
    Exercise exercise{problem, right.text(), {}, {first, second}};
    exercise.claims = claims_of(right, problem.solved(both), both, digits, random);
    bool needs_both = false;
    for (Written& claim : exercise.claims) {
      if (!claim.wrong) continue;
      const auto alone = [&](const Page& page) {
        return same_digits(claim.claimed, page.find(claim.target).value(), digits);
      };
      claim.mistakes = {first, second};
      if (alone(by_one)) claim.mistakes = {first};
      if (alone(by_other)) claim.mistakes = {second};
      needs_both = needs_both || claim.mistakes.size() == 2;
    }
    return needs_both ? std::optional(exercise) : std::nullopt;
  });
}

std::vector<Exercise> right_exercises(std::uint64_t seed, std::size_t count) {
  return made(seed, count, "nothing", [&](Random& random) -> std::optional<Exercise> {
    const Problem problem = random_problem(random);
    const Page right = problem.solved();
    const int digits = random_digits(random);
    Exercise exercise{problem, right.text(), {}, {}};
    for (const auto& [target, truth] : all_computed(right)) {
      if (const auto claim = claim_of(target, truth, truth, digits)) exercise.claims.push_back(*claim);
    }
    return exercise;
  });
}

}  // namespace bp::test
