#include "lessons/backstep/loss_name.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/data/file_error.h"
#include "lessons/backstep/failure.h"

namespace backstep {

const std::vector<std::string>& loss_names() {
  static const std::vector<std::string> names = {"cross-entropy", "half-squared", "mse"};
  return names;
}

bp::batch::Loss_kind loss_named(const std::string& name, const std::string& source) {
  using bp::batch::Loss_kind;
  if (name == "cross-entropy") return Loss_kind::softmax_cross_entropy;
  if (name == "half-squared") return Loss_kind::half_squared_error;
  if (name == "mse") return Loss_kind::mean_squared_error;
  const std::string what =
      name.empty() ? "does not say with which loss it was trained"
                   : fmt::format("was trained with another loss than {}", fmt::join(loss_names(), ", "));
  throw Failure(bad_input, fmt::format("{} {}; choose one by --loss", bp::quoted(source), what));
}

}  // namespace backstep
