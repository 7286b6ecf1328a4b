// `backstep page`: a worksheet as a page to step through, for any browser.
#include "viz/page.h"

#include <fmt/format.h>

#include <memory>
#include <string>

#include "engine/data/file.h"
#include "engine/worksheet/worksheet.h"
#include "lessons/backstep/command.h"
#include "viz/picture.h"

namespace backstep {
namespace {

struct Options {
  std::string file, out;
  bp::Page_options page;
};

void write_page(const Options& options) {
  const bp::Worksheet worksheet = bp::read_worksheet(options.file);
  try {
    bp::write_file_whole(options.out, bp::page_of(worksheet, options.page));
  } catch (const bp::Picture_too_large&) {
    throw Failure(bad_input, fmt::format("{}: this calculation is too large for a page", worksheet.file));
  }
  fmt::print("Written: {}\nOpen it in a browser; it needs no network.\n", options.out);
}

}  // namespace

void add_page_command(CLI::App& app) {
  Command command(app, "page", "Make a web page that steps through a worksheet, forward and backward");
  const auto options = std::make_shared<Options>();
  command.worksheet(options->file);
  command.option("-o", options->out, "The page: one file of HTML").called("OUT.html").required();
  command.digits(options->page.digits);
  command.runs([options] { write_page(*options); });
}

}  // namespace backstep
