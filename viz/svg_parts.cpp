#include "viz/svg_parts.h"

#include <stdexcept>

namespace bp {

namespace {

// Reads on from where it is.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool has(std::string_view mark) const { return text_.find(mark, at_) != std::string_view::npos; }
  std::string_view up_to(std::string_view mark) {  // and goes to behind the mark
    const std::size_t end = text_.find(mark, at_);
    if (end == std::string_view::npos)
      throw std::runtime_error("backstep: Graphviz's SVG is not as expected");
    const std::string_view part = text_.substr(at_, end - at_);
    at_ = end + mark.size();
    return part;
  }
  std::size_t place() const { return at_; }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

Svg_parts parts_of_svg(std::string_view svg) {
  constexpr std::string_view comment = "<!-- ", group = "<g id=\"";
  Svg_parts parts;
  Reader reader(svg);
  reader.up_to("<svg ");
  reader.up_to("class=\"graph\"");
  reader.up_to(comment);
  const std::size_t begin = reader.place() - comment.size();
  std::size_t end = begin;
  while (reader.has(group)) {
    reader.up_to(group);
    Svg_parts::Group found;
    found.id = reader.up_to("\"");
    reader.up_to(">\n");
    found.content = reader.up_to("</g>\n");
    end = reader.place();
    Reader inside(found.content);
    inside.up_to("<title>");
    found.title = inside.up_to("</title>");
    parts.groups.push_back(found);
  }
  parts.opening = svg.substr(0, begin);
  parts.closing = svg.substr(end);
  return parts;
}

}  // namespace bp
