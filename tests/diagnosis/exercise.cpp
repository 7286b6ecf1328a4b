#include "tests/diagnosis/exercise.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <stdexcept>

#include "tests/diagnosis/decimals.h"
#include "tests/diagnosis/problem.h"

namespace bp::test {
namespace {

constexpr int attempts = 20'000;  // so many problems in a row in which a mistake changes nothing: a bug here

int random_digits(Random& random) { return static_cast<int>(4 + random.below(7)); }

// Far enough from the halves between two claims, and from a number that was cut off, to be beyond dispute.
bool surely_right(double written, double truth, double unit) {
  return std::abs(written - truth) < 0.499 * unit;
}
bool surely_wrong(double written, double truth, double unit) {
  return std::abs(written - truth) > 1.001 * unit;
}

// What is left of a sum that ought to be 0: no claim is made of it.
bool rounding_error(double number) { return number != 0 && std::abs(number) < 1e-12; }

// Nothing for a number that nobody would dispute about or that has no digits.
std::optional<Written> claim_of(const std::string& target, double truth, double claimed, int digits) {
  if (!std::isfinite(claimed) || !std::isfinite(truth) || claimed == 0) return std::nullopt;
  if (rounding_error(truth) || rounding_error(claimed)) return std::nullopt;
  Written w{.target = target,
            .written = significant(claimed, digits),
            .truth = truth,
            .claimed = claimed,
            .mistakes = {}};
  const double number = std::strtod(w.written.c_str(), nullptr), unit = last_place(claimed, digits);
  w.wrong = surely_wrong(number, truth, unit);
  if (!w.wrong && !surely_right(number, truth, unit)) return std::nullopt;
  return w;
}

bool same_digits(double claimed, double other, int digits) {
  return !surely_wrong(std::strtod(significant(claimed, digits).c_str(), nullptr), other,
                       last_place(claimed, digits));
}

bool is_leaf(const Page& page, const std::string& name) {
  return std::find(page.leaves().begin(), page.leaves().end(), name) != page.leaves().end();
}

Numbers computed_values(const Page& page) {
  Numbers numbers;
  for (const auto& value : page.values()) {
    if (!is_leaf(page, value.first)) numbers.push_back(value);
  }
  return numbers;
}

Numbers all_computed(const Page& page) {
  Numbers numbers = computed_values(page);
  for (const Numbers* more : {&page.gradients(), &page.steps()}) {
    numbers.insert(numbers.end(), more->begin(), more->end());
  }
  return numbers;
}

bool is_gradient(const std::string& target) { return target.find('/') != std::string::npos; }

// The page of a learner who makes these slips. One who takes a value for its gradient copies it from the
// page.
std::optional<double> by_learner(const Page& mistaken, const Slips& slips, const std::string& target,
                                 Random& random) {
  const bool copies = slips.value_for_gradient && is_gradient(target) && random.below(3) == 0;
  return mistaken.find(copies ? target.substr(target.find('/') + 2) : target);
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

// Calls make(random) until it has made so many.
template <typename Make>
std::vector<Exercise> made(std::uint64_t seed, std::size_t count, const std::string& what, Make make) {
  Random random(seed);
  std::vector<Exercise> all;
  for (int failed = 0; all.size() < count;) {
    if (std::optional<Exercise> exercise = make(random)) {
      all.push_back(*std::move(exercise));
      failed = 0;
    } else if (++failed > attempts) {
      throw std::logic_error("no calculation here is changed by " + what);
    }
  }
  return all;
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
    Exercise exercise{problem.family, right.text(), {}, {mistake}};
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
    Exercise exercise{problem.family, right.text(), {}, {first, second}};
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
    Exercise exercise{problem.family, right.text(), {}, {}};
    for (const auto& [target, truth] : all_computed(right)) {
      if (const auto claim = claim_of(target, truth, truth, digits)) exercise.claims.push_back(*claim);
    }
    return exercise;
  });
}

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
    const Numbers numbers = worth_claiming(all_computed(right));
    const auto& [target, truth] = numbers[random.below(numbers.size())];
    const int written = digits > 0 ? digits : random_digits(random);
    return Exercise{problem.family, right.text(), {wrong_claim(random, target, truth, written)}, {}};
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
    Exercise exercise{problem.family, right.text(), {}, {"carried-forward"}};
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
