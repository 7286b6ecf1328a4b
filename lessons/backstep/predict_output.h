// What `backstep predict` prints: a picture's classes, a table of many pictures, or JSON, a line a picture.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lessons/backstep/reader.h"

namespace backstep {

/// One picture, and what the network made of it.
struct Prediction {
  std::size_t image = 0;                  // which, from 0
  std::string file = {}, how = {};        // of a PNG: its path, and how it was prepared
  std::span<const double> scores = {};    // a number for each class
  std::optional<std::size_t> label = {};  // the class that it is, where that is known
};

/// The classes, best first; of equal ones, and of those that are not numbers, in their order.
std::vector<std::size_t> ranked(std::span<const double> scores);

class Prediction_printer {
 public:
  /// top: how many classes of each picture, 0 for as many as suits: all in JSON, ten of a picture alone, one
  /// in a table.
  Prediction_printer(const Reader& reader, std::size_t top, bool json);

  /// What the numbers are, where they are no probabilities. In JSON their key says it.
  void heading() const;
  /// A picture's classes, a line each.
  void alone(const Prediction& prediction) const;
  /// The head of a table of so many pictures, then a line for each.
  void table_head(std::size_t count, bool labelled);
  void table_row(const Prediction& prediction) const;
  /// A picture's line of JSON.
  void json_line(const Prediction& prediction) const;
  void accuracy(std::size_t right, std::size_t count) const;

 private:
  std::string score(double number) const;
  std::string json_number(double number) const;
  std::size_t shown(std::size_t usual) const;

  const Reader& reader_;
  std::vector<std::string> names_;  // of the classes, each on one line
  std::size_t top_;
  bool json_;
  int name_width_ = 5, count_width_ = 5;  // at least their headings'
};

}  // namespace backstep
