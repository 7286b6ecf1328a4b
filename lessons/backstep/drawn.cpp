#include "lessons/backstep/drawn.h"

#include <fmt/core.h>

#include <cstdio>

#include "viz/render.h"

namespace backstep {

bp::Picture picture_of(const bp::Worksheet& worksheet, const bp::Picture_options& look) {
  bp::Picture_options folded = look;
  folded.weighted_sums = bp::Weighted_sums::folded;
  bp::Picture picture = bp::picture_of(*worksheet.graph, folded);
  const std::string loss = "n" + std::to_string(worksheet.loss.index());
  for (bp::Picture::Box& box : picture.boxes) box.is_root = box.id == loss;
  return picture;
}

void draw_to(const std::string& out, const bp::Picture& picture, const bp::Picture_options& look) {
  const std::string note = bp::draw(picture, out, look);
  if (!note.empty()) fmt::print(stderr, "backstep: {}: {}\n", out, note);
  fmt::print("Drawn: {}\n", out);
}

}  // namespace backstep
