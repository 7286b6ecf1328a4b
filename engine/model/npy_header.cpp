#include "engine/model/npy_header.h"

#include <charconv>
#include <cstdint>
#include <utility>

#include "engine/model/bad_file.h"
#include "engine/model/npy.h"

namespace bp {
namespace {

// Reads the dictionary as far as NumPy's writers use Python's syntax: names and texts in single or double
// quotes without escapes, True and False, and a tuple of whole numbers.
class Dictionary_reader {
 public:
  Dictionary_reader(std::string_view text, const Npy_refusal& refusal) : text_(text), refusal_(refusal) {}

  Npy_header read() {
    Npy_header header;
    bool has_descr = false, has_order = false, has_shape = false;
    expect('{');
    while (!take('}')) {
      const std::string_view key = text();
      bool* const seen = key == "descr"           ? &has_descr
                         : key == "fortran_order" ? &has_order
                         : key == "shape"         ? &has_shape
                                                  : nullptr;
      if (seen == nullptr) refuse("expected descr, fortran_order and shape, found " + in_quotes(key));
      if (std::exchange(*seen, true)) refuse("expected every key once, found " + in_quotes(key) + " twice");
      expect(':');
      if (key == "descr") {
        header.dtype = dtype();
      } else if (key == "fortran_order") {
        header.fortran_order = boolean();
      } else {
        header.shape = shape();
      }
      if (!take(',')) {
        expect('}');
        break;
      }
    }
    skip_blanks();
    if (at_ != text_.size()) refuse("expected its end, found " + rest());
    if (!(has_descr && has_order && has_shape)) {
      refuse(std::string("expected '") +
             (!has_descr   ? "descr"
              : !has_order ? "fortran_order"
                           : "shape") +
             "', found none");
    }
    return header;
  }

 private:
  [[noreturn]] void refuse(const std::string& what) const { refusal_("header: " + what); }

  std::string rest() const {
    return at_ == text_.size() ? "its end"
                               : in_quotes(text_.substr(at_)) + " at byte " + std::to_string(at_ + 1);
  }

  void skip_blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
  }

  bool take(char wanted) {
    skip_blanks();
    if (at_ == text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }

  void expect(char wanted) {
    if (!take(wanted)) refuse(std::string("expected '") + wanted + "', found " + rest());
  }

  std::string_view text() {
    skip_blanks();
    const char quote = at_ < text_.size() ? text_[at_] : '\0';
    const std::size_t end = quote == '\'' || quote == '"' ? text_.find(quote, at_ + 1) : text_.npos;
    if (end == text_.npos) refuse("expected text in quotes, found " + rest());
    const std::size_t begin = at_ + 1;
    at_ = end + 1;
    return text_.substr(begin, end - begin);
  }

  Dtype dtype() {
    skip_blanks();
    if (at_ < text_.size() && text_[at_] == '[') refuse("expected an array of numbers, found one of records");
    const std::string_view descr = text();
    for (const Dtype_names& row : dtypes()) {
      if (row.numpy.empty()) continue;
      const bool one_byte = row.size == 1 && descr == "<" + std::string(row.numpy.substr(1));
      if (descr == row.numpy || one_byte) return row.dtype;
    }
    refuse("expected little-endian numbers such as '<f4', found " + in_quotes(descr));
  }

  bool boolean() {
    skip_blanks();
    for (const std::string_view word : {"True", "False"}) {
      if (text_.substr(at_).starts_with(word)) {
        at_ += word.size();
        return word == "True";
      }
    }
    refuse("expected True or False, found " + rest());
  }

  Tensor_shape shape() {
    Tensor_shape lengths;
    expect('(');
    while (!take(')')) {
      lengths.push_back(number());
      if (lengths.size() > npy_most_dimensions) refuse("expected at most 32 dimensions, found more");
      if (!take(',')) {
        expect(')');
        if (lengths.size() == 1) refuse("expected a tuple, found a number in brackets");
        break;
      }
    }
    return lengths;
  }

  std::size_t number() {
    skip_blanks();
    std::size_t value = 0;
    const char* const begin = text_.data() + at_;
    const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), value);
    if (error != std::errc()) refuse("expected a whole number from 0 to 2^64 - 1, found " + rest());
    at_ += static_cast<std::size_t>(end - begin);
    return value;
  }

  std::string_view text_;
  const Npy_refusal& refusal_;
  std::size_t at_ = 0;
};

// The text between the length and the numbers; takes all that stands before the numbers off `bytes`.
std::string_view take_text(std::string_view& bytes, const Npy_refusal& refuse) {
  if (!bytes.starts_with(npy_magic)) {
    refuse("expected an array of NumPy's (\\x93NUMPY), found " +
           (bytes.empty() ? "nothing" : in_quotes(bytes.substr(0, npy_magic.size()))));
  }
  bytes.remove_prefix(npy_magic.size());
  const std::size_t major = bytes.size() < 2 ? 0 : static_cast<unsigned char>(bytes[0]);
  const std::size_t minor = bytes.size() < 2 ? 0 : static_cast<unsigned char>(bytes[1]);
  if (major < 1 || major > 3 || minor != 0) {
    refuse("expected version 1.0, 2.0 or 3.0, found " +
           (bytes.size() < 2 ? "the end of the file" : std::to_string(major) + "." + std::to_string(minor)));
  }
  bytes.remove_prefix(2);
  const std::size_t length_size = major == 1 ? 2 : 4;
  if (bytes.size() < length_size) { refuse("expected the length of the header, found the end of the file"); }
  const std::size_t size = major == 1 ? load<std::uint16_t>(bytes, 0) : load<std::uint32_t>(bytes, 0);
  bytes.remove_prefix(length_size);
  if (size > max_npy_header) {
    refuse("expected a header of at most " + std::to_string(max_npy_header) +
           " bytes, found one that says it has " + std::to_string(size));
  }
  if (size > bytes.size()) {
    refuse("expected a header of " + std::to_string(size) + " bytes, found only " +
           std::to_string(bytes.size()));
  }
  const std::string_view header = bytes.substr(0, size);
  bytes.remove_prefix(size);
  return header;
}

}  // namespace

void Npy_refusal::operator()(const std::string& what) const {
  refuse_file(source, "array " + in_quotes(array) + ": " + what);
}

Npy_header take_npy_header(std::string_view& bytes, const Npy_refusal& refuse) {
  return Dictionary_reader(take_text(bytes, refuse), refuse).read();
}

}  // namespace bp
