#include "viz/page/operations.h"

#include <fmt/format.h>

namespace bp {

std::string operations_as_javascript() {
  std::string text = "const operations = {\n";
  const auto unary = [&](const char* name, const char* value, const char* dx) {
    text += fmt::format("  {}: {{ value: (x) => {}, dx: (x, out) => {} }},\n", name, value, dx);
  };
  const auto binary = [&](const char* name, const char* value, const char* dx, const char* dy) {
    text += fmt::format("  {}: {{ value: (x, y) => {}, dx: (x, y, out) => {}, dy: (x, y, out) => {} }},\n",
                        name, value, dx, dy);
  };
#define UNARY(name, value, reads, dx, ...) unary(#name, #value, #dx);
#define BINARY(name, value, reads, dx, reads_x, dy, ...) binary(#name, #value, #dx, #dy);
#include "engine/scalar/op_table.def"
#undef UNARY
#undef BINARY
  return text + "};\n";
}

}  // namespace bp
