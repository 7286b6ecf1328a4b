// The shares that the diagnosis has to reach, over exercises whose seeds were fixed before it was tuned.
//
// BACKSTEP_RATES=1 prints the table of tests/bench/NOTES.md instead of only checking it.
#include <cstdio>
#include <cstdlib>
#include <optional>

#include "tests/diagnosis/slips.h"
#include "tests/support/catch2.h"
#include "tests/support/sanitized.h"
#include "tests/worksheet/rates.h"

using namespace bp;
using namespace bp::test;

namespace {

constexpr std::size_t count = 40;           // exercises for each mistake
constexpr std::size_t count_of_pair = 20;   // and for each pair
constexpr std::size_t count_random = 2000;  // random wrong numbers
constexpr std::uint64_t seed = 20'261'124;  // the day on which it was fixed

// The rates take half a minute, and several where memory is watched: there the same search runs in
// mistakes_test.cpp alone.
bool too_slow() {
  if (sanitized) skip("the rates are measured without the sanitizers");
  return sanitized;
}

bool printing() { return std::getenv("BACKSTEP_RATES") != nullptr; }

double percent(double share) { return 100 * share; }

void print_head() {
  std::printf(
      "\nAlone: up to three wrong claims of an exercise, each in a worksheet of its own. Could be: no other "
      "program here makes that number. Sheet: all claims of the exercise in one worksheet.\n\n"
      "| mistake | alone: claims | among | only | list | could be | sheet: claims | among | only | list |\n"
      "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
}

void print_rate(const std::string& claims, double among, double only, double list) {
  std::printf(" %s | %.1f %% | %.1f %% | %.2f |", claims.c_str(), percent(among), percent(only), list);
}

void print_separable(std::optional<double> share) {
  if (share) std::printf(" %.1f %% |", percent(*share));
  if (!share) std::printf(" |");
}

void print_row(const std::string& name, const Rates& rates) {
  const auto print = [](const Rate& rate) {
    print_rate(std::to_string(rate.claims), rate.share(rate.among), rate.share(rate.only), rate.mean_list());
  };
  std::printf("| %s |", name.c_str());
  print(rates.alone);
  print_separable(rates.separable);
  print(rates.sheet);
  std::printf("\n");
}

void print_mean(const std::vector<Rates>& all) {
  const auto print = [&](Rate Rates::*where) {
    print_rate("", mean_share(all, where, &Rate::among), mean_share(all, where, &Rate::only),
               mean_share(all, where, &Rate::listed));
  };
  std::optional<double> separable;
  for (const Rates& rates : all) {
    if (rates.separable) {
      separable = separable.value_or(0) + *rates.separable / static_cast<double>(all.size());
    }
  }
  std::printf("| **mean** |");
  print(&Rates::alone);
  print_separable(separable);
  print(&Rates::sheet);
  std::printf("\n\n");
}

// Also prints how often a random number with so many digits is left unexplained.
Rate random_numbers(int digits) {
  Rate rate;
  for (const Exercise& exercise : random_wrong_exercises(seed + 1, count_random, digits)) {
    rate += measure_one(exercise);
  }
  if (printing()) {
    std::printf("%zu random wrong numbers with %s digits: %.1f %% unexplained, mean list %.2f\n", rate.claims,
                digits == 0 ? "4 to 10" : std::to_string(digits).c_str(), percent(rate.share(rate.nothing)),
                rate.mean_list());
  }
  return rate;
}

}  // namespace

TEST_CASE("the true mistake is among those named, and most often the only one", "[rates]") {
  if (too_slow()) return;
  std::vector<Rates> all;
  if (printing()) print_head();
  for (const std::string& mistake : single_mistakes()) {
    all.push_back(measure(exercises(mistake, seed, count), printing()));
    if (printing()) print_row(mistake, all.back());
    INFO(mistake);
    CHECK(all.back().wrongly_diagnosed == 0);
  }
  if (printing()) print_mean(all);

  CHECK(mean_share(all, &Rates::alone, &Rate::among) >= 0.98);
  CHECK(mean_share(all, &Rates::sheet, &Rate::among) >= 0.98);
  CHECK(mean_share(all, &Rates::alone, &Rate::only) >= 0.80);
  CHECK(mean_share(all, &Rates::sheet, &Rate::only) >= 0.80);
}

TEST_CASE("of two mistakes at once both are named", "[rates]") {
  if (too_slow()) return;
  std::vector<Rates> all;
  if (printing()) print_head();
  for (const auto& [first, second] : mistake_pairs()) {
    all.push_back(measure(pair_exercises(first, second, seed, count_of_pair)));
    if (printing()) print_row(first + ", " + second, all.back());
    INFO(first << ", " << second);
    CHECK(all.back().wrongly_diagnosed == 0);
  }
  if (printing()) print_mean(all);

  CHECK(mean_share(all, &Rates::alone, &Rate::among) >= 0.90);
  CHECK(mean_share(all, &Rates::sheet, &Rate::among) >= 0.90);
}

TEST_CASE("a random wrong number is most often left unexplained, and never has a long list", "[rates]") {
  if (too_slow()) return;
  for (const int digits : {0, 4}) {
    const Rate rate = random_numbers(digits);
    INFO("digits " << digits);

    CHECK(rate.share(rate.nothing) >= 0.90);
    CHECK(rate.mean_list() <= 3);
  }
}

TEST_CASE("a right claim never gets a diagnosis", "[rates]") {
  if (too_slow()) return;
  const Rates rates = measure(right_exercises(seed + 2, 300));

  CHECK(rates.wrongly_diagnosed == 0);
  CHECK(rates.sheet.claims == 0);
}

TEST_CASE("what follows from a slip of the pen is most often recognised", "[rates]") {
  if (too_slow()) return;
  const Rates rates = measure(carried_exercises(seed + 3, 200));
  const Rate& sheet = rates.sheet;
  if (printing()) {
    std::printf("%zu numbers that follow from a wrong one: %.1f %% recognised, %.1f %% unexplained\n",
                sheet.claims, percent(sheet.share(sheet.follows)), percent(sheet.share(sheet.nothing)));
  }

  CHECK(sheet.share(sheet.follows) >= 0.90);
}
