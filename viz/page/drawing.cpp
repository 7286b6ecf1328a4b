#include "viz/page/drawing.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "engine/worksheet/text_width.h"
#include "viz/html.h"
#include "viz/page/layout.h"
#include "viz/page/plan.h"
#include "viz/picture.h"
#include "viz/text.h"

namespace bp {
namespace {

// Widths of a character in points: the style sheet sets names in 14 points, bold, formulas in 12, numbers
// in 13, both in a face of equal widths, which is 0.6 of its size for each.
constexpr double name_character = 8.5, formula_character = 7.25, number_character = 7.85,
                 label_character = 6.6;
constexpr double row_height = 18.0, padding = 8.0, gap = 10.0;
constexpr std::size_t longest_formula = 40;      // characters in a box
constexpr std::size_t most_boxes = 1000;         // in a drawing
constexpr std::size_t most_boxes_in_all = 6000;  // of a page: some 6 MB
constexpr double most_effort_in_all = 4e6;       // Artist::effort(): some 5 s

struct Look {
  std::string classes, attributes, number_attributes;
  std::string name, formula;
  bool is_leaf = false, is_wrong = false;
  Page_layout::Size size;
};

double width_of(std::string_view text, double character) {
  return static_cast<double>(worksheet::text_width(text)) * character;
}

// How many characters a number with so many digits has: sign, point and three zeros before them, or an
// exponent behind.
int number_length(int digits) { return digits + 6; }

Page_layout::Size size_of(const Look& look, double number, bool waits) {
  const double label = (waits ? 8 : 5) * label_character;  // "grad 1/2" while it waits
  const double name = width_of(look.name, name_character);
  double width = label + gap + number;
  width = std::max(width, look.is_leaf ? name + gap + number : name);
  width = std::max(width, width_of(look.formula, formula_character));
  return {width + 2 * padding, (look.is_leaf ? 2 : 4) * row_height + 8.0};
}

Look look_of(const Page_model& model, std::size_t i, bool waits, int digits) {
  const Page_model::Box& box = model.boxes[i];
  const std::string name = html_escaped(box.name);
  Look look;
  look.is_leaf = box.is_leaf;
  look.is_wrong = box.wrong_claims > 0;
  look.classes = i == model.loss ? "loss" : box.is_leaf ? "leaf" : "computed";
  look.attributes = fmt::format(R"(data-name="{}" data-box="{}" aria-label="{}")", name, i, name);
  look.number_attributes = fmt::format(R"( data-name="{}")", name);
  look.name = shown_name(box.name, longest_box_name);
  look.formula = shown_name(box.line, longest_formula);
  look.size = size_of(look, number_length(digits) * number_character, waits);
  return look;
}

// A range of numbers with few digits: "−0.98 to 0.97".
Look look_of_group(const Page_model& model, std::size_t i) {
  const Page_model::Group& group = model.groups[i];
  constexpr int range = 2 * 8 + 4;
  Look look;
  look.classes = "group";
  look.attributes = fmt::format(R"(data-group="{}" aria-label="{}")", i, html_escaped(group.name));
  look.name = shown_name(group.name, longest_box_name);
  look.formula = shown_name(group.detail.empty() ? fmt::format("{} values", group.boxes) : group.detail,
                            longest_formula);
  look.size = size_of(look, range * number_character, false);
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

std::string drawn_box(const Look& look, const Page_layout::Point& at) {
  const double left = at.x + padding, right = at.x + look.size.width - padding;
  double y = at.y + row_height;
  std::string group = fmt::format(R"(<g class="box {}" {} tabindex="0" role="button">)"
                                  R"(<rect x="{:.2f}" y="{:.2f}" width="{:.2f}" height="{:.2f}" rx="{}"/>)",
                                  look.classes, look.attributes, at.x, at.y, look.size.width,
                                  look.size.height, look.is_leaf ? 12 : 4);
  group += text("name", left, y, look.name);
  if (!look.is_leaf) {
    group += text("formula", left, y + row_height - 1, look.formula);
    y += 2 * row_height;
    group += text("label", left, y, "value");
  }
  group += text("data", right, y, "", look.number_attributes);
  y += row_height;
  group += text("label grad-label", left, y, "grad") + text("grad", right, y, "", look.number_attributes);
  if (look.is_wrong) group += badge(right + padding - 2, at.y + 2);
  return group + "</g>\n";
}

std::string unit_id(const Page_plan::Unit& unit) {
  return (unit.is_group ? "g" : "b") + std::to_string(unit.index);
}

std::string drawn_arrow(const Page_model& model, const Page_plan& plan, const Page_plan::Arrow& arrow,
                        const Page_layout::Drawn_arrow& drawn) {
  const std::string shape = fmt::format(R"(<path d="{}"/><polygon points="{}"/>)", drawn.path, drawn.head);
  if (!arrow.use) {
    return fmt::format(R"(<g class="arrow bundle" data-between="{} {}">{}</g>)"
                       "\n",
                       unit_id(plan.units[arrow.from]), unit_id(plan.units[arrow.to]), shape);
  }
  const Page_model::Use& use = model.uses[*arrow.use];
  const std::string ends =
      fmt::format(R"( data-from="{}" data-to="{}")", html_escaped(model.boxes[use.to].name),
                  html_escaped(model.boxes[use.from].name));
  return fmt::format(R"(<g class="arrow" data-use="{}">{}{}</g>)"
                     "\n",
                     *arrow.use, shape, text("local", drawn.label.x, drawn.label.y + 4, "", ends));
}

class Artist {
 public:
  Artist(const Page_model& model, int digits) : model_(model), digits_(digits), uses_(model.boxes.size()) {
    for (const Page_model::Use& use : model.uses) ++uses_[use.to];
  }

  std::string draw(const Page_plan& plan) const;
  // In which time grows, as a number of boxes does: the square of how far the arrows lead.
  double effort(const Page_plan& plan) const {
    const auto length = static_cast<double>(arrow_length(plan.units.size(), arrows_of(plan)));
    return length * length;
  }

 private:
  std::vector<Page_layout::Arrow> arrows_of(const Page_plan& plan) const;

  const Page_model& model_;
  const int digits_;
  std::vector<std::size_t> uses_;  // of each box
};

std::vector<Page_layout::Arrow> Artist::arrows_of(const Page_plan& plan) const {
  const double label = (number_length(digits_) - 1) * formula_character;
  std::vector<Page_layout::Arrow> arrows;
  for (const Page_plan::Arrow& arrow : plan.arrows) {
    arrows.push_back({arrow.from, arrow.to, arrow.use ? label : 0.0});
  }
  return arrows;
}

std::string Artist::draw(const Page_plan& plan) const {
  std::vector<Look> looks;
  std::vector<Page_layout::Size> sizes;
  for (const Page_plan::Unit& unit : plan.units) {
    looks.push_back(unit.is_group ? look_of_group(model_, unit.index)
                                  : look_of(model_, unit.index, uses_[unit.index] > 1, digits_));
    sizes.push_back(looks.back().size);
  }
  const Page_layout layout = lay_out(sizes, arrows_of(plan));
  std::string svg = fmt::format(
      R"(<svg viewBox="0 0 {:.0f} {:.0f}" style="--natural: {:.0f}px" role="group" aria-label="The graph">)"
      "\n<g transform=\"{}\">\n",
      layout.width, layout.height, layout.width, layout.translation);
  for (std::size_t k = 0; k < plan.arrows.size(); ++k) {
    svg += drawn_arrow(model_, plan, plan.arrows[k], layout.arrows[k]);
  }
  for (std::size_t i = 0; i < looks.size(); ++i) svg += drawn_box(looks[i], layout.boxes[i]);
  return svg + "</g>\n</svg>";
}

}  // namespace

Page_drawings draw_page(const Page_model& model, int digits) {
  const Artist artist(model, digits);
  Page_drawings result;
  result.drawings.push_back({{}, artist.draw(page_plan(model, {}))});
  std::size_t room = most_boxes_in_all, left_out = 0;
  double time = most_effort_in_all;
  for (std::size_t group = 0; group < model.groups.size(); ++group) {
    const Page_plan plan = page_plan(model, group);
    const double effort = artist.effort(plan);
    const bool fits = plan.units.size() <= std::min(most_boxes, room) &&
                      effort <= std::min(time, 1.0 * longest_arrows * longest_arrows);
    if (!fits) {
      ++left_out;
      continue;
    }
    result.drawings.push_back({group, artist.draw(plan)});
    room -= plan.units.size();
    time -= effort;
  }
  if (left_out > 0) {
    result.left_out = fmt::format(
        "Left out: {} of the {} groups would be too much to draw, and do not open. Their steps and numbers "
        "are "
        "all here.",
        left_out, model.groups.size());
  }
  return result;
}

}  // namespace bp
