#include "viz/dot.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string_view>
#include <vector>

#include "engine/worksheet/digits.h"
#include "viz/order.h"
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
};
constexpr Look leaf_look = {R"(style="rounded" bgcolor="#e3edf9" border="1")", "#e3edf9"};
constexpr Look computed_look = {R"(border="1")", "#ececec"};
constexpr Look root_look = {R"(border="3")", "#ffe0a3"};

// What has faded keeps its frame, and loses its colour: it can still be read by whoever looks for it.
constexpr Look faded(std::string_view frame) {
  return {frame, "#ffffff", "#d0d0d0", "#b0b0b0", "#c4c4c4", "#ffffff", "#b0b0b0"};
}
constexpr Look faded_leaf_look = faded(R"(style="rounded" border="1")");
constexpr Look faded_computed_look = faded(R"(border="1")");
constexpr Look faded_root_look = faded(R"(border="3")");

constexpr std::string_view font = "Helvetica,Arial,sans-serif";
constexpr std::string_view dash = "\u2013";

Look look_of(const Picture::Box& box) {
  const bool faded = box.stress == Picture::Stress::faded;
  if (box.is_root) return faded ? faded_root_look : root_look;
  if (box.kind == Picture::Kind::leaf) return faded ? faded_leaf_look : leaf_look;
  return faded ? faded_computed_look : computed_look;
}

// nan and inf are white on black: whoever looks for them should not have to read every box.
std::string number_cell(double number, int digits) {
  const std::string text = shown_number(number, digits);
  if (std::isfinite(number)) return fmt::format(R"(<td align="right">{}</td>)", text);
  return fmt::format(R"(<td align="right" bgcolor="#222222"><font color="white"><b>{}</b></font></td>)",
                     text);
}

std::string row(std::string_view what, const std::string& cell, const Look& look) {
  return fmt::format(R"(<hr/><tr><td align="left"><font color="{}">{}</font></td>{}</tr>)", look.words, what,
                     cell);
}

// A claim that is wrong stands in a frame of its own and in bold: on a black and white printer, too.
std::string mark_row(const Mark& mark, const Look& look) {
  const std::string what = std::string(sign_of(mark.verdict)) + " " + escaped(shown_name(mark));
  const std::string written = escaped(shown_number(mark));
  if (mark.verdict != Verdict::wrong) {
    return row(what, fmt::format(R"(<td align="right">{}</td>)", written), look);
  }
  return fmt::format(
      R"(<hr/><tr><td colspan="2" cellpadding="2"><table border="2" color="{}" bgcolor="{}" cellborder="0" )"
      R"(cellspacing="2" cellpadding="2"><tr><td align="left"><b>{}</b></td><td align="right"><b>{}</b></td>)"
      R"(</tr></table></td></tr>)",
      look.wrong_frame, look.wrong, what, written);
}

// "L = tanh" on one line, and on two when that would be broad.
std::string head(const Picture::Box& box, std::string_view colour) {
  const std::string name = escaped(box.name), formula = escaped(box.formula);
  std::string text = name.empty() ? formula : "<b>" + name + "</b>";
  if (name.empty() && formula.empty()) text = "leaf";
  if (!name.empty() && !formula.empty()) {
    const bool broad = character_count(box.name) + character_count(box.formula) > 16;
    const std::string_view gap = broad ? R"(<br/><font point-size="3"> </font><br/>)" : " ";
    text = fmt::format("<b>{}</b> ={}{}", name, gap, formula);
  }
  return fmt::format(R"(<tr><td colspan="2" bgcolor="{}">{}</td></tr>)", colour, text);
}

std::string constant_label(const Picture::Box& box, int digits) {
  const std::string name = box.name.empty() ? "" : "<b>" + escaped(box.name) + "</b> = ";
  return fmt::format(R"(<table border="0" cellspacing="0" cellpadding="3"><tr><td>)"
                     R"(<font point-size="10" color="{}">{}{}</font></td></tr></table>)",
                     look_of(box).ink, name, shown_number(box.data, digits));
}

std::string label(const Picture::Box& box, const Picture_options& options) {
  if (box.kind == Picture::Kind::constant) return constant_label(box, options.digits);
  const Look look = look_of(box);
  std::string rows = head(box, look.head) + row("data", number_cell(box.data, options.digits), look);
  if (options.gradients) {
    rows += row(
        "grad",
        box.grad ? number_cell(*box.grad, options.digits) : fmt::format(R"(<td align="right">{}</td>)", dash),
        look);
  }
  for (const Mark& mark : box.marks) rows += mark_row(mark, look);
  const std::string table =
      fmt::format(R"(<table {} color="{}" cellborder="0" cellspacing="0" cellpadding="4">{}</table>)",
                  look.frame, look.lines, rows);
  if (box.stress != Picture::Stress::faded) return table;
  return fmt::format(R"(<font color="{}">{}</font>)", look.ink, table);
}

// The number stands on white, so that no arrow runs through it.
std::string arrow_attributes(const Picture::Arrow& arrow, const Picture_options& options) {
  std::string attributes = arrow.stress == Picture::Stress::faded ? R"(color="#d8d8d8", fontcolor="#b8b8b8")"
                           : arrow.stress == Picture::Stress::strong ? R"(color="#222222", penwidth=2)"
                                                                     : "";
  const auto add = [&](const std::string& more) { attributes += (attributes.empty() ? "" : ", ") + more; };
  if (!arrow.local_derivative) {
    add("style=dashed");
  } else if (options.local_derivatives) {
    add(fmt::format(R"(label=<<table border="0" cellspacing="2" cellpadding="0"><tr>)"
                    R"(<td bgcolor="white">{}</td></tr></table>>)",
                    shown_number(*arrow.local_derivative, options.digits)));
  }
  return attributes.empty() ? "" : " [" + attributes + "]";
}

std::string swatch(const Look& look, std::string_view text) {
  return fmt::format(R"(<td><table {} color="#444444" cellborder="0" cellspacing="0" cellpadding="3"><tr>)"
                     R"(<td bgcolor="{}">{}</td></tr></table></td>)",
                     look.frame, look.head, text);
}

// What the frames and the numbers mean, as a row of a table.
std::string legend(const Picture& picture, const Picture_options& options) {
  const auto has_dash = [](const Picture::Box& box) {
    return !box.grad && box.kind != Picture::Kind::constant;
  };
  const auto any = [&](const auto& test) {
    return std::any_of(picture.boxes.begin(), picture.boxes.end(), test);
  };
  const bool dashes = any(has_dash), marks = any([](const Picture::Box&box) { return !box.marks.empty(); });
  std::string text;
  const auto line = [&](std::string_view words) { text += std::string(words) + R"(<br align="left"/>)"; };
  if (options.local_derivatives) line("number on an arrow = d(its end) / d(its start), the local derivative");
  if (options.local_derivatives && options.gradients) {
    line("grad of a box = sum over its outgoing arrows of (number \u00d7 grad at the end)");
  }
  if (options.gradients && dashes) line(fmt::format("grad {} = not computed", dash));
  if (marks) {
    line(fmt::format("{} = a claim that is right; {} in a frame = one that is wrong", sign_of(Verdict::right),
                     sign_of(Verdict::wrong)));
  }
  return R"(<tr><td align="left"><table border="0" cellspacing="6" cellpadding="0"><tr>)" +
         swatch(leaf_look, "leaf") + swatch(computed_look, "computed") + swatch(root_look, "root") +
         fmt::format(R"(<td align="left" balign="left">{}</td></tr></table></td></tr>)",
                     text.empty() ? " " : text);
}

std::string caption(const Picture& picture, const Picture_options& options) {
  if (options.title.empty() && !options.legend) return "";
  std::string rows = R"(<tr><td height="8"></td></tr>)";
  if (!options.title.empty()) {
    rows += fmt::format(R"(<tr><td align="left"><font point-size="15"><b>{}</b></font></td></tr>)",
                        escaped(shown_name(options.title, 100)));
  }
  if (options.legend) rows += legend(picture, options);
  return fmt::format(
      ", labelloc=b, labeljust=l, label=<<table border=\"0\" cellspacing=\"0\" cellpadding=\"1\">{}</table>>",
      rows);
}

}  // namespace

