// A mistake in plain words, with the learner's own names and numbers.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/scalar/graph.h"
#include "engine/worksheet/diagnose.h"
#include "engine/worksheet/search.h"

namespace bp::worksheet {

class Explainer {
 public:
  Explainer(Graph& graph, Search& search) : graph_(graph), search_(search) {}

  /// The mistake behind a match, for the claim that it reproduces.
  Mistake mistake(const Question& question, const Match& match, const std::string& written);

  /// The name of a node; for one without, the name of what it is a part of.
  std::string name(Node n) const;
  /// "dE/dw1".
  std::string derivative(Node of, Node by) const;
  /// The line as it should be: dE/dw1 = dE/dnet_h1 * dnet_h1/dw1 = 0.00877135 * 0.05 = 0.000438568.
  std::string corrected(Node of, Node by) const;

 private:
  std::vector<const Site*> sites_behind(const Made& made, Node of, Node by) const;
  struct Asked {  // of which derivative a claim tells
    Node of;
    std::optional<Node> by;
  };
  Asked asked_by(const Question& question) const;
  std::string done(const Made& made, Asked asked) const;
  std::string where(const Made& made) const;
  std::string paths(const Site& site, bool kept_one) const;
  std::string what_is_missing(const Made& made, Node of, Node by, double predicted) const;
  std::string what_is_replaced(const Made& made, Asked asked) const;
  std::string detail(const Question& question, Asked asked, const Match& match) const;
  std::string result(const Question& question, Asked asked, double predicted,
                     const std::string& written) const;

  Graph& graph_;
  Search& search_;
};

/// Six significant digits, as in a sentence.
std::string spoken(double number);

}  // namespace bp::worksheet
