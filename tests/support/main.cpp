// The main function of every test program, and the lines that tests/run counts.
//
// Compiled once into a static library: Catch2's own main costs 16 s of compile time.
//
// When BACKSTEP_TEST_REPORT names a file, each test case adds its lines there (and leaves what Catch2 prints
// alone):
//     start NAME          it began: whatever has no verdict after this line took the program down with it
//     ok NAME   |   not ok NAME   |   skip NAME: REASON
#define CATCH_CONFIG_RUNNER
#define CATCH_CONFIG_EXTERNAL_INTERFACES
#include "tests/support/catch2.h"

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>

namespace {

#if defined(CATCH_VERSION_MAJOR) && CATCH_VERSION_MAJOR >= 3
using Listener_base = Catch::EventListenerBase;
#else
using Listener_base = Catch::TestEventListenerBase;
#endif

std::string running_test;
std::string skip_reason;  // why the running test was skipped; empty: it was not

class Report : public Listener_base {
 public:
  using Listener_base::Listener_base;

  void testCaseStarting(const Catch::TestCaseInfo& info) override {
    Listener_base::testCaseStarting(info);
    running_test = info.name;
    skip_reason.clear();
    write("start " + running_test);
  }

  void testCaseEnded(const Catch::TestCaseStats& stats) override {
    if (stats.totals.testCases.failed > 0) {
      write("not ok " + running_test);
    } else if (!skip_reason.empty()) {
      write("skip " + running_test + ": " + skip_reason);
    } else {
      write("ok " + running_test);
    }
    Listener_base::testCaseEnded(stats);
  }

 private:
  // Opened and closed for each line: a program that crashes has still said how far it came.
  static void write(const std::string& line) {
    const char* path = std::getenv("BACKSTEP_TEST_REPORT");
    if (path == nullptr) return;
    std::ofstream file(path, std::ios::app);
    file << line << '\n' << std::flush;
    if (!file) {
      std::cerr << "cannot write the test report " << path << '\n';
      std::exit(EXIT_FAILURE);
    }
  }
};

CATCH_REGISTER_LISTENER(Report)

}  // namespace

void bp::test::skip(const std::string& reason) {
  skip_reason = reason.empty() ? "no reason given" : reason;
  SUCCEED("skipped: " << skip_reason);
}

int main(int argc, char** argv) {
  Catch::Session session;
  const int usage_error = session.applyCommandLine(argc, argv);
  if (usage_error != 0) return usage_error;
  // A test case that checks nothing cannot fail: count it as failed.
  session.configData().warnings = Catch::WarnAbout::NoAssertions;
  return session.run();
}
