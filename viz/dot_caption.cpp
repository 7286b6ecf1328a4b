#include "viz/dot_caption.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "viz/dot_box.h"
#include "viz/scale.h"
#include "viz/text.h"

namespace bp {

namespace {

// A folded picture with more arrows than this would be all numbers.
constexpr std::size_t most_numbers = 60;

constexpr std::string_view dash = "\u2013";

template <class Test>
bool any_box(const Picture& picture, Test test) {
  return std::any_of(picture.boxes.begin(), picture.boxes.end(), test);
}

bool is_group(const Picture::Box& box) { return box.kind == Picture::Kind::group; }

// What the numbers say, line by line.
std::string words_of(const Picture& picture, const Picture_options& options) {
  std::string text;
  const auto line = [&](std::string_view words) { text += std::string(words) + R"(<br align="left"/>)"; };
  const bool groups = any_box(picture, is_group), numbers = shows_numbers(picture);
  const bool derivatives =
      std::any_of(picture.arrows.begin(), picture.arrows.end(),
                  [](const Picture::Arrow& arrow) { return arrow.local_derivative.has_value(); });
  if (options.local_derivatives && (derivatives || !groups) && numbers) {
    line("number on an arrow = d(its end) / d(its start), the local derivative");
  }
  if (options.local_derivatives && options.gradients && !groups) {
    line("grad of a box = sum over its outgoing arrows of (number \u00d7 grad at the end)");
  }
  if (options.signs && derivatives) {
    line(fmt::format(
        "<font color=\"{}\">\u25b6 blue: positive</font>, <font color=\"{}\">\u25b7 orange, open: "
        "negative</font>; the larger, the {}",
        colour_of_sign(1.0), colour_of_sign(-1.0),
        numbers ? "thicker an arrow, the deeper the colour behind a gradient"
                : "thicker, by the local derivative"));
  }
  if (groups && numbers) line("16 \u00d7 on an arrow = so many connections between two groups");
  if (groups) line("|grad| = the size of the largest gradient");
  const auto has_dash = [](const Picture::Box& box) {
    return !box.grad && (box.kind == Picture::Kind::leaf || box.kind == Picture::Kind::computed);
  };
  if (options.steady) {
    line(fmt::format("the backward sweep: dark = where it is; grad {} = not computed yet", dash));
  } else if (options.gradients && any_box(picture, has_dash)) {
    line(fmt::format("grad {} = not computed", dash));
  }
  if (any_box(picture, [](const Picture::Box& box) { return !box.marks.empty(); })) {
    line(fmt::format("{} = a claim that is right; {} in a frame = one that is wrong", sign_of(Verdict::right),
                     sign_of(Verdict::wrong)));
  }
  if (any_box(picture, [](const Picture::Box& box) { return box.other.has_value(); })) {
    line("\u2260 in a frame = the number of the other run, where it differs");
  }
  return text.empty() ? " " : text;
}

// What the frames and the numbers mean, as a row of a table. Where there are groups, only what is there.
std::string legend(const Picture& picture, const Picture_options& options) {
  const bool groups = any_box(picture, is_group);
  const auto has = [&](Picture::Kind kind) {
    return !groups || any_box(picture, [&](const Picture::Box& box) { return box.kind == kind; });
  };
  std::string samples;
  if (groups) samples += swatch(Swatch::group);
  if (has(Picture::Kind::leaf)) samples += swatch(Swatch::leaf);
  if (has(Picture::Kind::computed)) samples += swatch(Swatch::computed);
  samples += swatch(Swatch::root);
  return fmt::format(R"(<tr><td align="left"><table border="0" cellspacing="6" cellpadding="0"><tr>{})"
                     R"(<td align="left" balign="left">{}</td></tr></table></td></tr>)",
                     samples, words_of(picture, options));
}

}  // namespace

bool shows_numbers(const Picture& picture) {
  return !any_box(picture, is_group) || picture.arrows.size() <= most_numbers;
}

std::string dot_caption(const Picture& picture, const Picture_options& options) {
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

}  // namespace bp
