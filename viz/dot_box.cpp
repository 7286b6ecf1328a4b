#include "viz/dot_box.h"

#include <fmt/format.h>

#include <cmath>
#include <string_view>
#include <tuple>

#include "engine/worksheet/digits.h"
#include "viz/compare.h"
#include "viz/text.h"

namespace bp {

namespace {

// Blue, grey and amber are told apart by the colour-blind, and are light enough for black text on a grey
// printer.
struct Look {
  std::string_view frame;  // attributes of the table
  std::string_view head;   // colour of the head
  std::string_view lines = "#444444", ink = "black", words = "#444444";
  std::string_view wrong = "#ffe1dd", wrong_frame = "#a40000";  // of a claim
  bool is_faded = false;
  std::string_view head_ink = {};  // where it is another
};
constexpr Look leaf_look = {R"(style="rounded" bgcolor="#e3edf9" border="1")", "#e3edf9"};
constexpr Look computed_look = {R"(border="1")", "#ececec"};
constexpr Look root_look = {R"(border="3")", "#ffe0a3"};

// What has faded keeps its frame, and loses its colour: it can still be read by whoever looks for it.
constexpr Look faded(std::string_view frame) {
  return {frame, "#ffffff", "#d0d0d0", "#b0b0b0", "#c4c4c4", "#ffffff", "#b0b0b0", true, {}};
}
constexpr Look faded_leaf_look = faded(R"(style="rounded" border="1")");
constexpr Look faded_computed_look = faded(R"(border="1")");
constexpr Look faded_root_look = faded(R"(border="3")");

constexpr std::string_view dash = "\u2013";

// The box that the sweep has come to: dark, and so in black and white, too.
Look lit(Look look) {
  look.head = "#3a3a3a";
  look.head_ink = "white";
  return look;
}

Look look_of(const Picture::Box& box) {
  const bool faded = box.stress == Picture::Stress::faded, leaf = box.kind == Picture::Kind::leaf;
  if (faded) return box.is_root ? faded_root_look : leaf ? faded_leaf_look : faded_computed_look;
  const Look look = box.is_root ? root_look : leaf ? leaf_look : computed_look;
  return box.stress == Picture::Stress::lit ? lit(look) : look;
}

// Of a cell for a number, where boxes keep their size: a digit of Helvetica has 0.556 of its 12 points, and
// there is a padding of 4 on both sides.
std::string width_of(std::size_t characters) { return fmt::format(R"( width="{}")", 8 + characters * 7); }

// nan and inf are white on black: whoever looks for them should not have to read every box.
std::string number_cell(double number, const std::string& text, std::string_view tint = {},
                        std::size_t characters = 0) {
  std::string attributes = tint.empty() ? "" : fmt::format(R"( bgcolor="{}")", tint);
  if (characters > 0) attributes += width_of(characters);
  if (std::isfinite(number)) return fmt::format(R"(<td align="right"{}>{}</td>)", attributes, text);
  return fmt::format(R"(<td align="right"{} bgcolor="#222222"><font color="white"><b>{}</b></font></td>)",
                     characters > 0 ? width_of(characters) : "", text);
}

std::string row(std::string_view what, const std::string& cell, const Look& look) {
  return fmt::format(R"(<hr/><tr><td align="left"><font color="{}">{}</font></td>{}</tr>)", look.words, what,
                     cell);
}

// A frame of its own and bold: on a black and white printer, too.
std::string framed_row(const std::string& what, const std::string& text, const Look& look) {
  return fmt::format(
      R"(<hr/><tr><td colspan="2" cellpadding="2"><table border="2" color="{}" bgcolor="{}" cellborder="0" )"
      R"(cellspacing="2" cellpadding="2"><tr><td align="left"><b>{}</b></td><td align="right"><b>{}</b></td>)"
      R"(</tr></table></td></tr>)",
      look.wrong_frame, look.wrong, what, text);
}

std::string mark_row(const Mark& mark, const Look& look) {
  const std::string what = std::string(sign_of(mark.verdict)) + " " + escaped(shown_name(mark));
  const std::string written = escaped(shown_number(mark));
  if (mark.verdict == Verdict::wrong) return framed_row(what, written, look);
  return row(what, fmt::format(R"(<td align="right">{}</td>)", written), look);
}

std::string dash_cell(std::size_t characters) {
  return fmt::format(R"(<td align="right"{}>{}</td>)", characters > 0 ? width_of(characters) : "", dash);
}

// The number of this run, and below it that of the other where they differ, with the digits that it takes.
std::string data_rows(const Picture::Box& box, const Picture_options& options, const Look& look) {
  const bool differs = box.other && box.other->data_differs;
  if (!differs) return row("data", number_cell(box.data, shown_number(box.data, options.digits)), look);
  const auto [own, other] = shown_apart(box.data, box.other->data, options.digits);
  return row("data", number_cell(box.data, own), look) + framed_row("\u2260", other, look);
}

std::string grad_rows(const Picture::Box& box, const Picture_options& options, const Look& look,
                      const Scale& gradients) {
  const bool differs = box.other && box.other->grad_differs;
  std::string own = box.grad ? shown_number(*box.grad, options.digits) : "", other(dash);
  if (differs && box.other->grad) {
    other = shown_number(*box.other->grad, options.digits);
    if (box.grad) std::tie(own, other) = shown_apart(*box.grad, *box.other->grad, options.digits);
  }
  const std::size_t characters = options.steady ? own.size() : 0;
  std::string cell = dash_cell(characters);
  if (box.grad && box.stress != Picture::Stress::waiting) {
    const bool tinted = options.signs && !look.is_faded;
    cell = number_cell(*box.grad, own, tinted ? tint_of(*box.grad, gradients) : "", characters);
  }
  return row("grad", cell, look) + (differs ? framed_row("\u2260", other, look) : "");
}

// What is to be said of the whole box when two runs are compared.
std::string comparison_row(const Picture::Box& box, const Look& look) {
  if (box.other && box.other->begins) {
    return R"(<tr><td colspan="2" bgcolor="#222222"><font color="white"><b>here it begins</b></font></td>)"
           "</tr>";
  }
  if (!box.only_here) return "";
  return fmt::format(R"(<tr><td colspan="2" bgcolor="{}"><i>only here</i></td></tr>)", look.head);
}

// "L = tanh" on one line, and on two when that would be broad.
std::string head(const Picture::Box& box, const Look& look) {
  const std::string name = escaped(box.name), formula = escaped(box.formula);
  std::string text = name.empty() ? formula : "<b>" + name + "</b>";
  if (name.empty() && formula.empty()) text = "leaf";
  if (!name.empty() && !formula.empty()) {
    const bool broad = character_count(box.name) + character_count(box.formula) > 16;
    const std::string_view gap = broad ? R"(<br/><font point-size="3"> </font><br/>)" : " ";
    text = fmt::format("<b>{}</b> ={}{}", name, gap, formula);
  }
  if (!look.head_ink.empty()) text = fmt::format(R"(<font color="{}">{}</font>)", look.head_ink, text);
  return fmt::format(R"(<tr><td colspan="2" bgcolor="{}">{}</td></tr>)", look.head, text);
}

std::string constant_label(const Picture::Box& box, int digits) {
  const std::string name = box.name.empty() ? "" : "<b>" + escaped(box.name) + "</b> = ";
  return fmt::format(R"(<table border="0" cellspacing="0" cellpadding="3"><tr><td>)"
                     R"(<font point-size="10" color="{}">{}{}</font></td></tr></table>)",
                     look_of(box).ink, name, shown_number(box.data, digits));
}

// "16 outputs", "-0.98 to 0.97", "|grad| up to 0.03": cells of one row.
std::string group_row(const Picture::Row& row, const Look& look) {
  const auto cell = [](std::string_view align, std::string_view colour, const std::string& text) {
    return fmt::format(R"(<td align="{}"><font point-size="10" color="{}">{}</font></td>)", align, colour,
                       text);
  };
  std::string cells =
      cell("left", look.words, escaped(row.what)) + cell("right", look.ink, escaped(row.data));
  if (!row.grad.empty()) {
    cells += cell("right", look.words, "|grad|") + cell("right", look.ink, escaped(row.grad));
  }
  return cells;
}

// A group has a double frame, as a pile of boxes has.
std::string group_label(const Picture::Box& box, const Look& look) {
  const std::string detail = box.formula.empty()
                                 ? ""
                                 : fmt::format(R"({}<font point-size="10">{}</font>)",
                                               box.slim ? "<br/>" : " &nbsp;", escaped(box.formula));
  std::string rows;
  const auto head = [&](std::string_view span) {
    return fmt::format(R"(<td {} bgcolor="{}"><b>{}</b>{}</td>)", span, look.head, escaped(box.name), detail);
  };
  if (!box.slim) rows = "<tr>" + head(R"(colspan="4")") + "</tr>";
  for (std::size_t i = 0; i < box.rows.size(); ++i) {
    const bool beside = box.slim && i == 0;
    rows += "<tr>" + (beside ? head(fmt::format(R"(rowspan="{}")", box.rows.size())) : "") +
            group_row(box.rows[i], look) + "</tr>";
  }
  return fmt::format(
      R"(<table border="1" color="{}" cellborder="0" cellspacing="2" cellpadding="0"><tr><td>)"
      R"(<table border="{}" color="{}" cellborder="0" cellspacing="0" cellpadding="2">{}</table></td></tr>)"
      "</table>",
      look.lines, box.is_root ? 3 : 1, look.lines, rows);
}

}  // namespace

std::string box_label(const Picture::Box& box, const Picture_options& options, const Scale& gradients) {
  if (box.kind == Picture::Kind::constant) return constant_label(box, options.digits);
  const Look look = look_of(box);
  if (box.kind == Picture::Kind::group) return group_label(box, look);
  std::string rows = comparison_row(box, look) + head(box, look) + data_rows(box, options, look);
  if (options.gradients) rows += grad_rows(box, options, look, gradients);
  for (const Mark& mark : box.marks) rows += mark_row(mark, look);
  const std::string table =
      fmt::format(R"(<table {} color="{}" cellborder="0" cellspacing="0" cellpadding="4">{}</table>)",
                  look.frame, look.lines, rows);
  if (!look.is_faded) return table;
  return fmt::format(R"(<font color="{}">{}</font>)", look.ink, table);
}

std::string swatch(Swatch which) {
  if (which == Swatch::group) {
    return R"(<td><table border="1" color="#444444" cellborder="1" cellspacing="2" cellpadding="3"><tr>)"
           R"(<td bgcolor="#ececec">folded</td></tr></table></td>)";
  }
  const Look& look = which == Swatch::leaf       ? leaf_look
                     : which == Swatch::computed ? computed_look
                                                 : root_look;
  const char* word = which == Swatch::leaf ? "leaf" : which == Swatch::computed ? "computed" : "root";
  return fmt::format(R"(<td><table {} color="#444444" cellborder="0" cellspacing="0" cellpadding="3"><tr>)"
                     R"(<td bgcolor="{}">{}</td></tr></table></td>)",
                     look.frame, look.head, word);
}

}  // namespace bp
