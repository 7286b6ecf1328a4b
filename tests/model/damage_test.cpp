// A property of whole .npz files: damage anywhere is noticed, or does no harm.
#include <stdexcept>

#include "engine/model/bad_file.h"
#include "engine/model/npz.h"
#include "engine/model/zip.h"
#include "tests/data/place.h"
#include "tests/model/numpy_files.h"
#include "tests/support/catch2.h"

using bp::parse_npz, bp::Tensor_file, bp::test::complaint;

namespace {

struct Verdict {
  std::size_t refused = 0, equal = 0, different = 0;

  void add(const std::string& archive, const Tensor_file& wanted) {
    bool same = false;
    const std::string said = complaint([&] { same = parse_npz(archive, "m") == wanted; });
    ++(!said.empty() ? refused : same ? equal : different);
  }
};

std::vector<std::string> archives() {
  Tensor_file file;
  file.add<float>("0.weight", {2, 3}, std::vector<float>{1, 2, 3, 4, 5, 6});
  file.add<std::int64_t>("steps", {}, std::vector<std::int64_t>{7});
  file.set_metadata("architecture", "3,2");
  return {npz_bytes(file, bp::Npz_packing::stored),
          npz_bytes(file, bp::Npz_packing::deflated),
          bp::test::numpy_stored,
          bp::test::numpy_deflated,
          bp::test::numpy_piped,
          bp::test::zipfile_piped};
}

}  // namespace

TEST_CASE("an archive cut off anywhere is refused", "[zip]") {
  for (const std::string& archive : archives()) {
    const Tensor_file wanted = parse_npz(archive, "m");
    Verdict verdict;

    for (std::size_t size = 0; size < archive.size(); ++size) verdict.add(archive.substr(0, size), wanted);

    CHECK(verdict.refused == archive.size());
  }
}

// What may change without harm, an entry: in its header the version (2 bytes) and the time (4), in the
// directory two versions (4), the time (4) and the attributes (6). With deflate also up to 7 bits after its
// last. In archives by a Python before 3.11.4 also its 64-bit sizes (20), which stand beside those that
// count.
TEST_CASE("an archive with a flipped bit is refused or read as it was", "[zip]") {
  for (const std::string& archive : archives()) {
    const Tensor_file wanted = parse_npz(archive, "m");
    const std::size_t entries = bp::zip_directory(archive, "m").size();
    const bool deflated = bp::zip_directory(archive, "m")[0].deflated;
    const bool wide_counts = bp::load<std::uint32_t>(archive, 18) == 0xFFFF'FFFF;
    const std::size_t idle = wide_counts ? 0 : bp::load<std::uint16_t>(archive, 28);
    const std::size_t harmless = entries * 8 * (20 + idle);
    Verdict verdict;

    for (std::size_t bit = 0; bit < 8 * archive.size(); ++bit) {
      std::string damaged = archive;
      damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
      verdict.add(damaged, wanted);
    }

    CHECK(verdict.different == 0);
    CHECK(verdict.equal >= harmless);
    CHECK(verdict.equal <= harmless + (deflated ? entries * 7 : 0));
  }
}

TEST_CASE("an archive with a byte too many or too few is refused or read as it was", "[zip]") {
  for (const std::string& archive : archives()) {
    const Tensor_file wanted = parse_npz(archive, "m");
    Verdict verdict;

    for (std::size_t at = 0; at < archive.size(); ++at) {
      std::string shorter = archive, longer = archive;
      verdict.add(shorter.erase(at, 1), wanted);
      verdict.add(longer.insert(at, 1, 'x'), wanted);
    }

    CHECK(verdict.different == 0);
    CHECK(verdict.equal == 0);
  }
}
