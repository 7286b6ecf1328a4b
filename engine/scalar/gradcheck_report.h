// What a gradient check says, once everything is measured.
#pragma once

#include <string_view>

#include "engine/scalar/copy.h"
#include "engine/scalar/gradcheck.h"

namespace bp {

/// Fills in verdict, reason and worst from the entries. `who` claims the gradients: "backward()".
void judge(Gradcheck_report& report, Copy& subject, std::string_view who);

/// The verdict where `node` is NaN or infinite already at the point itself.
void judge_non_finite(Gradcheck_report& report, const Copy& subject, Value node);

}  // namespace bp
