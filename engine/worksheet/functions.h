// The functions that a worksheet knows, and how operations are called in it.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "engine/scalar/graph.h"

namespace bp::worksheet {

/// A function by its name, with how many arguments it takes.
struct Function {
  std::string_view name;
  Op op;
  std::size_t least, most;
};
inline constexpr std::size_t any_count = ~std::size_t{0};

std::span<const Function> functions();
/// The function of that name; null where there is none.
const Function* find_function(std::string_view name);

/// What a function that elsewhere has the name `foreign`, as ln has, is called here; nothing for others.
std::string_view our_name_of(std::string_view foreign);

/// Records it for as many arguments as it takes.
Value record_call(const Function& function, std::span<const Value> arguments);

}  // namespace bp::worksheet
