#include "tests/worksheet/rates.h"

#include <algorithm>
#include <set>

#include "engine/worksheet/worksheet.h"
#include "tests/diagnosis/rivals.h"

namespace bp::test {
namespace {

constexpr std::size_t alone_per_exercise = 3;

Rate rate_of(const Diagnosis& diagnosis, const std::vector<std::string>& mistakes) {
  std::set<std::string> ids;
  for (const Mistake& mistake : diagnosis.mistakes) ids.insert(mistake.id);
  ids.erase("carried-forward");
  const bool named = names(diagnosis, mistakes);
  return {.claims = 1,
          .among = named,
          .only = named && ids.size() == 1,
          .nothing = diagnosis.mistakes.empty() && !diagnosis.method_right,
          .listed = diagnosis.mistakes.size(),
          .follows = diagnosis.method_right};
}

// Evenly from the first to the last, so that parameters and values within the network both have their turn.
std::vector<Written> some_wrong(const Exercise& exercise) {
  std::vector<Written> wrong, some;
  for (const Written& claim : exercise.claims) {
    if (!claim.mistakes.empty()) wrong.push_back(claim);
  }
  const std::size_t count = std::min(alone_per_exercise, wrong.size());
  for (std::size_t i = 0; i < count; ++i) some.push_back(wrong[(2 * i + 1) * wrong.size() / (2 * count)]);
  return some;
}

Check checked(const std::string& text) { return check_worksheet(parse_worksheet(text, "exercise.bp")); }

void measure_alone(const Exercise& exercise, Rates& rates, bool ask_rivals, std::size_t& separable) {
  const std::vector<Written> claims = some_wrong(exercise);
  for (const Written& claim : claims) {
    const Check check = checked(exercise.worksheet + claim_line(claim));
    rates.alone += rate_of(check.claims.at(0).diagnosis, claim.mistakes);
  }
  if (!ask_rivals) return;
  const Rivals rivals(exercise);
  for (const Written& claim : claims) separable += rivals.of(claim).size() == claim.mistakes.size();
}

void measure_sheet(const Exercise& exercise, Rates& rates) {
  const Check check = checked(with_claims(exercise));
  for (std::size_t i = 0; i < exercise.claims.size(); ++i) {
    const Written& claim = exercise.claims[i];
    const Checked_claim& result = check.claims.at(i);
    const bool silent = result.diagnosis.mistakes.empty() && !result.diagnosis.method_right;
    if (!claim.wrong) {
      rates.wrongly_diagnosed += result.verdict == Verdict::wrong || !silent;
    } else if (!claim.mistakes.empty()) {
      rates.sheet += rate_of(result.diagnosis, claim.mistakes);
    }
  }
}

}  // namespace

Rate& Rate::operator+=(const Rate& other) {
  claims += other.claims;
  among += other.among;
  only += other.only;
  nothing += other.nothing;
  listed += other.listed;
  follows += other.follows;
  return *this;
}

Rates measure(const std::vector<Exercise>& exercises, bool rivals) {
  Rates rates;
  std::size_t separable = 0;
  for (const Exercise& exercise : exercises) {
    measure_alone(exercise, rates, rivals, separable);
    measure_sheet(exercise, rates);
  }
  if (rivals) rates.separable = rates.alone.share(separable);
  return rates;
}

Rate measure_one(const Exercise& exercise) {
  return rate_of(checked(with_claims(exercise)).claims.at(0).diagnosis, {});
}

double mean_share(const std::vector<Rates>& all, Rate Rates::*where, std::size_t Rate::*part) {
  double sum = 0;
  for (const Rates& rates : all) sum += (rates.*where).share((rates.*where).*part);
  return sum / static_cast<double>(all.size());
}

bool names(const Diagnosis& diagnosis, const std::vector<std::string>& mistakes) {
  return std::any_of(diagnosis.mistakes.begin(), diagnosis.mistakes.end(), [&](const Mistake& found) {
    if (mistakes.size() == 1) return found.id == mistakes[0];
    return mistakes.size() == 2 && found.id == "two-mistakes" &&
           found.says.find(mistakes[0]) != std::string::npos &&
           found.says.find(mistakes[1]) != std::string::npos;
  });
}

}  // namespace bp::test
