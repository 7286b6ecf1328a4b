// What the pages are made of besides their numbers: the files of viz/web, which the build turns into texts.
#pragma once

#include <string_view>

namespace bp::web {

extern const std::string_view common_css;  ///< colours for light and dark, type, buttons, tables, print

// The page that replays how a network learnt: watch_page.h.
extern const std::string_view watch_css;
extern const std::string_view watch_html;      ///< the body
extern const std::string_view watch_net_js;    ///< the network's forward pass
extern const std::string_view watch_map_js;    ///< pictures over the plane
extern const std::string_view watch_chart_js;  ///< curves over the epochs
extern const std::string_view watch_neurons_js;
extern const std::string_view watch_large_js;
extern const std::string_view watch_js;  ///< the rest, which uses these

}  // namespace bp::web
