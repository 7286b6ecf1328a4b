// Arrays of numbers as they lie in files: named, typed, shaped. And a list of them, with words about them.
//
//     Tensor_file model;
//     model.add<float>("0.weight", {128, 784}, weights);
//     model.set_metadata("architecture", "784,128,10");
//     write_safetensors("model.safetensors", model);            // engine/model/safetensors.h
//     ...
//     Tensor_file found = read_safetensors("model.safetensors");
//     found.copy<float>("0.weight", {128, 784}, weights);       // throws unless it is that type and shape
//
// Nothing here computes: the numbers are bytes until somebody says what they expect them to be.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <vector>

namespace bp {

/// The most that a reader takes of a model file, unless somebody says otherwise: 1 GiB.
inline constexpr std::size_t max_model_bytes = std::size_t{1} << 30;

/// The types that numbers in files can have. f16, bf16 and boolean are carried, but C++20 has no numbers for
/// the first two and no plain bytes for the third, so only bytes() shows them.
enum class Dtype : std::uint8_t { boolean, u8, i8, u16, i16, f16, bf16, u32, i32, f32, u64, i64, f64 };

/// What a type is called: by us, by safetensors, by NumPy ("" where NumPy has none), and its bytes a number.
struct Dtype_names {
  Dtype dtype;
  std::string_view ours, safetensors, numpy;
  std::size_t size;
};

/// All types, in the order of Dtype.
std::span<const Dtype_names> dtypes();

const Dtype_names& names(Dtype dtype);

/// The type that T has in a file; there are T for which there is none, and they do not compile.
template <typename T>
constexpr Dtype dtype_of() {
  if constexpr (std::is_same_v<T, double>)
    return Dtype::f64;
  else if constexpr (std::is_same_v<T, float>)
    return Dtype::f32;
  else if constexpr (std::is_same_v<T, std::int64_t>)
    return Dtype::i64;
  else if constexpr (std::is_same_v<T, std::uint64_t>)
    return Dtype::u64;
  else if constexpr (std::is_same_v<T, std::int32_t>)
    return Dtype::i32;
  else if constexpr (std::is_same_v<T, std::uint32_t>)
    return Dtype::u32;
  else if constexpr (std::is_same_v<T, std::int16_t>)
    return Dtype::i16;
  else if constexpr (std::is_same_v<T, std::uint16_t>)
    return Dtype::u16;
  else if constexpr (std::is_same_v<T, std::int8_t>)
    return Dtype::i8;
  else {
    static_assert(std::is_same_v<T, std::uint8_t>, "a number of this type cannot be kept in a tensor");
    return Dtype::u8;
  }
}

/// Lengths from the outermost dimension to the innermost, which lies together; {} is one number alone.
using Tensor_shape = std::vector<std::size_t>;

/// How many bytes an array takes; nothing when it, or it without its dimensions of 0, takes 2^64 or more.
std::optional<std::size_t> byte_count(Dtype dtype, const Tensor_shape& shape);

/// A type and a shape as messages show them: "f32 [128, 784]".
std::string describe(Dtype dtype, const Tensor_shape& shape);

/// Why this cannot name a tensor; "" when it can. Names are UTF-8 without a zero byte and do not begin with
/// "__metadata__", where both formats keep something else.
std::string name_fault(std::string_view name);

/// Why this cannot be a key or a value of metadata; "" when it can: text is UTF-8 without a zero byte.
std::string text_fault(std::string_view text);

/// A named array: its numbers little-endian, row by row (C order), as both file formats have them.
class Tensor {
 public:
  /// Throws:  std::invalid_argument unless it is a name (see name_fault) and the bytes are exactly as many
  ///          as type and shape need.
  Tensor(std::string name, Dtype dtype, Tensor_shape shape, std::string bytes);

  const std::string& name() const { return name_; }
  Dtype dtype() const { return dtype_; }
  const Tensor_shape& shape() const { return shape_; }
  const std::string& bytes() const { return bytes_; }

  bool operator==(const Tensor&) const = default;

 private:
  std::string name_;
  Dtype dtype_;
  Tensor_shape shape_;
  std::string bytes_;
};

/// Tensors in the order in which they were added, and metadata: text by name.
class Tensor_file {
 public:
  /// `source` is what messages call it: the path that it was read from.
  explicit Tensor_file(std::string source = "a model in memory") : source_(std::move(source)) {}

  const std::string& source() const { return source_; }

  /// Throws:  std::invalid_argument when a tensor of that name is there already.
  void add(Tensor tensor);

  /// Copies the numbers.
  ///
  /// Shapes:  as many numbers as the shape says.
  /// Throws:  std::invalid_argument otherwise, or when the name is taken or none (see name_fault).
  template <typename T>
  void add(std::string name, Tensor_shape shape, std::type_identity_t<std::span<const T>> numbers) {
    std::string bytes(reinterpret_cast<const char*>(numbers.data()), numbers.size_bytes());
    add(Tensor(std::move(name), dtype_of<T>(), std::move(shape), std::move(bytes)));
  }

  const std::vector<Tensor>& tensors() const { return tensors_; }

  bool contains(std::string_view name) const { return index_.contains(std::string(name)); }

  /// The tensor of that name.
  ///
  /// Throws:  Bad_file, naming source and tensor, when there is none.
  const Tensor& at(std::string_view name) const;

  /// Copies the tensor's numbers out.
  ///
  /// Shapes:  `numbers` has as many elements as the shape says.
  /// Throws:  Bad_file when there is no such tensor or it has another type or shape: source and
  ///          tensor, what was expected, what was found. std::invalid_argument when `numbers` does not fit
  ///          the shape.
  template <typename T>
  void copy(std::string_view name, const Tensor_shape& shape, std::span<T> numbers) const {
    copy_bytes(name, dtype_of<T>(), shape, std::as_writable_bytes(numbers));
  }

  /// The same, as a vector of its own.
  template <typename T>
  std::vector<T> values(std::string_view name, const Tensor_shape& shape) const {
    std::vector<T> numbers(checked(name, dtype_of<T>(), shape).bytes().size() / sizeof(T));
    copy(name, shape, std::span(numbers));
    return numbers;
  }

  using Metadata = std::map<std::string, std::string, std::less<>>;
  const Metadata& metadata() const { return metadata_; }

  /// The text under that key.
  ///
  /// Throws:  Bad_file, naming source and key, when there is none.
  const std::string& metadata(std::string_view key) const;

  /// Puts the text under that key, in the place of what stood there.
  ///
  /// Throws:  std::invalid_argument unless both are text (see text_fault).
  void set_metadata(std::string key, std::string text);

  /// The same tensors in the same order and the same metadata; the source does not count.
  bool operator==(const Tensor_file& other) const {
    return tensors_ == other.tensors_ && metadata_ == other.metadata_;
  }

 private:
  const Tensor& checked(std::string_view name, Dtype dtype, const Tensor_shape& shape) const;
  void copy_bytes(std::string_view name, Dtype dtype, const Tensor_shape& shape,
                  std::span<std::byte> to) const;

  std::string source_;
  std::vector<Tensor> tensors_;
  std::unordered_map<std::string, std::size_t> index_;  // where in tensors_ a name is
  Metadata metadata_;
};

}  // namespace bp
