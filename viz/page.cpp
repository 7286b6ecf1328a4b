#include "viz/page.h"

#include <filesystem>
#include <stdexcept>

#include "viz/html.h"
#include "viz/page_drawing.h"
#include "viz/page_model.h"
#include "viz/page_operations.h"
#include "viz/text.h"
#include "viz/web.h"

namespace bp {
namespace {

// The body, with the title and the drawing in their places.
std::string body_of(const std::string& title, const std::string& drawing) {
  constexpr std::string_view title_mark = "{title}", drawing_mark = "{drawing}";
  const std::size_t title_at = web::page_html.find(title_mark);
  const std::size_t drawing_at = web::page_html.find(drawing_mark);
  std::string body(web::page_html.substr(0, title_at));
  body += html_escaped(title);
  body += web::page_html.substr(title_at + title_mark.size(), drawing_at - title_at - title_mark.size());
  body += drawing;
  body += web::page_html.substr(drawing_at + drawing_mark.size());
  return body;
}

}  // namespace

std::string page_of(const Worksheet& worksheet, const Page_options& options) {
  const Check check = check_worksheet(worksheet);
  const Page_model model = page_model_of(worksheet, check, options.digits);
  const std::string operations = operations_as_javascript();
  Html_page page;
  page.title =
      options.title.empty() ? std::filesystem::path(worksheet.file).filename().string() : options.title;
  page.title = shown_name(page.title, 100);
  page.styles = {web::common_css, web::page_css};
  page.body = body_of(page.title, page_drawing(model, options.digits));
  page.data = {{"graph-data", page_data_as_json(model, worksheet, check, options.digits)}};
  page.scripts = {web::elementary_js, operations,          web::evaluate_js, web::digits_js,
                  web::formula_js,    web::calculation_js, web::explain_js,  web::paths_js,
                  web::graph_view_js, web::panel_js,       web::predict_js,  web::page_js};
  return to_html(page);
}

}  // namespace bp
