#include "engine/data/file_error.h"

#include <cerrno>
#include <string>

#include "tests/data/place.h"
#include "tests/support/catch2.h"

using bp::test::complaint;

TEST_CASE("a path in an error is one line, whatever it contains", "[file]") {
  CHECK(bp::quoted("plain/file.gz") == "'plain/file.gz'");
  CHECK(bp::quoted("a\nb\x7F\x1B[31m") == "'a?b??[31m'");
  CHECK(bp::quoted("gr\u00FC\u00DFe") == "'gr\u00FC\u00DFe'");
  CHECK(bp::quoted("") == "''");
}

TEST_CASE("what the system would not do is said with its reason", "[file]") {
  CHECK(complaint([] { bp::throw_cannot("f", "open it", ENOENT); }) ==
        "'f': cannot open it: No such file or directory");
}

TEST_CASE("a name that no file can have is refused before the system sees it", "[file]") {
  CHECK(complaint([] { bp::check_name("", "read it"); }) == "'': cannot read it: No such file or directory");
  CHECK(complaint([] { bp::check_name(std::string("a\0b", 3), "read it"); }) ==
        "'a?b': cannot read it: Invalid argument");
  CHECK_NOTHROW(bp::check_name("a", "read it"));
}

TEST_CASE("a bad file can be told from one that cannot be opened", "[file]") {
  const auto is_bad = [](const auto& action) {
    try {
      action();
    } catch (const bp::Bad_file&) { return true; } catch (const std::runtime_error&) {
    }
    return false;
  };

  CHECK(is_bad([] { throw bp::Bad_file("f: expected a, found b"); }));
  CHECK_FALSE(is_bad([] { bp::throw_cannot("f", "open it", ENOENT); }));
}
