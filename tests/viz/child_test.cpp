// Other programs, run without a shell.
#include "viz/child.h"

#include <string>

#include "tests/support/catch2.h"

TEST_CASE("a program's output, its complaints and its status come back", "[child]") {
  const auto output = bp::run_child({"sh", "-c", "echo out; echo err >&2; exit 3"});

  REQUIRE(output.has_value());
  CHECK(output->out == "out\n");
  CHECK(output->err == "err\n");
  CHECK(output->status == 3);
}

TEST_CASE("arguments reach the program as they are, and its input is empty", "[child]") {
  const auto output = bp::run_child({"sh", "-c", "cat; printf '%s|' \"$@\"", "sh", "a b", "$HOME", "'", ""});

  REQUIRE(output.has_value());
  CHECK(output->out == "a b|$HOME|'||");
}

TEST_CASE("what a program is given to read reaches it whole, without a shell's doing", "[child]") {
  const std::string text = "$(exit) 'a'\n" + std::string(200000, 'x');

  const auto output = bp::run_child({"cat"}, text);

  REQUIRE(output.has_value());
  CHECK(output->out == text);
  CHECK(output->signal == 0);
}

TEST_CASE("more output than a pipe holds comes back whole", "[child]") {
  const auto output =
      bp::run_child({"sh", "-c", "yes 0123456789 | head -n 100000; yes x | head -n 100000 >&2"});

  REQUIRE(output.has_value());
  CHECK(output->out.size() == 1100000);
  CHECK(output->err.size() == 200000);
}

TEST_CASE("a program that there is not is no output, and one ended by a signal has a status", "[child]") {
  CHECK_FALSE(bp::run_child({"no-such-program-anywhere"}).has_value());
  CHECK_FALSE(bp::run_child({"/no/such/program"}).has_value());
  CHECK(bp::run_child({"sh", "-c", "kill -9 $$"})->status == 128 + 9);
  CHECK(bp::run_child({"sh", "-c", "kill -9 $$"})->signal == 9);
}
