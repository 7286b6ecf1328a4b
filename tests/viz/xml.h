// A strict reader of small XML: whether a picture or a label is well-formed, and what stands in it.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace bp::test {

/// A tag that opens ("td"), a tag that closes ("/td"), or text between tags (no tag).
struct Xml_piece {
  std::string tag;
  std::map<std::string, std::string> attributes;
  std::string text;
};

/// The pieces of a document, entities decoded; <a/> is both an opening and a closing tag.
///
/// Throws:    std::runtime_error at the first thing that XML 1.0 forbids: tags that do not match, a bare & or
///            <, an attribute twice or without quotes, an entity that is not predefined, a control character,
///            broken UTF-8, text outside the one root.
std::vector<Xml_piece> read_xml(std::string_view document);

/// All text of a document, a space between the pieces.
std::string text_of(const std::vector<Xml_piece>& pieces);

}  // namespace bp::test
