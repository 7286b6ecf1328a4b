// Catch2, whichever version is installed: 2.13 (Debian 12) or 3.x (newer distributions).
//
// Tests include this header and never Catch2 itself. It also supplies, under one name for both versions, the
// two things that the versions disagree on and the one thing that 2.13 lacks: skipping a test case with a
// reason.
#pragma once

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif

#include <string>

namespace bp::test {

#if defined(CATCH_VERSION_MAJOR) && CATCH_VERSION_MAJOR >= 3
template <typename T>
using Matcher_base = Catch::Matchers::MatcherBase<T>;
inline auto contains_text(const std::string& text) { return Catch::Matchers::ContainsSubstring(text); }
#else
template <typename T>
using Matcher_base = Catch::MatcherBase<T>;
inline auto contains_text(const std::string& text) { return Catch::Matchers::Contains(text); }
#endif

/// Marks the running test case as skipped, for a reason that tests/run prints. Return from the test case
/// after it:
///
///     if (!std::filesystem::exists("/dev/full")) {
///         bp::test::skip("this system has no /dev/full");
///         return;
///     }
///
/// A check that fails in the same test case still fails it.
void skip(const std::string& reason);

}  // namespace bp::test
