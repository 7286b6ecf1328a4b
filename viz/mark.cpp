#include "viz/mark.h"

#include <cstdint>
#include <stdexcept>
#include <vector>

#include "engine/worksheet/digits.h"
#include "viz/picture.h"
#include "viz/text.h"

namespace bp {

namespace {

constexpr std::size_t longest = 40;  // characters
constexpr const char* cut_off = " (cut off)";

std::size_t place_of(const Picture& picture, Value value) {
  const std::string id = "n" + std::to_string(value.index());
  for (std::size_t i = 0; i < picture.boxes.size(); ++i) {
    if (picture.boxes[i].id == id) return i;
  }
  const std::string name =
      value.name().empty() ? "node " + std::to_string(value.index()) : shown_name(value.name(), longest);
  throw std::invalid_argument("backstep: the picture has no box for " + name);
}

}  // namespace

const char* sign_of(Verdict verdict) { return verdict == Verdict::wrong ? "\u2717" : "\u2713"; }

std::string shown_number(const Mark& mark) {
  if (mark.verdict != Verdict::truncated) return shown_name(mark.written, longest);
  return shown_name(mark.written, longest - character_count(cut_off)) + cut_off;
}

std::string shown_name(const Mark& mark) { return shown_name(mark.what, longest); }

void add_mark(Picture& picture, Value of, const Mark& mark) {
  picture.boxes[place_of(picture, of)].marks.push_back(mark);
}

// Arrows stand in the order of what they lead to, and every box after those that it uses: so one pass forward
// finds what comes of `from`, and one backward what leads to `to`.
void keep_paths(Picture& picture, Value from, Value to) {
  using Stress = Picture::Stress;
  const std::size_t first = place_of(picture, from), last = place_of(picture, to);
  std::vector<std::uint8_t> below(picture.boxes.size()), above(picture.boxes.size());
  below[first] = above[last] = 1;
  for (const Picture::Arrow& arrow : picture.arrows) below[arrow.to] |= below[arrow.from];
  for (std::size_t i = picture.arrows.size(); i-- > 0;) {
    above[picture.arrows[i].from] |= above[picture.arrows[i].to];
  }
  if (above[first] == 0) {
    throw std::invalid_argument("backstep: no path leads from " + shown_name(from.name(), longest) + " to " +
                                shown_name(to.name(), longest));
  }
  const auto stress = [&](std::size_t a, std::size_t b) {
    return below[a] != 0 && above[b] != 0 ? Stress::strong : Stress::faded;
  };
  for (std::size_t i = 0; i < picture.boxes.size(); ++i) picture.boxes[i].stress = stress(i, i);
  for (Picture::Arrow& arrow : picture.arrows) arrow.stress = stress(arrow.from, arrow.to);
}

}  // namespace bp
