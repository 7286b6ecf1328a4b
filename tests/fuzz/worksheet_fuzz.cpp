// Any bytes at all as a worksheet: it is refused with one line, the line of the text and a caret below it, or
// read; and what was read, when it is small, is checked and solved without a crash. Built and run by
// tests/fuzz/run.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "engine/worksheet/check.h"
#include "engine/worksheet/solution.h"
#include "engine/worksheet/solution_markup.h"
#include "engine/worksheet/solution_text.h"
#include "engine/worksheet/worksheet.h"

namespace {

// So that one input takes milliseconds: a check searches the whole catalogue of mistakes for every wrong claim.
constexpr std::size_t most_nodes = 40, most_claims = 4, most_steps = 100;

// What must hold is not an assert, which a release build would leave out.
void must(bool claim) {
  if (!claim) std::abort();
}

// f:LINE:COL: what, two spaces and the line, two spaces and the caret.
void look_at(std::string_view said) {
  must(said.starts_with("f:") && std::count(said.begin(), said.end(), '\n') == 2);
  const std::size_t line = said.find('\n'), caret = said.find('\n', line + 1);
  must(said.substr(line + 1, 2) == "  " && said.substr(caret + 1, 2) == "  " && said.back() == '^');
  must(std::none_of(said.begin(), said.end(),
                    [](char c) { return (static_cast<unsigned char>(c) < ' ' && c != '\n') || c == 0x7F; }));
  must(said.size() < 6'000);  // names of up to 1,000 characters may stand in it
}

std::optional<bp::Worksheet> read_or_refuse(std::string_view text) {
  try {
    return bp::parse_worksheet(text, "f");
  } catch (const bp::Bad_worksheet& error) {
    look_at(error.what());
    return std::nullopt;
  }
}

void look_at(const bp::Worksheet& sheet) {
  must(!sheet.definitions.empty() && !sheet.loss.is_leaf());
  const bp::Node_names names(sheet);
  for (const bp::Definition& definition : sheet.definitions) {
    must(sheet.at(definition.name).index() == definition.value.index());
    must(names(definition.value) == definition.name);
  }
  must(std::all_of(sheet.train.begin(), sheet.train.end(), [](bp::Value leaf) { return leaf.is_leaf(); }));
  for (const bp::Claim& claim : sheet.claims) must(claim.after == 0 || sheet.learning_rate.has_value());
}

void work_out(const bp::Worksheet& sheet) {
  if (sheet.graph->size() > most_nodes) return;
  const bp::Solution solution = bp::solve(sheet);
  must(!bp::solution_as_text(solution).empty());
  must(!bp::solution_as_markdown(solution).empty());
  must(!bp::solution_as_latex(solution).empty());
  const auto lasts = [](const bp::Claim& claim) { return claim.after > most_steps; };
  if (sheet.claims.size() > most_claims || std::any_of(sheet.claims.begin(), sheet.claims.end(), lasts))
    return;
  const bp::Check check = bp::check_worksheet(sheet);
  must(check.right + check.truncated + check.wrong == sheet.claims.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto sheet = read_or_refuse({reinterpret_cast<const char*>(data), size});
  if (!sheet) return 0;
  look_at(*sheet);
  work_out(*sheet);
  return 0;
}
