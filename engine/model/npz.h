// Reading and writing .npz, what np.savez writes and np.load reads: a ZIP archive with one .npy for each
// array.
//
//     model = np.load("model.npz")
//     model["0.weight"]                                          # an array, as in PyTorch
//     bytes(model["__metadata__/architecture"]).decode()         # metadata; the format has no place for them
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "engine/model/tensor.h"

namespace bp {

/// The arrays of an archive, in the order in which they lie there, and the metadata that write_npz() put in.
///
/// Reads what np.savez, np.savez_compressed and write_npz() write (see zip.h for what else); each array as
/// read_npy() does.
///
/// Memory:  the file and once more its numbers; an archive that unpacks to more than max_bytes is refused
///          before that.
/// Throws:  Bad_file in one line: path, array, what was expected, what was found.
Tensor_file read_npz(const std::filesystem::path& path, std::size_t max_bytes = max_model_bytes);

/// The same for bytes in memory; messages call them `source`.
Tensor_file parse_npz(std::string_view bytes, const std::string& source,
                      std::size_t max_bytes = max_model_bytes);

/// How arrays lie in the archive: as they are (np.savez) or packed (np.savez_compressed).
enum class Npz_packing { stored, deflated };

/// Writes the file whole or not at all (engine/data/file.h). The same tensors give the same bytes, as far as
/// packed ones, with the same zlib.
///
/// Throws:  std::runtime_error when it cannot be written, std::invalid_argument as npz_bytes().
void write_npz(const std::filesystem::path& path, const Tensor_file& tensors,
               Npz_packing packing = Npz_packing::stored);

/// What write_npz() writes.
///
/// Throws:  std::invalid_argument for more than 65,534 arrays or 4 GiB, a name of more than 65,531 bytes, and
///          as npy_bytes() does.
std::string npz_bytes(const Tensor_file& tensors, Npz_packing packing = Npz_packing::stored);

}  // namespace bp
