#include "tests/viz/dot_reader.h"

#include <cgraph.h>

#include <memory>
#include <stdexcept>

#include "tests/viz/xml.h"

namespace bp::test {

namespace {

// Graphviz would put something in for \N; we write a backslash twice, and it makes one of them.
std::string without_escapes(const std::string& text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && (++i == text.size() || text[i] != '\\')) {
      throw std::runtime_error("an escape that Graphviz acts upon: " + text);
    }
    plain += text[i];
  }
  return plain;
}

std::vector<Xml_piece> pieces_of(const std::string& label) {
  return read_xml("<label>" + label + "</label>");
}

std::string attribute(void* object, const char* name) {
  const char* value = agget(object, const_cast<char*>(name));
  return value == nullptr ? "" : value;
}

std::string trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(' '), last = text.find_last_not_of(' ');
  return first == std::string::npos ? "" : text.substr(first, last - first + 1);
}

// The text of each cell of each row of the outermost table.
std::vector<std::vector<std::string>> cells_of(const std::vector<Xml_piece>& pieces) {
  std::vector<std::vector<std::string>> rows;
  for (const Xml_piece& piece : pieces) {
    if (piece.tag == "tr") rows.emplace_back();
    if (piece.tag == "td") rows.back().emplace_back();
    if (piece.tag == "br") rows.back().back() += ' ';
    if (piece.tag.empty() && !rows.empty() && !rows.back().empty()) rows.back().back() += piece.text;
  }
  return rows;
}

std::string one_space(const std::string& text) {
  std::string result;
  for (char c : text) {
    if (c != ' ' || result.empty() || result.back() != ' ') result += c;
  }
  return trimmed(result);
}

Read_node read_node(const std::string& label) {
  Read_node node;
  node.label = label;
  const auto rows = cells_of(pieces_of(label));
  if (rows.empty() || rows[0].size() != 1) throw std::runtime_error("no head: " + label);
  node.head = one_space(without_escapes(rows[0][0]));
  for (std::size_t i = 1; i < rows.size(); ++i) {
    const bool holds_a_frame = rows[i].size() == 1 && rows[i][0].empty();  // whose row comes next
    if (!holds_a_frame) node.rows[rows[i].at(0)] = rows[i].at(1);
  }
  return node;
}

double whole_number(const std::string& text) {
  std::size_t used = 0;
  const double number = std::stod(text, &used);
  if (used != text.size()) throw std::runtime_error("not a number: " + text);
  return number;
}

}  // namespace

double Read_node::data() const { return whole_number(rows.at("data")); }
double Read_node::grad() const { return whole_number(rows.at("grad")); }
double Read_arrow::number() const { return whole_number(label); }

std::string Read_graph::id_of(const std::string& name) const {
  std::string found;
  for (const auto& [id, node] : nodes) {
    if (node.head != name && node.head.rfind(name + " =", 0) != 0) continue;
    if (!found.empty()) throw std::runtime_error("more than one node is called " + name);
    found = id;
  }
  if (found.empty()) throw std::runtime_error("no node is called " + name);
  return found;
}

std::vector<Read_arrow> Read_graph::arrows_from(const std::string& id) const {
  std::vector<Read_arrow> found;
  for (const Read_arrow& arrow : arrows) {
    if (arrow.from == id) found.push_back(arrow);
  }
  return found;
}

std::vector<Read_arrow> Read_graph::arrows_to(const std::string& id) const {
  std::vector<Read_arrow> found;
  for (const Read_arrow& arrow : arrows) {
    if (arrow.to == id) found.push_back(arrow);
  }
  return found;
}

Read_graph read_dot(const std::string& dot) {
  const std::unique_ptr<Agraph_t, int (*)(Agraph_t*)> graph(agmemread(dot.c_str()), agclose);
  if (graph == nullptr) throw std::runtime_error("cgraph does not accept this");
  Read_graph read;
  if (const std::string label = attribute(graph.get(), "label"); !label.empty()) {
    read.caption = without_escapes(text_of(pieces_of(label)));
  }
  for (Agnode_t* node = agfstnode(graph.get()); node != nullptr; node = agnxtnode(graph.get(), node)) {
    read.nodes[agnameof(node)] = read_node(attribute(node, "label"));
  }
  for (Agnode_t* node = agfstnode(graph.get()); node != nullptr; node = agnxtnode(graph.get(), node)) {
    for (Agedge_t* edge = agfstin(graph.get(), node); edge != nullptr; edge = agnxtin(graph.get(), edge)) {
      const std::string label = attribute(edge, "label");
      const std::string number = label.empty() ? "" : one_space(text_of(pieces_of(label)));
      read.arrows.push_back({agnameof(agtail(edge)), agnameof(aghead(edge)), number});
    }
  }
  return read;
}

}  // namespace bp::test
