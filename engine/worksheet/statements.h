// What the statements of a worksheet name that may stand further down, kept until everything is defined.
//
// For parser.cpp and statements.cpp.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/worksheet/lexer.h"
#include "engine/worksheet/source.h"
#include "engine/worksheet/worksheet.h"

namespace bp::worksheet {

/// A name that is looked up at the end, and where it stands.
struct Reference {
  Place place;
  std::string_view name;
};

/// A leaf to train, or all leaves whose names begin so.
struct Pattern {
  Reference leaf;
  bool is_beginning = false;
};

struct Claim_line {
  Reference of;
  std::optional<Reference> by;
  bool prime = false;
  std::optional<Token> steps;  // after how many
  std::string_view sign;       // of the number, or nothing
  Token number;
};

struct Statements {
  std::optional<Reference> loss;
  std::vector<Pattern> train;
  std::vector<Claim_line> claims;
  Line last;              // of the text
  std::size_t nodes = 0;  // of the graph, and the arguments of functions of any number of them
};

/// Gives the worksheet the loss, the leaves to train and the claims that its statements name.
///
/// Cost:      proportional to the statements times the logarithm of the definitions.
/// Throws:    Bad_worksheet.
void look_up(const Source& source, const Statements& statements, Worksheet& sheet);

}  // namespace bp::worksheet
