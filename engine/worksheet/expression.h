// Reads one expression of a worksheet and records it:
//
//     expr  := term {('+'|'-') term}         term  := unary {('*'|'/') unary}
//     unary := ('-'|'+') unary | power       power := atom ['^' unary]
//     atom  := NUM | NAME | NAME '(' expr {',' expr} ')' | '(' expr ')'
//
// so that -x^2 is -(x^2), 2^3^2 is 2^(3^2), and 2^-1 is allowed.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "engine/worksheet/lexer.h"
#include "engine/worksheet/source.h"
#include "engine/worksheet/worksheet.h"

namespace bp::worksheet {

struct Function;

class Expression {
 public:
  /// The tokens are those of the line from the expression on, up to its end.
  Expression(const Source& source, Line line, std::span<const Token> tokens, Worksheet& worksheet)
      : source_(source), line_(line), tokens_(tokens), worksheet_(worksheet) {}

  /// Records what the tokens say, all of them; `defines` is the name that the line gives it.
  ///
  /// Throws:    Bad_worksheet.
  Value record(std::string_view defines);
  /// How many arguments the functions of any number of them had.
  std::size_t listed() const { return listed_; }

 private:
  const Token& now() const { return tokens_[at_]; }
  Token take() { return tokens_[at_++]; }
  [[noreturn]] void fail(const Token& token, const std::string& what) const;
  [[noreturn]] void unexpected(const std::string& wanted) const;
  std::string mend() const;
  [[noreturn]] void unknown(const Token& name) const;

  Value sum();
  Value product();
  Value unary();
  Value power();
  Value atom();
  void close(const Token& parenthesis, const std::string& wanted);
  Value call(const Token& name);
  const Function& function_called(const Token& name) const;
  void check_count(const Token& name, const Function& function, std::size_t count) const;
  void check_class(const Token& name, const Token& first, std::span<const Value> arguments) const;

  const Source& source_;
  Line line_;
  std::span<const Token> tokens_;
  Worksheet& worksheet_;
  std::string_view defines_;
  std::size_t at_ = 0, depth_ = 0, listed_ = 0;
};

}  // namespace bp::worksheet
