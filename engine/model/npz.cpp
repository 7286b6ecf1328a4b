#include "engine/model/npz.h"

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "engine/data/file.h"
#include "engine/model/bad_file.h"
#include "engine/model/npy.h"
#include "engine/model/zip.h"

namespace bp {
namespace {

constexpr std::string_view ending = ".npy";
constexpr std::string_view metadata_folder = "__metadata__/";

void check_total(const std::vector<Zip_entry>& entries, std::size_t max_bytes, const std::string& source) {
  std::size_t total = 0;  // at most 65,534 entries of 4 GiB: no overflow
  for (const Zip_entry& entry : entries) total += entry.size;
  if (total > max_bytes) {
    refuse_file(source, "expected at most " + std::to_string(max_bytes) +
                            " bytes when unpacked, found a claim of " + std::to_string(total));
  }
}

// Metadata lie in the archive as arrays of their UTF-8 bytes.
void add_metadata(Tensor_file& file, const std::string& key, std::string_view npy) {
  const auto refuse = [&](const std::string& what) {
    if (!what.empty()) refuse_file(file.source(), "metadata " + in_quotes(key) + ": " + what);
  };
  refuse(text_fault(key));
  const Tensor array = parse_npy(npy, "metadata " + key, file.source());
  if (array.dtype() != Dtype::u8 || array.shape().size() != 1) {
    refuse("expected u8 numbers in a row, found " + describe(array.dtype(), array.shape()));
  }
  refuse(text_fault(array.bytes()));
  file.set_metadata(key, array.bytes());
}

}  // namespace

Tensor_file parse_npz(std::string_view bytes, const std::string& source, std::size_t max_bytes) {
  const std::vector<Zip_entry> entries = zip_directory(bytes, source);
  check_total(entries, max_bytes, source);
  Tensor_file file(source);
  for (const Zip_entry& entry : entries) {
    if (!entry.name.ends_with(ending)) {
      refuse_file(source, "expected arrays whose names end in .npy, found " + in_quotes(entry.name));
    }
    const std::string name = entry.name.substr(0, entry.name.size() - ending.size());
    const bool is_metadata = name.starts_with(metadata_folder);
    if (const std::string fault = name_fault(name); !fault.empty() && !is_metadata) {
      refuse_file(source, "array " + in_quotes(name) + ": " + fault);
    }
    const std::string npy = unzip(bytes, entry, source);
    if (is_metadata) {
      add_metadata(file, name.substr(metadata_folder.size()), npy);
    } else {
      file.add(parse_npy(npy, name, source));
    }
  }
  return file;
}

Tensor_file read_npz(const std::filesystem::path& path, std::size_t max_bytes) {
  return parse_npz(read_file(path, max_bytes), path.string(), max_bytes);
}

std::string npz_bytes(const Tensor_file& tensors, Npz_packing packing) {
  Zip_writer archive(packing == Npz_packing::deflated);
  for (const auto& [key, text] : tensors.metadata()) {
    const Tensor array("metadata " + key, Dtype::u8, {text.size()}, text);
    archive.add(std::string(metadata_folder) + key + std::string(ending), npy_bytes(array));
  }
  for (const Tensor& tensor : tensors.tensors()) {
    archive.add(tensor.name() + std::string(ending), npy_bytes(tensor));
  }
  return archive.finish();
}

void write_npz(const std::filesystem::path& path, const Tensor_file& tensors, Npz_packing packing) {
  write_file_whole(path, npz_bytes(tensors, packing));
}

}  // namespace bp
