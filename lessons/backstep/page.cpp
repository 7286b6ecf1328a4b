// `backstep page`: a worksheet as a page to step through, for any browser.
#include "viz/page.h"

#include <fmt/format.h>

#include <memory>
#include <string>

#include "engine/worksheet/worksheet.h"
#include "lessons/backstep/command.h"

namespace backstep {
namespace {

struct Options {
  std::string file, out;
  bp::Page_options page;
};

void make_page(const Options& options) {
  bp::write_page(bp::read_worksheet(options.file), options.out, options.page);
  fmt::print("Written: {}\nOpen it in a browser; it needs no network.\n", options.out);
}

}  // namespace

void add_page_command(CLI::App& app) {
  Command command(app, "page", "Make a web page that steps through a worksheet, forward and backward");
  const auto options = std::make_shared<Options>();
  command.worksheet(options->file);
  command.option("-o", options->out, "The page: one file of HTML").called("OUT.html").required();
  command.digits(options->page.digits);
  command.runs([options] { make_page(*options); });
}

}  // namespace backstep
