// A claim of a worksheet in words: the same in the terminal, in a picture and on a page.
#pragma once

#include <cstddef>
#include <string>

#include "engine/worksheet/check.h"
#include "engine/worksheet/worksheet.h"

namespace bp {

/// "right", "truncated" or "wrong".
const char* word_of(Verdict verdict);

/// What it is the number of, and after which step where the name does not say so: "w1", "w1'", "w1' after 2",
/// "dE/dw1 after 1". One line; the name in it has at most `longest` characters.
std::string shown_target(const Claim& claim, std::size_t longest);

/// What to say of a wrong claim whose number no mistake makes: that, and what its ratio to the truth gives
/// away. Without answers the ratio stays out of it, for it may be one.
std::string no_mistake_makes(const Claim& claim, const Checked_claim& checked, bool answers = true);

/// Which number would tell apart the mistakes that a diagnosis has; empty where it asks for none.
std::string question_of(const Diagnosis& diagnosis);

}  // namespace bp
