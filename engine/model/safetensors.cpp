#include "engine/model/safetensors.h"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "engine/data/file.h"
#include "engine/model/bad_file.h"
#include "engine/model/safetensors_header.h"

namespace bp {
namespace {

constexpr std::size_t length_size = 8;  // the bytes that hold the header's length

std::string count(std::size_t bytes) { return std::to_string(bytes) + " bytes"; }

void check_size(const Header_entry& tensor, const std::string& source) {
  const auto refuse = [&](const std::string& what) {
    refuse_file(source, "tensor " + in_quotes(tensor.name) + ": " + what);
  };
  const std::string offsets =
      "data_offsets [" + std::to_string(tensor.begin) + ", " + std::to_string(tensor.end) + "]";
  const std::optional<std::size_t> size = byte_count(tensor.dtype, tensor.shape);
  if (!size) refuse("expected fewer than 2^64 bytes, found " + describe(tensor.dtype, tensor.shape));
  if (tensor.begin > tensor.end) refuse("expected an end after the beginning, found " + offsets);
  if (tensor.end - tensor.begin != *size) {
    refuse("expected " + count(*size) + " for " + describe(tensor.dtype, tensor.shape) + ", found " +
           offsets);
  }
}

// Every byte of the data belongs to exactly one tensor: sorted, each begins where the one before it ends.
void check_layout(const Safetensors_header& header, std::size_t data_size, const std::string& source) {
  std::vector<const Header_entry*> sorted;
  for (const Header_entry& tensor : header.tensors) {
    check_size(tensor, source);
    sorted.push_back(&tensor);
  }
  std::sort(sorted.begin(), sorted.end(), [](const Header_entry* a, const Header_entry* b) {
    return std::pair(a->begin, a->end) < std::pair(b->begin, b->end);
  });
  std::size_t end = 0;
  std::string before = "the beginning of the data";
  for (const Header_entry* tensor : sorted) {
    if (tensor->begin != end) {
      refuse_file(source, "tensor " + in_quotes(tensor->name) + ": expected it to begin at " +
                              std::to_string(end) + ", after " + before + ", found " +
                              std::to_string(tensor->begin) +
                              (tensor->begin < end ? ": they overlap" : ": there is a gap"));
    }
    end = tensor->end;
    before = "tensor " + in_quotes(tensor->name);
  }
  if (end != data_size) {
    refuse_file(source, "expected " + count(end) + " of data after the header, found " + count(data_size));
  }
}

// The tensors by the width of their numbers, widest first, otherwise as they stand: from an aligned beginning
// on, each then begins at a multiple of its numbers' width, as all lengths so far were.
std::vector<std::size_t> order_of_data(const std::vector<Tensor>& tensors) {
  std::vector<std::size_t> order(tensors.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return names(tensors[a].dtype()).size > names(tensors[b].dtype()).size;
  });
  return order;
}

}  // namespace

Tensor_file parse_safetensors(std::string_view bytes, const std::string& source) {
  if (bytes.size() < length_size) {
    refuse_file(source,
                "expected 8 bytes that say how long the header is, found a file of " + count(bytes.size()));
  }
  const auto header_size = load<std::uint64_t>(bytes, 0);
  bytes.remove_prefix(length_size);
  if (header_size > max_safetensors_header) {
    refuse_file(source, "expected a header of at most " + count(max_safetensors_header) +
                            ", found one that says it has " + std::to_string(header_size));
  }
  if (header_size > bytes.size()) {
    refuse_file(source, "expected a header of " + count(header_size) + ", found only " + count(bytes.size()));
  }
  const Safetensors_header header = parse_header(bytes.substr(0, header_size), source);
  const std::string_view data = bytes.substr(header_size);
  check_layout(header, data.size(), source);

  Tensor_file file(source);
  for (const auto& [key, text] : header.metadata) file.set_metadata(key, text);
  for (const Header_entry& entry : header.tensors) {
    file.add(Tensor(entry.name, entry.dtype, entry.shape,
                    std::string(data.substr(entry.begin, entry.end - entry.begin))));
  }
  return file;
}

Tensor_file read_safetensors(const std::filesystem::path& path, std::size_t max_bytes) {
  return parse_safetensors(read_file(path, max_bytes), path.string());
}

std::string safetensors_bytes(const Tensor_file& file, std::size_t max_bytes) {
  const std::vector<Tensor>& tensors = file.tensors();
  Safetensors_header header;
  header.metadata = file.metadata();
  for (const Tensor& tensor : tensors) {
    header.tensors.push_back({tensor.name(), tensor.dtype(), tensor.shape(), 0, 0});
  }
  const std::vector<std::size_t> order = order_of_data(tensors);
  std::size_t end = 0;  // at most the memory that the tensors take
  for (const std::size_t i : order) {
    header.tensors[i].begin = end;
    end += tensors[i].bytes().size();
    header.tensors[i].end = end;
  }
  const std::string json = print_header(header, max_safetensors_header);
  const std::size_t total = length_size + json.size() + end;
  if (total > max_bytes) {
    throw std::invalid_argument("a model file has at most " + count(max_bytes) + ", and these tensors need " +
                                count(total));
  }
  std::string bytes;
  bytes.reserve(total);
  store(bytes, std::uint64_t{json.size()});
  bytes += json;
  for (const std::size_t i : order) bytes += tensors[i].bytes();
  return bytes;
}

void write_safetensors(const std::filesystem::path& path, const Tensor_file& tensors, std::size_t max_bytes) {
  write_file_whole(path, safetensors_bytes(tensors, max_bytes));
}

}  // namespace bp
