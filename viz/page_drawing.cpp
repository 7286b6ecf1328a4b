#include "viz/page_drawing.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "engine/worksheet/text_width.h"
#include "viz/html.h"
#include "viz/page_layout.h"
#include "viz/text.h"

namespace bp {
namespace {

// Widths of a character in points: the style sheet sets names in 13 points, bold, formulas in 11, numbers in 12,
// both in a face of equal widths, which is 0.6 of its size for each.
constexpr double name_character = 8.0, formula_character = 6.65, number_character = 7.25,
                 label_character = 6.3;
constexpr double row_height = 17.0, padding = 8.0, gap = 10.0;
constexpr std::size_t longest_name = 24, longest_formula = 30;  // characters in a box

struct Look {
  std::string name, formula;
  Page_layout::Size size;
};

double width_of(std::string_view text, double character) {
  return static_cast<double>(worksheet::text_width(text)) * character;
}

// Of a number with so many digits: sign, point and three zeros before them, or an exponent behind.
double number_width(int digits, double character) { return (digits + 6) * character; }

Look look_of(const Page_model::Box& box, std::size_t uses, int digits) {
  Look look{shown_name(box.name, longest_name), shown_name(box.line, longest_formula), {}};
  const double number = number_width(digits, number_character);
  const std::size_t label = uses > 1 ? 8 : 5;  // "grad 1/2" while it waits
  const double name = width_of(look.name, name_character);
  double width = static_cast<double>(label) * label_character + gap + number;
  width = std::max(width, box.is_leaf ? name + gap + number : name);
  width = std::max(width, width_of(look.formula, formula_character));
  look.size = {width + 2 * padding, (box.is_leaf ? 2 : 4) * row_height + 8.0};
  return look;
}

std::string text(std::string_view classes, double x, double y, std::string_view content,
                 std::string_view more = {}) {
  return fmt::format(R"(<text class="{}" x="{:.2f}" y="{:.2f}"{}>{}</text>)", classes, x, y, more,
                     html_escaped(content));
}

std::string badge(double x, double y) {
  return fmt::format(R"(<g class="badge"><title>a wrong claim</title><circle cx="{:.2f}" cy="{:.2f}" r="8"/>)"
                     R"(<text x="{:.2f}" y="{:.2f}">✗</text></g>)",
                     x, y, x, y + 4);
}

std::string box_group(const Page_model& model, std::size_t i, const Look& look,
                      const Page_layout::Point& at) {
  const Page_model::Box& box = model.boxes[i];
  const std::string name = html_escaped(box.name);
  const double left = at.x + padding, right = at.x + look.size.width - padding;
  double y = at.y + row_height;
  const std::string named = fmt::format(" data-name=\"{}\"", name);
  std::string group = fmt::format(
      R"(<g class="box {}" data-name="{}" data-box="{}" tabindex="0" role="button" aria-label="{}">)"
      R"(<rect x="{:.2f}" y="{:.2f}" width="{:.2f}" height="{:.2f}" rx="{}"/>)",
      i == model.loss ? "loss"
      : box.is_leaf   ? "leaf"
                      : "computed",
      name, i, name, at.x, at.y, look.size.width, look.size.height, box.is_leaf ? 12 : 4);
  group += text("name", left, y, look.name);
  if (!box.is_leaf) {
    group += text("formula", left, y + row_height - 1, look.formula);
    y += 2 * row_height;
    group += text("label", left, y, "value");
  }
  group += text("data", right, y, "", named);
  y += row_height;
  group += text("label grad-label", left, y, "grad") + text("grad", right, y, "", named);
  if (box.wrong_claims > 0) group += badge(right + padding - 2, at.y + 2);
  return group + "</g>\n";
}

}  // namespace

std::string page_drawing(const Page_model& model, int digits) {
  std::vector<std::size_t> uses(model.boxes.size());
  for (const Page_model::Use& use : model.uses) ++uses[use.to];
  std::vector<Look> looks;
  std::vector<Page_layout::Size> sizes;
  for (std::size_t i = 0; i < model.boxes.size(); ++i) {
    looks.push_back(look_of(model.boxes[i], uses[i], digits));
    sizes.push_back(looks.back().size);
  }
  std::vector<Page_layout::Arrow> arrows;
  for (const Page_model::Use& use : model.uses) {
    arrows.push_back({use.to, use.from, number_width(digits, formula_character) - 2 * formula_character});
  }
  const Page_layout layout = lay_out(sizes, arrows);

  std::string svg = fmt::format(
      R"(<svg viewBox="0 0 {:.0f} {:.0f}" style="--natural: {:.0f}px" role="group" aria-label="The graph">)"
      "\n<g transform=\"{}\">\n",
      layout.width, layout.height, layout.width, layout.translation);
  for (std::size_t k = 0; k < arrows.size(); ++k) {
    const Page_layout::Drawn_arrow& arrow = layout.arrows[k];
    const std::string ends =
        fmt::format(R"( data-from="{}" data-to="{}")", html_escaped(model.boxes[model.uses[k].to].name),
                    html_escaped(model.boxes[model.uses[k].from].name));
    svg += fmt::format(R"(<g class="arrow" data-use="{}"><path d="{}"/><polygon points="{}"/>{}</g>)"
                       "\n",
                       k, arrow.path, arrow.head, text("local", arrow.label.x, arrow.label.y + 4, "", ends));
  }
  for (std::size_t i = 0; i < looks.size(); ++i) svg += box_group(model, i, looks[i], layout.boxes[i]);
  return svg + "</g>\n</svg>";
}

}  // namespace bp
