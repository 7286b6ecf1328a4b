#include "lessons/backstep/find_value.h"

#include <fmt/format.h>

#include <optional>

#include "engine/worksheet/names.h"
#include "lessons/backstep/failure.h"
#include "viz/text.h"

namespace backstep {

bp::Value find_value(const bp::Worksheet& worksheet, const std::string& name) {
  if (const std::optional<bp::Value> value = worksheet.find(name)) return *value;
  bp::worksheet::Nearest_name nearest(name);
  for (const bp::Definition& definition : worksheet.definitions) nearest.consider(definition.name);
  throw Failure(bad_input, fmt::format("{}: there is no value `{}`{}", worksheet.file,
                                       bp::shown_name(name, 64), nearest.hint()));
}

}  // namespace backstep
