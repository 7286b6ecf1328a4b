#include "engine/model/json_text.h"

#include <nlohmann/json.hpp>

namespace bp {

std::string json_text(std::string_view text) {
  constexpr int on_one_line = -1;
  return nlohmann::json(text).dump(on_one_line, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace bp
