#include "viz/claim.h"

#include <fmt/core.h>

#include "engine/worksheet/hint.h"
#include "viz/text.h"

namespace bp {

const char* word_of(Verdict verdict) {
  return verdict == Verdict::right ? "right" : verdict == Verdict::truncated ? "truncated" : "wrong";
}

std::string shown_target(const Claim& claim, std::size_t longest) {
  const std::string name = shown_name(claim.target, longest);
  const bool prime_says_it = !claim.by && claim.after == 1 && claim.target.ends_with('\'');
  return claim.after == 0 || prime_says_it ? name : fmt::format("{} after {}", name, claim.after);
}

std::string no_mistake_makes(const Claim& claim, const Checked_claim& checked, bool answers) {
  const Quantity quantity = claim.by ? Quantity::gradient : Quantity::value;
  const std::string hint = answers ? ratio_hint(claim.number, checked.truth, quantity) : "";
  return "No mistake that Backstep knows makes this number. " +
         (hint.empty() ? "A slip in the arithmetic?" : hint);
}

std::string question_of(const Diagnosis& diagnosis) {
  if (diagnosis.ask.empty()) return "";
  return "What did you get for " + shown_name(diagnosis.ask, 80) + "? That would tell them apart.";
}

}  // namespace bp
