// Each claim of a worksheet beside the truth, and for a wrong one the mistakes that make exactly its number.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/worksheet/diagnose.h"
#include "engine/worksheet/digits.h"
#include "engine/worksheet/worksheet.h"

namespace bp {

/// What became of one claim.
struct Checked_claim {
  double truth = 0.0;
  Verdict verdict = Verdict::wrong;
  Diagnosis diagnosis;  ///< of a wrong claim, from check_worksheet()
};

struct Check {
  std::vector<Checked_claim> claims;  ///< one for each claim of the worksheet, in their order
  std::size_t right = 0, truncated = 0, wrong = 0;
};

/// Compares every claim with the truth, and no more.
Check compare_claims(const Worksheet& worksheet);

/// Compares every claim with the truth and diagnoses the wrong ones.
///
/// The worksheet's graph ends with the numbers and gradients that it began with.
Check check_worksheet(const Worksheet& worksheet);

}  // namespace bp
