#include "lessons/backstep/draw_fold.h"

#include <fmt/format.h>

#include <cstdio>
#include <optional>
#include <string_view>

#include "engine/worksheet/digits.h"
#include "lessons/backstep/drawn.h"
#include "lessons/backstep/failure.h"
#include "viz/fold.h"
#include "viz/text.h"

namespace backstep {
namespace {

/// "layer 2/neuron 3", and "out_h1" for a neuron with a name of its own.
bool is_called(const bp::Groups& groups, std::size_t place, std::string_view name) {
  const bp::Group& group = groups.groups[place];
  if (group.name == name && group.kind != bp::Group::Kind::step) return true;
  return group.parent && groups.groups[*group.parent].name + "/" + group.name == name;
}

std::string names_of(const bp::Groups& groups) {
  std::string names;
  for (const bp::Group& group : groups.groups) {
    if (!group.parent) names += (names.empty() ? "" : ", ") + group.name;
  }
  return names;
}

std::size_t find(const bp::Groups& groups, const std::string& name, const std::string& file) {
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < groups.groups.size(); ++i) {
    if (!is_called(groups, i, name)) continue;
    if (found) {
      throw Failure(bad_input, fmt::format("{}: there is more than one {}; say of which layer, as layer 2/{}",
                                           file, name, name));
    }
    found = i;
  }
  if (!found) {
    throw Failure(bad_input,
                  fmt::format("{}: there is no group {}; there are {}", file, name, names_of(groups)));
  }
  return *found;
}

/// A line for each row of each box, in columns.
void print_boxes(const bp::Picture& picture, int digits) {
  std::vector<std::vector<std::string>> lines = {{"", "", "", "data", "|grad|"}};
  for (const bp::Picture::Box& box : picture.boxes) {
    if (box.kind == bp::Picture::Kind::constant) continue;
    std::vector<bp::Picture::Row> rows = box.rows;
    const bool group = box.kind == bp::Picture::Kind::group;
    if (!group) {
      rows.push_back({"", bp::shown_number(box.data, digits),
                      box.grad ? bp::shown_number(*box.grad, digits) : "\u2013"});
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
      lines.push_back({i == 0 ? (box.name.empty() ? box.formula : box.name) : "",
                       i == 0 && (group || !box.name.empty()) ? box.formula : "", rows[i].what, rows[i].data,
                       rows[i].grad});
    }
  }
  fmt::print("{}", bp::in_columns(lines, "<<<>>"));
}

}  // namespace

void draw_folded(const bp::Worksheet& worksheet, const Folding& folding, const std::string& out, int digits) {
  const bp::Groups groups = bp::groups_of(*worksheet.graph, worksheet.train);
  if (groups.groups.empty()) {
    throw Failure(bad_input,
                  fmt::format("{}: there are no neurons to fold: weighted sums with weights that are trained",
                              worksheet.file));
  }
  std::vector<std::size_t> open =
      bp::open_groups(groups, folding.fold == "neuron" ? bp::Fold::neuron : bp::Fold::layer);
  for (const std::string& name : folding.open) open.push_back(find(groups, name, worksheet.file));
  bp::Picture_options look;
  look.digits = digits;
  try {
    const bp::Picture picture = bp::folded_picture(*worksheet.graph, groups, open, look);
    if (out.empty()) return print_boxes(picture, digits);
    draw_to(out, picture, look);
  } catch (const bp::Picture_too_large&) {
    throw Failure(bad_input, fmt::format("{}: even so folded the picture is too large", worksheet.file));
  }
}

}  // namespace backstep
