// What the pages are made of besides their numbers: the files of viz/web, which the build turns into texts.
#pragma once

#include <string_view>

namespace bp::web {

extern const std::string_view common_css;  ///< colours for light and dark, type, buttons, tables, print

// The step-through page: its body, its style, and its scripts in the order in which they run. Between
// elementary.js and evaluate.js belongs the table of operations, of page/operations.h.
extern const std::string_view page_html;
extern const std::string_view page_css;
extern const std::string_view elementary_js;
extern const std::string_view evaluate_js;
extern const std::string_view digits_js;
extern const std::string_view formula_js;
extern const std::string_view calculation_js;
extern const std::string_view explain_js;
extern const std::string_view paths_js;
extern const std::string_view graph_view_js;
extern const std::string_view panel_js;
extern const std::string_view predict_js;
extern const std::string_view page_js;

// The page that replays how a network learnt: watch_page.h. Before these come elementary.js, the table of
// operations and digits.js.
extern const std::string_view watch_css;
extern const std::string_view watch_html;      ///< the body
extern const std::string_view watch_net_js;    ///< the network's forward pass
extern const std::string_view watch_map_js;    ///< pictures over the plane
extern const std::string_view watch_chart_js;  ///< curves over the epochs
extern const std::string_view watch_neurons_js;
extern const std::string_view watch_large_js;
extern const std::string_view watch_js;  ///< the rest, which uses these

}  // namespace bp::web
