// What the pages are made of besides their numbers: the files of viz/web, which the build turns into texts.
#pragma once

#include <string_view>

namespace bp::web {

extern const std::string_view common_css;  ///< colours for light and dark, type, buttons, tables, print

}  // namespace bp::web
