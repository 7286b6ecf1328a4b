#include "engine/worksheet/math_rows.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace bp::worksheet {
namespace {

constexpr double sign_width = 3.0;
constexpr double continued = 4.0;  // how far the later lines of a formula are moved in

std::string sign_of(const Shown_part& part) { return part.exact ? "= " : R"(\approx )"; }

}  // namespace

Math_rows::Math_rows(const Solution& solution, Dialect dialect, double width)
    : solution_(solution), dialect_(dialect), width_(width), typesetter_(solution, dialect) {}

Equation Math_rows::given() const {
  constexpr double gap = 4.0;
  double broadest = 1.0;
  std::vector<std::string> cells;
  for (const Symbol& leaf : solution_.given) {
    const Math_name name = typesetter_.symbol(leaf);
    Math_typesetter numbers = typesetter_;
    const Piece number = numbers.one_piece(number_formula(leaf.number), Show::numbers);
    const bool exact = is_printed_whole(leaf.number, solution_.digits);
    cells.push_back(name.text + (exact ? " &= " : R"( &\approx )") + number.text);
    broadest = std::max(broadest, name.width + sign_width + number.width);
  }
  const auto beside = static_cast<std::size_t>(std::clamp((width_ + gap) / (broadest + gap), 1.0, 6.0));
  Equation rows;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i % beside == 0) {
      rows.push_back(cells[i]);
    } else {
      rows.back() += " & " + cells[i];
    }
  }
  return rows;
}

Equation Math_rows::step(const Solution_step& step) {
  const Math_name subject = typesetter_.symbol(step.subject);
  const double room = width_ - subject.width - sign_width;
  std::vector<Shown_part> parts = shown_parts(step, solution_.digits);
  std::vector<std::vector<Piece>> pieces;
  double total = 0.0;
  for (const Shown_part& part : parts) {
    pieces.push_back(typesetter_.pieces(part.formula, part.show));
    total += width_of(pieces.back()) + sign_width;
  }
  // On one line if there is room for all; else the names on one, and the result behind the last numbers.
  const bool in_one = total - sign_width <= room;
  Equation rows;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::string begin = (rows.empty() ? subject.text + " " : "") + "&" + sign_of(parts[i]);
    const bool last = i > 1 && i + 1 == parts.size();
    const double with_last = i > 0 ? width_of(pieces[i - 1]) + sign_width + width_of(pieces[i]) : 0.0;
    if (!rows.empty() && (in_one || (last && with_last <= room))) {
      rows.back() += " " + sign_of(parts[i]) + joined(pieces[i]);
      continue;
    }
    bool first = true;
    for (const std::string& line : broken(pieces[i], room, room - continued)) {
      rows.push_back(first ? begin + line : R"(&\quad {} )" + line);
      first = false;
    }
  }
  return rows;
}

std::string Math_rows::sentence(const Note& note) {
  std::string text;
  for (const Note_part& part : note) {
    if (part.formula) {
      text += "$" + typesetter_.one_piece(*part.formula, part.show).text + "$";
      continue;
    }
    std::string words = part.words;
    constexpr std::string_view about = "\u2248";
    for (std::size_t at = words.find(about); at != std::string::npos; at = words.find(about, at)) {
      words.replace(at, about.size(), R"($\approx$)");
    }
    text += words;
  }
  return text;
}

std::vector<std::string> Math_rows::legend() const {
  std::vector<std::string> lines;
  for (const std::size_t name : typesetter_.names().shortened()) {
    lines.push_back("$" + typesetter_.names()[name].text + "$ stands for " +
                    as_plain_text(solution_.names[name], dialect_) + ".");
  }
  return lines;
}

std::vector<Math_section> sections_of(const Solution& solution, Math_rows& rows) {
  std::vector<Math_section> sections = {{"Given", {}}, {"Forward pass", {}}};
  sections[0].equations.push_back(rows.given());
  const auto add = [&](std::string title, const std::vector<Solution_step>& steps) {
    sections.push_back({std::move(title), {}});
    for (const Solution_step& step : steps) sections.back().equations.push_back(rows.step(step));
  };
  sections.pop_back();
  add("Forward pass", solution.forward);
  add("Backward pass, from " + rows.name(solution.loss), solution.backward);
  if (solution.learning_rate && !solution.update.empty()) {
    const Note title = {{"One step of gradient descent, with the learning rate "},
                        {"", number_formula(*solution.learning_rate), Show::numbers}};
    add(rows.sentence(title), solution.update);
  }
  return sections;
}

}  // namespace bp::worksheet
