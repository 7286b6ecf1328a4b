#include "viz/html.h"

#include <stdexcept>

namespace bp {

namespace {

// Scripts and styles are text up to their end tag, whatever stands in them. What is ours has none.
void check_stays_inside(std::string_view text) {
  for (const std::string_view end : {"</script", "</style", "<!--"}) {
    if (text.find(end) != std::string_view::npos) {
      throw std::invalid_argument("backstep: a script or style sheet of a page contains " + std::string(end));
    }
  }
}

// JSON within a script element: < occurs in its strings alone, where it has another spelling.
std::string inside_script(std::string_view json) {
  std::string safe;
  safe.reserve(json.size());
  for (const char c : json) {
    if (c == '<') {
      safe += "\\u003c";
    } else {
      safe += c;
    }
  }
  return safe;
}

}  // namespace

std::string html_escaped(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    switch (c) {
      case '&': safe += "&amp;"; break;
      case '<': safe += "&lt;"; break;
      case '>': safe += "&gt;"; break;
      case '"': safe += "&quot;"; break;
      case '\'': safe += "&#39;"; break;
      default: safe += c;
    }
  }
  return safe;
}

std::string to_html(const Html_page& page) {
  for (const std::string_view text : page.styles) check_stays_inside(text);
  for (const std::string_view text : page.scripts) check_stays_inside(text);
  std::string html =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; "
      "script-src 'unsafe-inline'; style-src 'unsafe-inline'\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n<title>";
  html += html_escaped(page.title) + "</title>\n<style>\n";
  for (const std::string_view style : page.styles) html += style;
  html += "</style>\n</head>\n<body>\n" + page.body + "\n";
  for (const Html_data& data : page.data) {
    html += "<script type=\"application/json\" id=\"" + html_escaped(data.id) + "\">" +
            inside_script(data.json) + "</script>\n";
  }
  html += "<script>\n\"use strict\";\n{\n";
  for (const std::string_view script : page.scripts) html += script;
  html += "}\n</script>\n</body>\n</html>\n";
  return html;
}

}  // namespace bp
