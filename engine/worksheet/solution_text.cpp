#include "engine/worksheet/solution_text.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "engine/data/file_error.h"
#include "engine/worksheet/digits.h"
#include "engine/worksheet/plain_typesetter.h"
#include "engine/worksheet/solution_notes.h"
#include "engine/worksheet/text_width.h"
#include "engine/worksheet/typeset.h"

namespace bp {
namespace {

using worksheet::bytes_that_fit;
using worksheet::Note;
using worksheet::Piece;
using worksheet::Show;
using worksheet::Shown_part;
using worksheet::text_width;

constexpr std::size_t columns = 100;
constexpr std::size_t indent = 2;
constexpr std::size_t broadest_subject = 24;  // that the equals signs of a section make room for

class Text_typesetter final : public worksheet::Plain_typesetter {
 public:
  explicit Text_typesetter(const Solution& solution)
      : Plain_typesetter(solution.digits), solution_(solution) {}

  std::string symbol(const Symbol& symbol) const {
    const std::string& name = solution_.names[symbol.name];
    if (symbol.kind == Symbol::Kind::derivative)
      return "d" + solution_.names[solution_.loss.name] + "/d" + name;
    return symbol.kind == Symbol::Kind::next ? name + "'" : name;
  }

 private:
  void write_symbol(const Symbol& symbol) override { put_text(this->symbol(symbol)); }

  const Solution& solution_;
};

class Text_writer {
 public:
  explicit Text_writer(const Solution& solution) : solution_(solution), typesetter_(solution) {}

  std::string all() && {
    lines("", words("The calculation of " + on_one_line(solution_.file) + ", step by step"), 0);
    heading("Given");
    given();
    section("Forward pass", solution_.forward);
    section("Backward pass, from " + typesetter_.symbol(solution_.loss), solution_.backward);
    if (solution_.learning_rate) {
      section("One step of gradient descent, with the learning rate " +
                  shown_number(*solution_.learning_rate, solution_.digits),
              solution_.update);
    }
    heading("Notes");
    note(worksheet::training_note(solution_));
    for (const Note& each : worksheet::notes_of(solution_)) note(each);
    return std::move(text_);
  }

 private:
  void heading(const std::string& title) {
    text_ += '\n';
    lines("", words(title), indent);
  }

  // A leaf a cell, as many beside each other as there is room for.
  void given() {
    std::vector<std::string> cells;
    std::size_t broadest = 0;
    for (const Symbol& leaf : solution_.given) {
      const std::string number = shown_number(leaf.number, solution_.digits);
      const bool exact = is_printed_whole(leaf.number, solution_.digits);
      cells.push_back(typesetter_.symbol(leaf) + (exact ? " = " : " \u2248 ") + number);
      broadest = std::max(broadest, text_width(cells.back()));
    }
    constexpr std::size_t gap = 3;
    const std::size_t beside = std::max<std::size_t>(1, (columns - indent + gap) / (broadest + gap));
    const std::size_t rows = (cells.size() + beside - 1) / beside;
    for (std::size_t row = 0; row < rows; ++row) {
      std::string line;
      for (std::size_t i = row * beside; i < std::min(cells.size(), (row + 1) * beside); ++i) {
        line += cells[i];
        if (i + 1 < std::min(cells.size(), (row + 1) * beside)) pad(line, cells[i], broadest + gap);
      }
      lines(std::string(indent, ' '), {whole(line)}, indent + 2);
    }
  }

  static Piece whole(const std::string& text) { return {text, static_cast<double>(text_width(text)), 0}; }

  static void pad(std::string& line, std::string_view shown, std::size_t width) {
    line.append(width - std::min(width, text_width(shown)), ' ');
  }

