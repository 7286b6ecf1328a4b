#include "engine/worksheet/statements.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <utility>

#include "engine/worksheet/names.h"

namespace bp::worksheet {
namespace {

class Lookup {
 public:
  Lookup(const Source& source, const Statements& statements, const Worksheet& sheet)
      : source_(source), statements_(statements), sheet_(sheet) {}

  Value loss() const;
  std::vector<Value> trained() const;
  Claim claim(const Claim_line& line) const;

 private:
  [[noreturn]] void fail(const Reference& reference, const std::string& what) const {
    source_.fail(reference.place, what);
  }
  Value value_of(const Reference& reference) const;
  std::size_t steps_of(const Claim_line& line) const;

  const Source& source_;
  const Statements& statements_;
  const Worksheet& sheet_;
};

std::string in_quotes(std::string_view name) { return named({Token::Kind::name, name, 0, 0}); }

Value Lookup::value_of(const Reference& reference) const {
  if (const auto value = sheet_.find(reference.name)) return *value;
  fail(reference, "there is no " + in_quotes(reference.name) + sheet_.did_you_mean(reference.name));
}

Value Lookup::loss() const {
  if (const auto& loss = statements_.loss) {
    const Value value = value_of(*loss);
    if (value.is_leaf())
      fail(*loss, in_quotes(loss->name) + " is a leaf, and a loss is computed from others");
    return value;
  }
  const auto last = std::find_if(sheet_.definitions.rbegin(), sheet_.definitions.rend(),
                                 [](const Definition& d) { return !d.value.is_leaf(); });
  if (last != sheet_.definitions.rend()) return last->value;
  const Line end{statements_.last.number == 0 ? Line{"", 1} : statements_.last};
  source_.fail({end, 0}, sheet_.definitions.empty()
                             ? "nothing is defined here; begin with a line such as x = 2"
                             : "nothing is computed here; add a line such as y = 2*x");
}

// The leaves in the order of their names: those that begin alike stand together, and a pattern is a range.
std::vector<Value> Lookup::trained() const {
  std::vector<Value> chosen;
  if (statements_.train.empty()) {
    for (const Definition& definition : sheet_.definitions) {
      const bool matches = is_parameter_name(definition.name);
      if (matches && definition.value.is_leaf()) chosen.push_back(definition.value);
    }
    return chosen;
  }
  std::vector<const Definition*> leaves;
  for (const Definition& definition : sheet_.definitions) {
    if (definition.value.is_leaf()) leaves.push_back(&definition);
  }
  std::sort(leaves.begin(), leaves.end(), [](auto a, auto b) { return a->name < b->name; });
  std::vector<std::ptrdiff_t> begun(leaves.size() + 1);  // how many ranges begin there, less those that end
  for (const Pattern& pattern : statements_.train) {
    const std::string_view name = pattern.leaf.name;
    const auto first =
        std::partition_point(leaves.begin(), leaves.end(), [&](auto leaf) { return leaf->name < name; });
    const auto last = std::partition_point(first, leaves.end(), [&](auto leaf) {
      return pattern.is_beginning ? leaf->name.starts_with(name) : leaf->name == name;
    });
    if (first == last && !pattern.is_beginning) {
      value_of(pattern.leaf);  // throws, unless it is computed
      fail(pattern.leaf, in_quotes(name) + " is computed; only leaves are trained");
    }
    if (first == last)
      fail(pattern.leaf, name.empty() ? "there is no leaf to train"
                                      : "no leaf has a name that begins with " + in_quotes(name));
    ++begun[static_cast<std::size_t>(first - leaves.begin())];
    --begun[static_cast<std::size_t>(last - leaves.begin())];
  }
  std::ptrdiff_t ranges = 0;
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    if ((ranges += begun[i]) > 0) chosen.push_back(leaves[i]->value);
  }
  std::sort(chosen.begin(), chosen.end(), [](Value a, Value b) { return a.index() < b.index(); });
  return chosen;
}

std::size_t Lookup::steps_of(const Claim_line& line) const {
  if (!line.steps) return line.prime ? 1 : 0;
  const std::string_view text = line.steps->text;
  std::size_t steps = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), steps);
  if (read.ec != std::errc() || steps > most_work / statements_.nodes) {
    source_.fail({line.of.place.line, line.steps->at},
                 "too many steps: steps times nodes, of which there are " +
                     std::to_string(statements_.nodes) + ", is at most 1,000,000,000");
  }
  return steps;
}

Claim Lookup::claim(const Claim_line& line) const {
  Claim claim;
  claim.line = line.of.place.line.number;
  claim.of = value_of(line.of);
  claim.target = std::string(line.of.name) + (line.prime ? "'" : "");
  if (line.by) {
    claim.by = value_of(*line.by);
    claim.target = "d" + claim.target + "/d" + std::string(line.by->name);
    if (claim.of.is_leaf())
      fail(line.of, in_quotes(line.of.name) + " is a leaf, and a leaf has no derivative");
  }
  claim.after = steps_of(line);
  if (claim.after > 0 && !sheet_.learning_rate)
    fail(line.of, "a number after a step needs a line such as learning_rate 0.5");
  claim.written = std::string(line.sign) + std::string(line.number.text);
  claim.number = Written_number(claim.written);
  return claim;
}

}  // namespace

void look_up(const Source& source, const Statements& statements, Worksheet& sheet) {
  const Lookup lookup(source, statements, sheet);
  sheet.loss = lookup.loss();
  sheet.train = lookup.trained();
  sheet.claims.reserve(statements.claims.size());
  for (const Claim_line& line : statements.claims) sheet.claims.push_back(lookup.claim(line));
}

}  // namespace bp::worksheet
