// Comma-separated values, read with suspicion: see points_file.h.
#include "engine/data/points_file.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <utility>
#include <vector>

#include "engine/data/file.h"
#include "engine/data/file_error.h"

namespace bp {
namespace {

using Fields = std::vector<std::string>;

// Where the reader stands, for messages: 'file': line 3.
struct Place {
  const std::string& source;
  std::size_t line;

  [[noreturn]] void fail(const std::string& what) const {
    throw Bad_file(source + ": line " + std::to_string(line) + ": " + what);
  }
};

std::string_view without_blanks(std::string_view text) {
  constexpr std::string_view blanks = " \t";
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

// A text of somebody else's for a message: on one line, and not too long for it.
std::string shown(std::string_view text) {
  constexpr std::size_t most = 40;
  return "'" + on_one_line(std::string(text.substr(0, most))) + (text.size() > most ? "...'" : "'");
}

// The field that begins with a quote, without its quotes; `rest` is moved behind it.
std::string quoted_field(std::string_view& rest, const Place& place) {
  std::string field;
  for (std::size_t i = 1; i < rest.size(); ++i) {
    if (rest[i] != '"') {
      field += rest[i];
    } else if (i + 1 < rest.size() && rest[i + 1] == '"') {
      field += rest[i++];
    } else {
      rest = without_blanks(rest.substr(i + 1));
      if (!rest.empty() && rest.front() != ',') place.fail("expected a comma after the quote");
      return field;
    }
  }
  place.fail("a quote is opened and not closed");
}

Fields fields_of(std::string_view line, const Place& place) {
  Fields fields;
  for (std::string_view rest = line;;) {
    rest = without_blanks(rest);
    if (!rest.empty() && rest.front() == '"') {
      fields.push_back(quoted_field(rest, place));
    } else {
      const std::size_t end = std::min(rest.find(','), rest.size());
      fields.emplace_back(without_blanks(rest.substr(0, end)));
      rest.remove_prefix(end);
    }
    if (rest.empty()) break;
    rest.remove_prefix(1);  // the comma
  }
  if (fields.size() == 3) return fields;
  const bool other = fields.size() == 1 && line.find_first_of(";\t") != std::string_view::npos;
  place.fail("expected three fields, x, y and a label, found " + std::to_string(fields.size()) +
             (other ? " (fields are parted by commas)" : ""));
}

// Nothing when the text is no number at all; infinite when it is too large for one, 0 when too small.
std::optional<double> number(std::string_view text) {
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  double result = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), result);
  if (text.empty() || end != text.data() + text.size()) return std::nullopt;
  if (error == std::errc::result_out_of_range) return std::strtod(std::string(text).c_str(), nullptr);
  if (error != std::errc()) return std::nullopt;
  return result;
}

double coordinate(const std::string& field, const Place& place) {
  const std::optional<double> value = number(field);
  if (!value) place.fail("expected a number, found " + shown(field));
  if (!std::isfinite(*value) || std::abs(*value) > Points_file::largest) {
    place.fail("expected a number between -1e12 and 1e12, found " + shown(field));
  }
  return *value;
}

// Also those of U+0080 to U+009F, two bytes in UTF-8: to some terminals U+009B is what Escape [ is.
bool has_control(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = [&](std::size_t k) {
      return static_cast<unsigned char>(k < text.size() ? text[k] : 0);
    };
    if (byte(i) < ' ' || byte(i) == 0x7F) return true;
    if (byte(i) == 0xC2 && byte(i + 1) >= 0x80 && byte(i + 1) < 0xA0) return true;
  }
  return false;
}

const std::string& text(const std::string& field, const char* what, const Place& place) {
  if (field.empty()) place.fail(std::string(what) + " is empty");
  if (field.size() > Points_file::longest_text) {
    place.fail(std::string(what) + " is longer than 100 bytes: " + shown(field));
  }
  if (has_control(field)) place.fail(std::string(what) + " has a control character in it: " + shown(field));
  return field;
}

// A file while it is read: labels are texts until all are known.
struct Reading {
  Points_file file;
  std::vector<std::string> seen;  // the classes, in the order of their first points

  void add(const Fields& fields, const Place& place) {
    if (file.points.size() == Points_file::most_points) place.fail("more than 5,000 points");
    file.points.inputs.push_back({coordinate(fields[0], place), coordinate(fields[1], place)});
    const std::string& label = text(fields[2], "the label", place);
    auto at = std::find(seen.begin(), seen.end(), label);
    if (at == seen.end()) {
      if (seen.size() == 2) {
        place.fail("a third class, " + shown(label) + ", beside " + shown(seen[0]) + " and " +
                   shown(seen[1]) + "; there can be two");
      }
      at = seen.insert(at, label);
    }
    file.points.labels.push_back(static_cast<int>(at - seen.begin()));
  }

  Points_file finish(const std::string& source) {
    if (seen.empty()) throw Bad_file(source + ": there is no point in it");
    if (seen.size() == 1) {
      throw Bad_file(source + ": every point has the label " + shown(seen[0]) +
                     "; two classes are needed, to be told apart");
    }
    if (seen[1] < seen[0]) {
      std::swap(seen[0], seen[1]);
      for (int& label : file.points.labels) label = 1 - label;
    }
    file.classes = {seen[0], seen[1]};
    return std::move(file);
  }
};

}  // namespace

Points_file parse_points(std::string_view text_of_file, const std::string& source) {
  constexpr std::string_view mark = "\xEF\xBB\xBF";
  if (text_of_file.starts_with(mark)) text_of_file.remove_prefix(mark.size());
  Reading reading;
  bool first = true;
  for (std::size_t line_number = 1; !text_of_file.empty(); ++line_number) {
    const std::size_t end = std::min(text_of_file.find('\n'), text_of_file.size());
    std::string_view line = text_of_file.substr(0, end);
    text_of_file.remove_prefix(std::min(end + 1, text_of_file.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (without_blanks(line).empty()) continue;
    const Place place{source, line_number};
    const Fields fields = fields_of(line, place);
    if (std::exchange(first, false) && !number(fields[0]) && !number(fields[1])) {
      reading.file.axes = {text(fields[0], "the name of the first column", place),
                           text(fields[1], "the name of the second column", place)};
    } else {
      reading.add(fields, place);
    }
  }
  return reading.finish(source);
}

Points_file read_points(const std::filesystem::path& path) {
  return parse_points(read_file(path, Points_file::most_bytes), quoted(path));
}

Standardized standardize(Labelled_points& points) {
  if (points.inputs.empty()) throw std::invalid_argument("standardize: there is no point");
  for (const std::vector<double>& point : points.inputs) {
    if (point.size() != 2) throw std::invalid_argument("standardize: a point is not in the plane");
  }
  Standardized by;
  const auto n = static_cast<double>(points.inputs.size());
  for (std::size_t k = 0; k < 2; ++k) {
    double sum = 0, squares = 0;
    for (const std::vector<double>& point : points.inputs) sum += point[k];
    by.mean[k] = sum / n;
    for (const std::vector<double>& point : points.inputs) squares += std::pow(point[k] - by.mean[k], 2);
    // Equal numbers need not have exactly their own mean: what is left of them then is rounding, not spread.
    const double deviation = std::sqrt(squares / n);
    if (deviation > 1e-12 * std::abs(by.mean[k])) by.deviation[k] = deviation;
    for (std::vector<double>& point : points.inputs) { point[k] = (point[k] - by.mean[k]) / by.deviation[k]; }
  }
  return by;
}

}  // namespace bp
