// Any bytes at all as an IDX file, plain or packed: they are read, or refused in one line, and take no more
// memory than the limit allows. Built and run by tests/fuzz/run.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>

#include "engine/data/file_error.h"
#include "engine/data/idx.h"

namespace {

constexpr std::size_t limit = std::size_t{512} << 10;  // several of the steps in which memory is taken

// What must hold is not an assert, which a release build would leave out.
void must(bool claim) {
  if (!claim) std::abort();
}

// True where the file was taken.
template <typename Action>
bool read_or_refused(Action read) {
  try {
    read();
    return true;
  } catch (const bp::Bad_file& error) {
    const std::string said = error.what();
    must(said.rfind("'f': ", 0) == 0 && said.find('\n') == std::string::npos);
    must(said.find("expected ") != std::string::npos && said.find(", found ") != std::string::npos);
    return false;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto file = std::as_bytes(std::span(data, size));
  const bool images = read_or_refused([&] {
    const bp::Images found = bp::parse_images(file, "'f'", limit);
    must(found.count > 0 && found.rows > 0 && found.cols > 0);
    must(found.bytes.size() == found.count * found.rows * found.cols && found.bytes.size() <= limit);
    must(found[found.count - 1].size() == found.pixels());
  });
  const bool labels = read_or_refused([&] {
    const bp::Labels found = bp::parse_labels(file, "'f'", limit);
    must(found.count() > 0 && found.count() <= limit);
  });
  must(!(images && labels));
  return 0;
}
