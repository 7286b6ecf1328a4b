#include "engine/model/npy.h"

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <utility>

#include "engine/data/file.h"
#include "engine/model/bad_file.h"
#include "engine/model/npy_header.h"

namespace bp {
namespace {

constexpr std::size_t alignment = 64;  // of the numbers, from the beginning of the file

// The same numbers row by row. In Fortran order the first index runs fastest, in C order the last: so the
// numbers are counted up as C has them, and the place of each in the source goes along.
std::string in_c_order(std::string_view bytes, std::size_t width, const Tensor_shape& shape) {
  std::string sorted;
  sorted.reserve(bytes.size());
  Tensor_shape stride(shape.size()), index(shape.size());
  std::size_t step = width;
  for (std::size_t d = 0; d < shape.size(); ++d) {
    stride[d] = step;
    step *= shape[d];
  }
  for (std::size_t from = 0; sorted.size() < bytes.size();) {
    sorted.append(bytes.substr(from, width));
    for (std::size_t d = shape.size(); d-- > 0;) {
      from += stride[d];
      if (++index[d] < shape[d]) break;
      from -= stride[d] * shape[d];
      index[d] = 0;
    }
  }
  return sorted;
}

}  // namespace

Tensor parse_npy(std::string_view bytes, const std::string& name, const std::string& source) {
  const Npy_refusal refuse{source, name};
  Npy_header header = take_npy_header(bytes, refuse);
  const std::string described = describe(header.dtype, header.shape);
  const std::optional<std::size_t> size = byte_count(header.dtype, header.shape);
  if (!size) refuse("expected fewer than 2^64 bytes, found " + described);
  if (*size != bytes.size()) {
    refuse("expected " + std::to_string(*size) + " bytes of data for " + described + ", found " +
           std::to_string(bytes.size()));
  }
  std::string data =
      header.fortran_order ? in_c_order(bytes, names(header.dtype).size, header.shape) : std::string(bytes);
  return Tensor(name, header.dtype, std::move(header.shape), std::move(data));
}

Tensor read_npy(const std::filesystem::path& path, const std::string& name, std::size_t max_bytes) {
  return parse_npy(read_file(path, max_bytes), name, path.string());
}

std::string npy_bytes(const Tensor& tensor) {
  const std::string what = "tensor " + in_quotes(tensor.name()) + ": ";
  const Dtype_names& type = names(tensor.dtype());
  if (type.numpy.empty()) throw std::invalid_argument(what + "NumPy has no " + std::string(type.ours));
  if (tensor.shape().size() > npy_most_dimensions) {
    throw std::invalid_argument(what + "NumPy has at most 32 dimensions, not " +
                                std::to_string(tensor.shape().size()));
  }
  std::string shape;
  for (const std::size_t length : tensor.shape()) {
    shape += (shape.empty() ? "" : ", ") + std::to_string(length);
  }
  if (tensor.shape().size() == 1) shape += ",";
  std::string header =
      "{'descr': '" + std::string(type.numpy) + "', 'fortran_order': False, 'shape': (" + shape + "), }";
  // NumPy leaves room for the first length to grow to 21 digits in place.
  if (!tensor.shape().empty()) { header.append(21 - std::to_string(tensor.shape()[0]).size(), ' '); }
  const std::size_t before = npy_magic.size() + 4;
  header.append(alignment - (before + header.size() + 1) % alignment, ' ');
  header += '\n';

  std::string bytes(npy_magic);
  bytes += '\x01';
  bytes += '\0';
  store(bytes, static_cast<std::uint16_t>(header.size()));  // 32 dimensions need less than 1 KiB
  return bytes + header + tensor.bytes();
}

void write_npy(const std::filesystem::path& path, const Tensor& tensor) {
  write_file_whole(path, npy_bytes(tensor));
}

}  // namespace bp
