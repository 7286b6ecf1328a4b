#include "engine/worksheet/check.h"

#include "engine/worksheet/truth.h"

namespace bp {

Check compare_claims(const Worksheet& worksheet) {
  Check check;
  const worksheet::Tape tape(*worksheet.graph);
  std::vector<std::uint8_t> trained(tape.size());
  for (const Value leaf : worksheet.train) trained[leaf.index()] = 1;
  std::vector<worksheet::Wanted_number> wanted;
  for (const Claim& claim : worksheet.claims) {
    std::optional<worksheet::Node> by;
    if (claim.by) by = static_cast<worksheet::Node>(claim.by->index());
    wanted.push_back({static_cast<worksheet::Node>(claim.of.index()), by, claim.after});
  }
  const auto loss = static_cast<worksheet::Node>(worksheet.loss.index());
  const std::vector<double> truths =
      worksheet::true_numbers(tape, loss, trained, worksheet.learning_rate.value_or(0.0), wanted);
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
  std::vector<Diagnosis> diagnoses =
      diagnose(*worksheet.graph, worksheet.loss, numbers, {worksheet.train, worksheet.learning_rate});
  for (std::size_t i = 0; i < diagnoses.size(); ++i) check.claims[i].diagnosis = std::move(diagnoses[i]);
  return check;
}

}  // namespace bp
