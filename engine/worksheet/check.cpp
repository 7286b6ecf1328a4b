#include "engine/worksheet/check.h"

#include "engine/worksheet/diagnoser.h"
#include "engine/worksheet/truth.h"

namespace bp {

Check compare_claims(const Worksheet& worksheet) {
  Check check;
  std::vector<worksheet::Wanted_number> wanted;
  for (const Claim& claim : worksheet.claims) {
    wanted.push_back(worksheet::wanted_by(claim.of, claim.by, claim.after));
  }
  const std::vector<double> truths = worksheet::true_numbers(
      worksheet::Tape(*worksheet.graph), static_cast<worksheet::Node>(worksheet.loss.index()),
      worksheet::flags_of(worksheet.graph->size(), worksheet.train), worksheet.learning_rate.value_or(0.0),
      wanted);
  for (std::size_t i = 0; i < truths.size(); ++i) {
    const Verdict verdict = compare_digits(worksheet.claims[i].number, truths[i]);
    check.claims.push_back({truths[i], verdict, {}});
    (verdict == Verdict::right       ? check.right
     : verdict == Verdict::truncated ? check.truncated
                                     : check.wrong) += 1;
  }
  return check;
}

Check check_worksheet(const Worksheet& worksheet) {
  Check check = compare_claims(worksheet);
  if (check.wrong == 0) return check;
  std::vector<Hand_number> numbers;
  for (const Claim& claim : worksheet.claims) {
    numbers.push_back({claim.of, claim.by, claim.written, claim.after});
  }
  std::vector<double> truths;
  for (const Checked_claim& claim : check.claims) truths.push_back(claim.truth);
  std::vector<Diagnosis> diagnoses = worksheet::diagnose_known(
      *worksheet.graph, worksheet.loss, numbers, {worksheet.train, worksheet.learning_rate}, truths);
  for (std::size_t i = 0; i < diagnoses.size(); ++i) check.claims[i].diagnosis = std::move(diagnoses[i]);
  return check;
}

}  // namespace bp
