#include "viz/page.h"

#include <filesystem>
#include <string>

#include "engine/data/file.h"
#include "viz/html.h"
#include "viz/json.h"
#include "viz/page/drawing.h"
#include "viz/page/groups.h"
#include "viz/page/model.h"
#include "viz/page/operations.h"
#include "viz/page/worksheet.h"
#include "viz/picture.h"
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

std::string title_of(const Worksheet& worksheet, const Page_options& options) {
  constexpr std::size_t longest = 100;
  const std::string given =
      options.title.empty() ? std::filesystem::path(worksheet.file).filename().string() : options.title;
  const std::string title = shown_name(given, longest);
  return title.empty() ? "A calculation" : title;
}

// Where not even the whole can be drawn, its arrows lead too far. A few stretches of the tape always can.
Page_drawings drawings_of(Page_model& model, int digits) {
  try {
    return draw_page(model, digits);
  } catch (const Picture_too_large&) {
    cut_into_stretches(model);
    return draw_page(model, digits);
  }
}

// The drawings besides that of the whole, which stands in the body.
std::string drawings_as_json(const Page_drawings& drawings) {
  Json_list opened;
  for (std::size_t i = 1; i < drawings.drawings.size(); ++i) {
    opened.add("{\"group\":" + std::to_string(*drawings.drawings[i].group) +
               ",\"svg\":" + json_text(drawings.drawings[i].svg) + "}");
  }
  return "{\"left_out\":" + json_text(drawings.left_out) + ",\"opened\":" + opened.text() + "}";
}

}  // namespace

std::string page_of(const Worksheet& worksheet, const Page_options& options) {
  const Check check = check_worksheet(worksheet);
  Page_model model = page_model_of(worksheet, check, options.digits);
  group_boxes(model, *worksheet.graph, worksheet.train);
  const Page_drawings drawings = drawings_of(model, options.digits);
  const std::string operations = operations_as_javascript();
  Html_page page;
  page.title = title_of(worksheet, options);
  page.styles = {web::common_css, web::page_css};
  page.body = body_of(page.title, drawings.drawings[0].svg);
  page.data = {{"graph-data", page_data_as_json(model, worksheet, check, options.digits)},
               {"drawings-data", drawings_as_json(drawings)}};
  page.scripts = {web::elementary_js, operations,          web::evaluate_js, web::digits_js,
                  web::formula_js,    web::calculation_js, web::explain_js,  web::paths_js,
                  web::graph_view_js, web::panel_js,       web::predict_js,  web::page_js};
  return to_html(page);
}

std::string page_of(Value root, const Page_options& options) {
  return page_of(worksheet_from(root, options), options);
}

void write_page(const Worksheet& worksheet, const std::filesystem::path& file, const Page_options& options) {
  write_file_whole(file, page_of(worksheet, options));
}

void write_page(Value root, const std::filesystem::path& file, const Page_options& options) {
  write_file_whole(file, page_of(root, options));
}

}  // namespace bp
