// NumPy's .npz: what NumPy wrote is read, what is written comes back, and what lies or does not belong is
// refused.
#include "engine/model/npz.h"

#include <array>
#include <stdexcept>

#include "engine/data/file.h"
#include "engine/model/bad_file.h"
#include "engine/model/npy.h"
#include "engine/model/zip.h"
#include "tests/data/place.h"
#include "tests/model/allocation.h"
#include "tests/model/numpy_files.h"
#include "tests/support/catch2.h"

using bp::Dtype, bp::npz_bytes, bp::Npz_packing, bp::parse_npz, bp::Tensor, bp::Tensor_file;
using bp::test::complaint;

namespace {

std::string said_of(const std::string& archive) {
  return complaint([&] { parse_npz(archive, "m"); });
}

std::string archive_of(const std::string& name, const std::string& bytes) {
  bp::Zip_writer archive(false);
  archive.add(name, bytes);
  return archive.finish();
}

}  // namespace

TEST_CASE("archives that NumPy and Python wrote are read, to a file or to a pipe", "[model]") {
  for (const std::string* archive :
       {&bp::test::numpy_stored, &bp::test::numpy_deflated, &bp::test::numpy_piped}) {
    const Tensor_file file = parse_npz(*archive, "m");

    CHECK(file.tensors().size() == 2);
    CHECK(file.values<float>("0.weight", {2, 2}) == std::vector{1.5f, -2.f, 3.f, 4.f});
    CHECK(file.values<std::int64_t>("steps", {}) == std::vector<std::int64_t>{7});
  }
  for (const std::string* archive :
       {&bp::test::zipfile_piped, &bp::test::zipfile_wide, &bp::test::zipfile_wide_piped}) {
    CHECK(parse_npz(*archive, "m").values<std::int64_t>("steps", {}) == std::vector<std::int64_t>{7});
  }
}

TEST_CASE("random arrays and metadata come back from .npz files, in the same bytes again", "[model]") {
  const bp::test::Place place;

  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const Tensor_file file = bp::test::random_tensors(seed, false);
    for (const Npz_packing packing : {Npz_packing::stored, Npz_packing::deflated}) {
      write_npz(place / "m.npz", file, packing);
      const Tensor_file found = bp::read_npz(place / "m.npz");

      REQUIRE(found == file);
      CHECK(found.source() == (place / "m.npz").string());
      CHECK(npz_bytes(found, packing) == bp::read_file(place / "m.npz", 1'000'000));
    }
  }
}

TEST_CASE("packing makes what repeats smaller and nothing larger", "[model]") {
  bp::Random random(1);
  Tensor_file zeros, noise;
  zeros.add<std::uint8_t>("z", {100'000}, std::vector<std::uint8_t>(100'000));
  noise.add(Tensor("n", Dtype::u8, {100'000}, bp::test::random_bytes(random, 100'000)));

  CHECK(npz_bytes(zeros, Npz_packing::deflated).size() < 1'000);
  CHECK(npz_bytes(noise, Npz_packing::deflated).size() <= npz_bytes(noise, Npz_packing::stored).size());
  CHECK(parse_npz(npz_bytes(noise, Npz_packing::deflated), "m") == noise);
}

TEST_CASE("an archive without arrays is one", "[model]") {
  CHECK(npz_bytes(Tensor_file()).size() == 22);
  CHECK(parse_npz(npz_bytes(Tensor_file()), "m") == Tensor_file());
}

TEST_CASE("an archive holds arrays with names that they can have, and their errors say which", "[model]") {
  const std::string array = bp::npy_bytes(Tensor("a", Dtype::u8, {1}, "x"));

  CHECK(said_of(archive_of("a.npy", array)).empty());
  CHECK(said_of(archive_of("a.txt", array)) == "'m': expected arrays whose names end in .npy, found 'a.txt'");
  CHECK(said_of(archive_of("folder/", "")) ==
        "'m': expected arrays whose names end in .npy, found 'folder/'");
  CHECK(said_of(archive_of("\xFF.npy", array)) == "'m': array '\xFF': it is not UTF-8");
  CHECK(said_of(archive_of(std::string("a\0.npy", 6), array)) == "'m': array 'a?': it has a zero byte");
  CHECK(said_of(archive_of("__metadata__.npy", array)) ==
        "'m': array '__metadata__': names that begin with __metadata__ are not for tensors");
  CHECK(said_of(archive_of("a.npy", array + "y")) ==
        "'m': array 'a': expected 1 bytes of data for u8 [1], found 2");
  CHECK(said_of(archive_of("a.npy", "text")) ==
        "'m': array 'a': expected an array of NumPy's (\\x93NUMPY), found 'text'");
}

TEST_CASE("metadata lie in an archive as rows of UTF-8 bytes", "[model]") {
  const auto said_of_metadata = [](const std::string& key, Dtype dtype, bp::Tensor_shape shape,
                                   const std::string& bytes) {
    return said_of(
        archive_of("__metadata__/" + key + ".npy", bp::npy_bytes(Tensor("a", dtype, shape, bytes))));
  };

  CHECK(said_of_metadata("k", Dtype::u8, {2}, "ok").empty());
  CHECK(said_of_metadata("k", Dtype::i8, {1}, "x") ==
        "'m': metadata 'k': expected u8 numbers in a row, found i8 [1]");
  CHECK(said_of_metadata("k", Dtype::u8, {1, 1}, "x") ==
        "'m': metadata 'k': expected u8 numbers in a row, found u8 [1, 1]");
  CHECK(said_of_metadata("k", Dtype::u8, {1}, "\xFF") == "'m': metadata 'k': it is not UTF-8");
  CHECK(said_of_metadata("\xFF", Dtype::u8, {1}, "x") == "'m': metadata '\xFF': it is not UTF-8");
  CHECK(said_of(archive_of("__metadata__/k.npy", "")) ==
        "'m': array 'metadata k': expected an array of NumPy's (\\x93NUMPY), found nothing");
}

TEST_CASE("an archive that unpacks to more than the limit is refused before it is unpacked", "[model]") {
  Tensor_file file;
  file.add<std::uint8_t>("a", {1'000'000}, std::vector<std::uint8_t>(1'000'000));
  file.add<std::uint8_t>("b", {1'000'000}, std::vector<std::uint8_t>(1'000'000));
  const std::string bomb = npz_bytes(file, Npz_packing::deflated);

  bp::test::Largest_allocation largest;
  const std::string said = complaint([&] { parse_npz(bomb, "m", 2'000'255); });
  const std::size_t most = largest.bytes();

  CHECK(bomb.size() < 3'000);
  CHECK(said == "'m': expected at most 2000255 bytes when unpacked, found a claim of 2000256");
  CHECK(most < 10'000);
  CHECK(parse_npz(bomb, "m", 2'000'256) == file);
}

TEST_CASE("what does not fit into an archive is not written", "[model]") {
  const bp::test::Place place;
  Tensor_file half, long_name;
  half.add(Tensor("a", Dtype::bf16, {0}, ""));
  long_name.add(Tensor(std::string(65'532, 'n'), Dtype::u8, {0}, ""));

  CHECK_THROWS_AS(write_npz(place / "m.npz", half), std::invalid_argument);
  CHECK_THROWS_AS(write_npz(place / "m.npz", long_name), std::invalid_argument);
  CHECK(place.names().empty());
}
