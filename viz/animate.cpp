#include "viz/animate.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string_view>

#include "engine/data/file.h"
#include "viz/dot.h"
#include "viz/render.h"

namespace bp {

namespace {

using Stress = Picture::Stress;

// ---- SVG, put together from three drawings ----------------------------------------------------------------
//
// The same layout is drawn three times: with every box waiting, with every box lit, and finished. Of each box
// and arrow the three are put on top of each other, and the style sheet shows one at a time.

constexpr double longest_sweep = 40.0, usual_step = 0.8, before = 1.0, after = 3.0;  // seconds

// One <g> of a drawing: a node or an edge.
struct Item {
  std::string title;    // "n5", "n0&#45;&gt;n2"
  std::string content;  // what is between <g ...> and </g>
};

struct Drawing {
  std::string opening, closing;
  std::vector<Item> items;
};

[[noreturn]] void fail_to_read() {
  throw std::runtime_error("backstep: Graphviz's SVG is not as it was expected, and cannot be animated");
}

Drawing read_drawing(const std::string& svg) {
  Drawing drawing;
  const std::string_view comment = "<!-- ", group = "<g id=\"", title = "<title>", end = "</g>\n";
  std::size_t at = svg.find("class=\"graph\"");
  if (at == std::string::npos) fail_to_read();
  at = svg.find(comment, at);
  if (at == std::string::npos) fail_to_read();
  drawing.opening = svg.substr(0, at);
  for (std::size_t begin = at; (begin = svg.find(group, at)) != std::string::npos;) {
    const std::size_t content = svg.find(">\n", begin), name = svg.find(title, begin),
                      close = svg.find(end, begin);
    if (std::max({content, name, close}) == std::string::npos || name > close) fail_to_read();
    const std::size_t name_end = svg.find("</title>", name);
    drawing.items.push_back({svg.substr(name + title.size(), name_end - name - title.size()),
                             svg.substr(content + 2, close - content - 2)});
    at = close + end.size();
  }
  drawing.closing = svg.substr(at);
  return drawing;
}

Drawing draw_with(Picture picture, Stress stress, Picture_options options) {
  options.steady = true;
  for (Picture::Box& box : picture.boxes) {
    if (box.grad) box.stress = stress;
  }
  for (Picture::Arrow& arrow : picture.arrows) {
    if (picture.boxes[arrow.to].grad && arrow.local_derivative) arrow.stress = stress;
  }
  return read_drawing(render(to_dot(picture, options), Picture_format::svg).bytes);
}

// Of what happens at each step, when: three keyframes, for what waits, what is lit and what is done.
std::string style_sheet(std::size_t steps) {
  const double step = std::min(usual_step, longest_sweep / static_cast<double>(steps));
  const double whole = before + step * static_cast<double>(steps) + after;
  std::string css = fmt::format(
      ".wait,.lit{{visibility:hidden}}\n.wait,.lit,.done{{animation:{:.3g}s step-end infinite}}\n", whole);
  for (std::size_t i = 0; i < steps; ++i) {
    const double begin = 100.0 * (before + step * static_cast<double>(i)) / whole;
    const double end = i + 1 == steps ? 100.0 * (whole - after / 2) / whole : begin + 100.0 * step / whole;
    css += fmt::format(
        "@keyframes w{0}{{0%{{visibility:visible}}{1:.4f}%,100%{{visibility:hidden}}}}\n"
        "@keyframes "
        "l{0}{{0%{{visibility:hidden}}{1:.4f}%{{visibility:visible}}{2:.4f}%,100%{{visibility:hidden}}}}\n"
        "@keyframes d{0}{{0%{{visibility:hidden}}{2:.4f}%,100%{{visibility:visible}}}}\n",
        i, begin, end);
  }
  return css + "@media (prefers-reduced-motion:reduce){.wait,.lit,.done{animation:none}}\n";
}

// The step of each box that has one, by the box's id.
std::map<std::string, std::size_t> steps_of(const Picture& picture) {
  std::map<std::string, std::size_t> steps;
  const std::vector<std::size_t> order = sweep_order(picture);
  for (std::size_t i = 0; i < order.size(); ++i) steps[picture.boxes[order[i]].id] = i;
  return steps;
}

// An arrow has the step of the box that it leads to, for then a gradient goes back along it: but not to a
// constant.
std::optional<std::size_t> step_of(const std::string& title,
                                   const std::map<std::string, std::size_t>& steps) {
  constexpr std::string_view arrow = "&#45;&gt;";
  const std::size_t place = title.find(arrow);
  if (place != std::string::npos && !steps.contains(title.substr(0, place))) return std::nullopt;
  const auto found = steps.find(place == std::string::npos ? title : title.substr(place + arrow.size()));
  return found == steps.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace

std::vector<std::size_t> sweep_order(const Picture& picture) {
  std::vector<std::size_t> order;
  for (std::size_t i = picture.boxes.size(); i-- > 0;) {
    if (picture.boxes[i].grad) order.push_back(i);
  }
  return order;
}

Picture at_step(const Picture& picture, std::size_t step) {
  Picture moved = picture;
  const std::vector<std::size_t> order = sweep_order(picture);
  for (std::size_t i = 0; i < order.size(); ++i) {
    moved.boxes[order[i]].stress = i >= step ? Stress::waiting : i + 1 == step ? Stress::lit : Stress::plain;
  }
  for (Picture::Arrow& arrow : moved.arrows) {
    if (picture.boxes[arrow.to].grad && arrow.local_derivative) arrow.stress = moved.boxes[arrow.to].stress;
  }
  return moved;
}

std::string animated_svg(const Picture& picture, const Picture_options& options) {
  const std::array<Drawing, 3> drawings = {draw_with(picture, Stress::waiting, options),
                                           draw_with(picture, Stress::lit, options),
                                           draw_with(picture, Stress::plain, options)};
  constexpr std::array<std::string_view, 3> classes = {"wait", "lit", "done"};
  const std::map<std::string, std::size_t> steps = steps_of(picture);
  const Drawing& finished = drawings[2];
  std::string svg = finished.opening;
  const std::size_t root = svg.find("<svg ");
  if (root == std::string::npos) fail_to_read();
  svg.insert(root + 5, "style=\"max-width:100%;max-height:100%\" ");  // all of it in one window
  svg += "<style>\n" + style_sheet(steps.size()) + "</style>\n";
  for (std::size_t i = 0; i < finished.items.size(); ++i) {
    const std::optional<std::size_t> step = step_of(finished.items[i].title, steps);
    for (std::size_t k = 0; k < drawings.size(); ++k) {
      if (i >= drawings[k].items.size() || drawings[k].items[i].title != finished.items[i].title)
        fail_to_read();
      if (!step && k != 2) continue;  // a constant: nothing happens to it
      std::string how;
      if (step) {
        how = fmt::format(" class=\"{}\" style=\"animation-name:{}{}\"{}", classes[k], classes[k][0], *step,
                          k == 2 ? "" : " visibility=\"hidden\"");
      }
      svg += fmt::format("<g{}>\n{}</g>\n", how, drawings[k].items[i].content);
    }
  }
  return svg + finished.closing;
}

void animate(const Picture& picture, const std::filesystem::path& file, const Picture_options& options) {
  const std::string ending = file.extension().string();
  if (ending != ".svg" && ending != ".gif") {
    throw std::invalid_argument("backstep: " + file.string() +
                                ": a moving picture's file ends in .svg or .gif");
  }
  if (sweep_order(picture).empty()) {
    throw std::invalid_argument("backstep: a picture without gradients has no backward sweep to show");
  }
  write_file_whole(file, ending == ".svg" ? animated_svg(picture, options) : animated_gif(picture, options));
}

}  // namespace bp