std::string to_dot(const Picture& picture, const Picture_options& options) {
  std::string dot = fmt::format(
      "digraph backstep {{\n"
      "  graph [rankdir={}, nodesep=0.2, ranksep=0.45, pad=0.2, nslimit=10, bgcolor=white, fontname=\"{}\", "
      "fontsize=11{}];\n"
      "  node [shape=plain, fontname=\"{}\", fontsize=12];\n"
      "  edge [fontname=\"{}\", fontsize=10, color=\"#777777\", fontcolor=\"#5a3200\", arrowsize=0.6];\n",
      options.direction == Rank_direction::left_right ? "LR" : "TB", font, caption(picture, options), font,
      font);
  const std::vector<bool> in_order = boxes_to_keep_in_order(picture);
  for (std::size_t i : drawing_order(picture)) {
    const Picture::Box& box = picture.boxes[i];
    dot += fmt::format("  {} [label=<{}>{}];\n", box.id, label(box, options),
                       in_order[i] ? ", ordering=in" : "");
  }
  for (const Picture::Arrow& arrow : picture.arrows) {
    dot += fmt::format("  {} -> {}{};\n", picture.boxes[arrow.from].id, picture.boxes[arrow.to].id,
                       arrow_attributes(arrow, options));
  }
  return dot + "}\n";
}

std::string to_dot(Value root, const Picture_options& options) {
  return to_dot(picture_of(root, options), options);
}

std::string to_dot(Graph& graph, const Picture_options& options) {
  return to_dot(picture_of(graph, options), options);
}

}  // namespace bp
