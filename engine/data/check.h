// Limits of what the engines can be told. A refusal names the argument and says what it must be.
#pragma once

namespace bp {

/// The value itself, for a constructor's list: each throws std::invalid_argument, naming `what`, unless the
/// value is from 0 to below 1; 0 or more, and finite; above 0, and finite.
double check_share(double value, const char* what);
double check_not_negative(double value, const char* what);
double check_epsilon(double value);

}  // namespace bp
