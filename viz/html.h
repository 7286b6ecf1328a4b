// A page of HTML that is one file: its styles, its scripts and its numbers are in it, and it loads nothing.
//
// A policy in its head forbids the browser to fetch anything. Texts are put in so that no name, whatever
// stands in it, becomes markup or a script.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bp {

/// Numbers or texts for the scripts of a page, as JSON: JSON.parse(document.getElementById(id).textContent).
struct Html_data {
  std::string id;
  std::string json;
};

struct Html_page {
  std::string title = {};                     ///< as text
  std::vector<std::string_view> styles = {};  ///< style sheets, in their order
  std::string body = {};                      ///< as HTML
  std::vector<Html_data> data = {};
  std::vector<std::string_view> scripts = {};  ///< run in their order, in one scope, when the body is there
};

/// The whole page, in UTF-8.
///
/// Throws:    std::invalid_argument when a style sheet or a script would end its element before its end.
std::string to_html(const Html_page& page);

/// Text for between tags and in quoted attributes: the characters that mean something there are escaped.
std::string html_escaped(std::string_view text);

}  // namespace bp
