#include "viz/render.h"

#include <cgraph.h>
#include <fmt/format.h>
#include <gvc.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>

#include "engine/data/file.h"
#include "viz/dot.h"
#include "viz/order.h"

namespace bp {

namespace {

constexpr std::size_t longest_arrows =
    10000;  // ranks; see total_arrow_length(): 9 s, and a third of its stack
constexpr double points_per_inch = 72.0;
constexpr double usual_resolution = 144.0;   // pixels per inch
constexpr double largest_area = 67108864.0;  // 2^26 pixels are 256 MB while they are drawn
constexpr double margin = 36.0;              // points: more than any pad of ours

std::string name_of(Picture_format format) {
  switch (format) {
    case Picture_format::png: return "png";
    case Picture_format::svg: return "svg";
    case Picture_format::pdf: return "pdf";
  }
  throw std::invalid_argument("backstep: there is no such picture format");
}

// --- Graphviz's messages ----------------------------------------------------------------------------------

std::mutex graphviz_mutex;  // guards all of Graphviz, and what it said
std::string graphviz_said;

int listen(char* words) {
  graphviz_said += words;
  return 0;
}

// Collects, for as long as it lives, what Graphviz would print on standard error.
class Listener {
 public:
  Listener() : before_(agseterrf(listen)) {
    graphviz_said.clear();
    agreseterrors();
  }
  ~Listener() { agseterrf(before_); }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  // One line, without the spaces and line breaks at its end.
  std::string heard() const {
    std::string line;
    for (char c : graphviz_said) {
      const bool space = c == '\n' || c == '\r' || c == '\t' || c == ' ';
      if (!space) line += c;
      if (space && !line.empty() && line.back() != ' ') line += ' ';
    }
    while (!line.empty() && line.back() == ' ') line.pop_back();
    return line;
  }

 private:
  agusererrf before_;
};

[[noreturn]] void fail(const std::string& what, const std::string& heard) {
  throw std::runtime_error("backstep: " + what + (heard.empty() ? "" : "; Graphviz says: " + heard));
}

// --- Graphviz's objects -----------------------------------------------------------------------------------

// One for the whole run: it loads the plugins, and each one leaks 4 KB. Freed by the system at the end.
GVC_t* context() {
  static GVC_t* const only = gvContext();
  return only;
}

struct Close_graph {
  void operator()(Agraph_t* graph) const { agclose(graph); }
};
using Dot_graph = std::unique_ptr<Agraph_t, Close_graph>;

// Whether the parser begins anew. Graphviz's has one state for all texts: what stands after a graph is kept
// for whoever reads next, and after an unfinished string, comment or HTML-like label every text is a part of
// that.
bool parser_is_ready() { return Dot_graph(agmemread("digraph{}")) != nullptr; }

// Ends what a text left open; it opened at most `brackets` HTML-like brackets.
void close_what_is_open(std::size_t brackets) {
  for (const std::string& end : {std::string("*/"), std::string("\""), std::string(brackets, '>')}) {
    if (parser_is_ready()) return;
    const Dot_graph none(agmemread(end.c_str()));
  }
}

Dot_graph parse(const std::string& dot, const Listener& listener) {
  Dot_graph graph(agmemread(dot.c_str()));
  bool more = false;
  while (Dot_graph(agmemread("")) != nullptr) more = true;
  const std::string heard = listener.heard();
  if (!parser_is_ready()) {
    more = true;
    close_what_is_open(static_cast<std::size_t>(std::count(dot.begin(), dot.end(), '<')));
  }
  if (graph == nullptr) fail("this is not a graph in DOT", heard);
  if (more || !heard.empty()) fail("a DOT text to be drawn holds one graph and no more", heard);
  return graph;
}

struct Free_render_data {
  void operator()(char* data) const { gvFreeRenderData(data); }
};

class Layout {
 public:
  Layout(Agraph_t* graph, const Listener& listener) : graph_(graph) {
    if (gvLayout(context(), graph, "dot") == 0) return;
    fail("Graphviz has no layout plugin here; its package may be broken (`dot -c` registers the plugins)",
         listener.heard());
  }
  ~Layout() { gvFreeLayout(context(), graph_); }
  Layout(const Layout&) = delete;
  Layout& operator=(const Layout&) = delete;