  void section(const std::string& title, const std::vector<Solution_step>& steps) {
    heading(title);
    std::size_t broadest = 0;
    for (const Solution_step& step : steps) {
      const std::size_t width = text_width(typesetter_.symbol(step.subject));
      if (width <= broadest_subject) broadest = std::max(broadest, width);
    }
    for (const Solution_step& each : steps) step(each, broadest);
  }

  void step(const Solution_step& step, std::size_t broadest) {
    std::string subject = typesetter_.symbol(step.subject);
    pad(subject, subject, broadest);
    const std::vector<Shown_part> parts = worksheet::shown_parts(step, solution_.digits);
    std::string line = subject;
    std::vector<std::vector<Piece>> pieces;
    for (const Shown_part& part : parts) {
      pieces.push_back(typesetter_.pieces(part.formula, part.show));
      line += sign(part) + worksheet::joined(pieces.back());
    }
    if (indent + text_width(line) <= columns) {
      text_ += std::string(indent, ' ') + line + "\n";
      return;
    }
    // The subject, and each part behind its own sign; below a long subject, if need be.
    const std::size_t width = text_width(subject);
    const bool beside = width <= broadest_subject;
    if (!beside) lines(std::string(indent, ' '), {whole(subject)}, indent + 2);
    const std::size_t at = beside ? indent + width : 2 * indent;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const std::string begin = i == 0 && beside ? std::string(indent, ' ') + subject : std::string(at, ' ');
      lines(begin + sign(parts[i]), pieces[i], at + 5);
    }
  }

  static std::string sign(const Shown_part& part) { return part.exact ? " = " : " \u2248 "; }

  // Words as pieces, between which lines may end.
  static std::vector<Piece> words(std::string_view text, std::size_t level = 0) {
    std::vector<Piece> pieces;
    while (!text.empty()) {
      const std::size_t end = text.find(' ', 1);
      const std::string_view word = text.substr(0, end);
      pieces.push_back({std::string(word), static_cast<double>(text_width(word)), level});
      text.remove_prefix(word.size());
    }
    return pieces;
  }

  void note(const Note& note) {
    std::vector<Piece> pieces;
    for (const auto& part : note) {
      std::vector<Piece> more =
          part.formula ? typesetter_.pieces(*part.formula, part.show) : words(part.words);
      // What follows a name without a space stays with it.
      const bool joins = !pieces.empty() && !more.empty() && !more[0].text.starts_with(' ') &&
                         !pieces.back().text.ends_with(' ');
      std::size_t first = 0;
      if (joins) {
        pieces.back().text += more[0].text;
        pieces.back().width += more[0].width;
        first = 1;
      }
      for (std::size_t i = first; i < more.size(); ++i) pieces.push_back(std::move(more[i]));
    }
    for (Piece& piece : pieces) piece.level = 0;
    lines(std::string(indent, ' '), pieces, indent + 2);
  }

  // The pieces on lines: the first behind `begin`, the others behind so many spaces. What is too long for a
  // line is cut.
  void lines(const std::string& begin, const std::vector<Piece>& pieces, std::size_t next) {
    const std::size_t first_room = columns - text_width(begin), room = std::min(columns - next, first_room);
    std::vector<Piece> narrow;
    for (const Piece& piece : pieces) {
      for (std::string_view rest = piece.text; !rest.empty();) {
        const std::string_view part = rest.substr(0, bytes_that_fit(rest, room));
        narrow.push_back({std::string(part), static_cast<double>(text_width(part)), piece.level});
        rest.remove_prefix(part.size());
      }
    }
    bool is_first = true;
    for (const std::string& line :
         worksheet::broken(narrow, static_cast<double>(first_room), static_cast<double>(columns - next))) {
      text_ += (is_first ? begin : std::string(next, ' ')) + line + "\n";
      is_first = false;
    }
  }

  const Solution& solution_;
  Text_typesetter typesetter_;
  std::string text_;
};

}  // namespace

std::string solution_as_text(const Solution& solution) { return Text_writer(solution).all(); }

}  // namespace bp
