// The shares that the diagnosis has to reach, over exercises whose seeds were fixed before it was tuned.
//
// BACKSTEP_RATES=1 prints the table of tests/bench/NOTES.md instead of only checking it.
#include <cstdio>
#include <cstdlib>

#include "tests/diagnosis/slips.h"
#include "tests/support/catch2.h"
#include "tests/worksheet/rates.h"

using namespace bp;
using namespace bp::test;

namespace {

constexpr std::size_t count = 40;           // exercises for each mistake
constexpr std::size_t count_of_pair = 20;   // and for each pair
constexpr std::size_t count_random = 2000;  // random wrong numbers
constexpr std::uint64_t seed = 20'261'124;  // the day on which it was fixed

bool printing() { return std::getenv("BACKSTEP_RATES") != nullptr; }

double percent(double share) { return 100 * share; }

void print_head() {
  std::printf(
      "\n| mistake | alone: claims | among | only | list | could be | sheet: claims | among | only | list "
      "|\n");
  std::printf("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
}

void print_row(const std::string& name, const Rates& r) {
  std::printf("| %s | %zu | %.1f %% | %.1f %% | %.2f | %.1f %% | %zu | %.1f %% | %.1f %% | %.2f |\n",
              name.c_str(), r.alone.claims, percent(r.alone.share(r.alone.among)),
              percent(r.alone.share(r.alone.only)), r.alone.mean_list(), percent(r.separable), r.sheet.claims,
              percent(r.sheet.share(r.sheet.among)), percent(r.sheet.share(r.sheet.only)),
              r.sheet.mean_list());
}

void print_mean(const std::vector<Rates>& all) {
  double separable = 0;
  for (const Rates& rates : all) separable += rates.separable / static_cast<double>(all.size());
  const auto mean = [&](Rate Rates::*where, std::size_t Rate::*part) {
    return percent(mean_share(all, where, part));
  };
  std::printf("| **mean** | | %.1f %% | %.1f %% | %.2f | %.1f %% | | %.1f %% | %.1f %% | %.2f |\n\n",
              mean(&Rates::alone, &Rate::among), mean(&Rates::alone, &Rate::only),
              mean_share(all, &Rates::alone, &Rate::listed), percent(separable),
              mean(&Rates::sheet, &Rate::among), mean(&Rates::sheet, &Rate::only),
              mean_share(all, &Rates::sheet, &Rate::listed));
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
  for (const int digits : {0, 4}) {
    const Rate rate = random_numbers(digits);
    INFO("digits " << digits);

    CHECK(rate.share(rate.nothing) >= 0.90);
    CHECK(rate.mean_list() <= 3);
  }
}

TEST_CASE("a right claim never gets a diagnosis", "[rates]") {
  const Rates rates = measure(right_exercises(seed + 2, 300));

  CHECK(rates.wrongly_diagnosed == 0);
  CHECK(rates.sheet.claims == 0);
}

TEST_CASE("what follows from a slip of the pen is most often recognised", "[rates]") {
  const Rates rates = measure(carried_exercises(seed + 3, 200));
  const Rate& sheet = rates.sheet;
  if (printing()) {
    std::printf("%zu numbers that follow from a wrong one: %.1f %% recognised, %.1f %% unexplained\n",
                sheet.claims, percent(sheet.share(sheet.follows)), percent(sheet.share(sheet.nothing)));
  }

  CHECK(sheet.share(sheet.follows) >= 0.90);
}