  // Sets the resolution of a bitmap, as low as its bounds ask; what is to be said about that, or nothing.
  std::string set_resolution(double longest_side) {
    const boxf box = GD_bb(graph_);  // in points, as the margin is
    const double width = (box.UR.x - box.LL.x + 2 * margin) / points_per_inch;
    const double height = (box.UR.y - box.LL.y + 2 * margin) / points_per_inch;
    const double resolution = std::min({usual_resolution, longest_side / std::max(width, height),
                                        std::sqrt(largest_area / (width * height))});
    GD_drawing(graph_)->dpi = resolution;
    if (resolution == usual_resolution) return {};
    return fmt::format(
        "the picture is large: drawn with {:.3g} pixels an inch instead of {:.0f}; SVG and PDF stay sharp",
        resolution, usual_resolution);
  }

  std::string draw(Picture_format format, const Listener& listener) {
    const std::string name = name_of(format);
    char* data = nullptr;
    unsigned int length = 0;
    const int status = gvRenderData(context(), graph_, name.c_str(), &data, &length);
    const std::unique_ptr<char, Free_render_data> owner(data);
    if (status != 0 || data == nullptr || length == 0) {
      fail("Graphviz cannot draw " + name +
               " here; the plugin for it may be missing (PNG and PDF need its pango plugin)",
           listener.heard());
    }
    return std::string(data, length);
  }

 private:
  Agraph_t* graph_;
};

std::string lower_case(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

// nullopt: DOT, which needs no drawing.
std::optional<Picture_format> format_of(const std::filesystem::path& file) {
  const std::string ending = lower_case(file.extension().string());
  if (ending == ".png") return Picture_format::png;
  if (ending == ".svg") return Picture_format::svg;
  if (ending == ".pdf") return Picture_format::pdf;
  if (ending == ".dot" || ending == ".gv") return std::nullopt;
  throw std::invalid_argument("backstep: " + file.string() +
                              ": a picture's file ends in .png, .svg, .pdf, .dot or .gv");
}

std::string without_prefix(std::string_view message) {
  constexpr std::string_view prefix = "backstep: ";
  return std::string(message.substr(0, prefix.size()) == prefix ? message.substr(prefix.size()) : message);
}

void check_arrows(const Picture& picture) {
  const std::size_t length = total_arrow_length(picture);
  if (length <= longest_arrows) return;
  throw Picture_too_large(fmt::format(
      "backstep: the arrows of this picture lead across {} ranks in all, and Graphviz is not safe above {}; "
      "draw from an earlier value, or fold the weighted sums",
      length, longest_arrows));
}

}  // namespace

std::string draw(const Picture& picture, const std::filesystem::path& file, const Picture_options& options) {
  const std::optional<Picture_format> format = format_of(file);
  Rendered rendered;
  rendered.bytes = to_dot(picture, options);
  if (format) {
    check_arrows(picture);
    try {
      rendered = render(rendered.bytes, *format);
    } catch (const std::runtime_error& error) {
      throw std::runtime_error("backstep: cannot draw " + file.string() + ": " +
                               without_prefix(error.what()));
    }
  }
  write_file_whole(file, rendered.bytes);
  return rendered.note;
}

Rendered render(std::string_view dot, Picture_format format, double longest_side) {
  if (dot.find('\0') != std::string_view::npos) {
    throw std::invalid_argument("backstep: a DOT text has no NUL in it, and this one has");
  }
  const std::lock_guard lock(graphviz_mutex);
  const Listener listener;
  const Dot_graph graph = parse(std::string(dot), listener);
  Layout layout(graph.get(), listener);
  Rendered rendered;
  if (format == Picture_format::png) rendered.note = layout.set_resolution(longest_side);
  rendered.bytes = layout.draw(format, listener);
  if (agerrors() != 0) fail("Graphviz could not draw all of it", listener.heard());
  const std::string heard = listener.heard();
  if (!heard.empty()) rendered.note += (rendered.note.empty() ? "" : "; ") + heard;
  return rendered;
}

std::string draw(Value root, const std::filesystem::path& file, const Picture_options& options) {
  format_of(file);  // throws before there is any work
  return draw(picture_of(root, options), file, options);
}

std::string draw(Graph& graph, const std::filesystem::path& file, const Picture_options& options) {
  format_of(file);
  return draw(picture_of(graph, options), file, options);
}

}  // namespace bp
