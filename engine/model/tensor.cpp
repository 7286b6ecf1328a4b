#include "engine/model/tensor.h"

#include <array>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <utility>

#include "engine/model/bad_file.h"

namespace bp {
namespace {

// NumPy writes numbers of one byte, which have no byte order, with '|'.
constexpr std::array<Dtype_names, 13> table = {{
    {Dtype::boolean, "boolean", "BOOL", "|b1", 1},
    {Dtype::u8, "u8", "U8", "|u1", 1},
    {Dtype::i8, "i8", "I8", "|i1", 1},
    {Dtype::u16, "u16", "U16", "<u2", 2},
    {Dtype::i16, "i16", "I16", "<i2", 2},
    {Dtype::f16, "f16", "F16", "<f2", 2},
    {Dtype::bf16, "bf16", "BF16", "", 2},
    {Dtype::u32, "u32", "U32", "<u4", 4},
    {Dtype::i32, "i32", "I32", "<i4", 4},
    {Dtype::f32, "f32", "F32", "<f4", 4},
    {Dtype::u64, "u64", "U64", "<u8", 8},
    {Dtype::i64, "i64", "I64", "<i8", 8},
    {Dtype::f64, "f64", "F64", "<f8", 8},
}};

// Bytes of the UTF-8 letter that the text begins with; 0 when it begins with none. Table 3-7 of the Unicode
// standard: what follows the first byte is 80..BF, but for four first bytes whose second has less room (which
// keeps out letters written longer than need be, surrogates, and everything beyond 10FFFF).
std::size_t letter_size(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t size = first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0;
  if (size == 0 || size > text.size()) return 0;
  const unsigned lowest = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
  const unsigned highest = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
  if (byte(1) < lowest || byte(1) > highest) return 0;
  for (std::size_t i = 2; i < size; ++i) {
    if (byte(i) < 0x80 || byte(i) > 0xBF) return 0;
  }
  return size;
}

[[noreturn]] void misuse(const std::string& what) { throw std::invalid_argument(what); }

}  // namespace

std::span<const Dtype_names> dtypes() { return table; }

const Dtype_names& names(Dtype dtype) { return table[static_cast<std::size_t>(dtype)]; }

std::optional<std::size_t> byte_count(Dtype dtype, const Tensor_shape& shape) {
  std::size_t count = names(dtype).size;
  bool empty = false;
  for (const std::size_t length : shape) {
    if (length == 0) {
      empty = true;
    } else {
      if (count > std::numeric_limits<std::size_t>::max() / length) return std::nullopt;
      count *= length;
    }
  }
  return empty ? 0 : count;
}

std::string describe(Dtype dtype, const Tensor_shape& shape) {
  std::string text(names(dtype).ours);
  text += " [";
  for (std::size_t i = 0; i < shape.size(); ++i) text += (i == 0 ? "" : ", ") + std::to_string(shape[i]);
  return text + "]";
}

std::string text_fault(std::string_view text) {
  while (!text.empty()) {
    const std::size_t size = letter_size(text);
    if (size == 0) return "it is not UTF-8";
    if (text[0] == '\0') return "it has a zero byte";
    text.remove_prefix(size);
  }
  return "";
}

std::string name_fault(std::string_view name) {
  if (name.starts_with("__metadata__")) return "names that begin with __metadata__ are not for tensors";
  return text_fault(name);
}

Tensor::Tensor(std::string name, Dtype dtype, Tensor_shape shape, std::string bytes)
    : name_(std::move(name)), dtype_(dtype), shape_(std::move(shape)), bytes_(std::move(bytes)) {
  if (const std::string fault = name_fault(name_); !fault.empty()) {
    misuse("tensor " + in_quotes(name_) + ": " + fault);
  }
  const std::optional<std::size_t> count = byte_count(dtype_, shape_);
  if (count != bytes_.size()) {
    misuse("tensor " + in_quotes(name_) + ": " + describe(dtype_, shape_) + " takes " +
           (count ? std::to_string(*count) : "more than 2^64") + " bytes, not " +
           std::to_string(bytes_.size()));
  }
}

void Tensor_file::add(Tensor tensor) {
  if (contains(tensor.name())) misuse("there are two tensors " + in_quotes(tensor.name()));
  index_.emplace(tensor.name(), tensors_.size());
  tensors_.push_back(std::move(tensor));
}

const Tensor& Tensor_file::at(std::string_view name) const {
  const auto found = index_.find(std::string(name));
  if (found == index_.end()) {
    refuse_file(source_, "expected a tensor " + in_quotes(name) + ", found none of that name");
  }
  return tensors_[found->second];
}

const std::string& Tensor_file::metadata(std::string_view key) const {
  const auto found = metadata_.find(key);
  if (found == metadata_.end()) {
    refuse_file(source_, "expected metadata " + in_quotes(key) + ", found none of that name");
  }
  return found->second;
}

void Tensor_file::set_metadata(std::string key, std::string text) {
  for (const std::string* part : {&key, &text}) {
    const std::string fault = text_fault(*part);
    if (!fault.empty()) misuse("metadata " + in_quotes(key) + ": " + fault);
  }
  metadata_.insert_or_assign(std::move(key), std::move(text));
}

const Tensor& Tensor_file::checked(std::string_view name, Dtype dtype, const Tensor_shape& shape) const {
  const Tensor& tensor = at(name);
  if (tensor.dtype() != dtype || tensor.shape() != shape) {
    refuse_file(source_, "tensor " + in_quotes(name) + ": expected " + describe(dtype, shape) + ", found " +
                             describe(tensor.dtype(), tensor.shape()));
  }
  return tensor;
}

void Tensor_file::copy_bytes(std::string_view name, Dtype dtype, const Tensor_shape& shape,
                             std::span<std::byte> to) const {
  const std::string& bytes = checked(name, dtype, shape).bytes();
  if (to.size() != bytes.size()) {
    misuse("tensor " + in_quotes(name) + ": there is room for " + std::to_string(to.size()) + " bytes, not " +
           std::to_string(bytes.size()));
  }
  if (!bytes.empty()) std::memcpy(to.data(), bytes.data(), bytes.size());
}

}  // namespace bp
