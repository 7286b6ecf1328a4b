// What a DOT text says when Graphviz's own library reads it.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace bp::test {

struct Read_node {
  std::string head;                         ///< all text of the first row: "L = tanh(a * b)"
  std::map<std::string, std::string> rows;  ///< "data" and "grad", each with what stands beside it
  std::string label;                        ///< the whole HTML-like label

  double data() const;
  double grad() const;
};

struct Read_arrow {
  std::string from, to;
  std::string label;  ///< the number; empty: none

  double number() const;
};

struct Read_graph {
  std::map<std::string, Read_node> nodes;  ///< by their ids
  std::vector<Read_arrow> arrows;
  std::string caption;  ///< all text of the graph's own label

  /// The id of the only node whose head is this, or begins with this and " =".
  ///
  /// Throws:    std::runtime_error when there is none or more than one.
  std::string id_of(const std::string& name) const;
  const Read_node& node(const std::string& name) const { return nodes.at(id_of(name)); }
  std::vector<Read_arrow> arrows_from(const std::string& id) const;
  std::vector<Read_arrow> arrows_to(const std::string& id) const;
};

/// Throws:    std::runtime_error when cgraph does not accept the text, or a label is not well-formed.
Read_graph read_dot(const std::string& dot);

}  // namespace bp::test
