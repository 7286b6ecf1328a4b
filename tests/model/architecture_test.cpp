// The layers of a network as text: that they come back, and what is refused.
#include "engine/model/architecture.h"

#include <stdexcept>
#include <string>
#include <vector>

#include "engine/data/file_error.h"
#include "tests/support/catch2.h"

using namespace bp::batch;
using bp::Architecture, bp::architecture_text, bp::Bad_file, bp::number_count, bp::parse_architecture;
using bp::test::contains_text;

namespace {

const Architecture all_kinds{784,
                             {Dense{.outputs = 512, .bias = false, .l1 = 0.1, .l2 = 0.001},
                              Batch_norm{.epsilon = 1e-5, .momentum = 0.1},
                              Activation{Curve::leaky_relu, 0.3}, Dropout_rate{0.2}, Dense{10}, Softmax{}}};

/// What is said of a file whose only layer, or whose layers, are these.
std::string complaint(const std::string& text) {
  try {
    parse_architecture(text, "model.safetensors");
  } catch (const Bad_file& error) { return error.what(); }
  return "nothing";
}
std::string complaint_about_layer(const std::string& layer) {
  return complaint(R"({"inputs":2,"layers":[)" + layer + "]}");
}

}  // namespace

TEST_CASE("the text of an architecture names each layer and what it needs", "[model]") {
  CHECK(architecture_text(all_kinds) ==
        R"({"inputs":784,"layers":[{"type":"dense","outputs":512,"bias":false,"l1":0.1,"l2":0.001},)"
        R"({"type":"batch_norm","epsilon":1e-05,"momentum":0.1},{"type":"leaky_relu","slope":0.3},)"
        R"({"type":"dropout","rate":0.2},{"type":"dense","outputs":10,"bias":true,"l1":0.0,"l2":0.0},)"
        R"({"type":"softmax"}]})");
}

TEST_CASE("an architecture comes back from its text, with every activation", "[model]") {
  Architecture written = all_kinds;
  for (const Curve curve : all_curves()) written.layers.emplace_back(Activation{curve});

  const std::string text = architecture_text(written);
  const Architecture read = parse_architecture(text, "x");

  CHECK(read.inputs == 784);
  REQUIRE(read.layers.size() == written.layers.size());
  CHECK(architecture_text(read) == text);
  CHECK(std::get<Activation>(read.layers.back()).curve == all_curves().back());
  CHECK(all_curves().size() == 15);
}

TEST_CASE("an architecture is refused in one line that names file, layer and fault", "[model]") {
  CHECK(complaint("784,10") == "'model.safetensors': architecture: expected JSON, found '784,10'");
  CHECK(complaint("[]") == "'model.safetensors': architecture: the network: expected an object");
  CHECK(complaint(R"({"layers":[]})") ==
        "'model.safetensors': architecture: the network: expected inputs, found none");
  CHECK(complaint(R"({"inputs":2,"layers":[]})") ==
        "'model.safetensors': architecture: the network: expected a list of layers");
  CHECK(complaint_about_layer(R"({"type":"dense","outputs":0,"bias":true,"l1":0,"l2":0})") ==
        "'model.safetensors': architecture: layer 0: expected a whole number from 1 as outputs, found 0");
  CHECK(complaint_about_layer(R"({"type":"relu"},{"type":"dropout","rate":1})") ==
        "'model.safetensors': architecture: layer 1: expected a number from 0 to below 1 as rate, found 1");
  CHECK(complaint_about_layer(R"({"type":"conv"})") ==
        "'model.safetensors': architecture: layer 0: there is no layer of type 'conv'");
}

TEST_CASE("a layer with a field that is missing, unknown or of another type is refused", "[model]") {
  const std::vector<std::string> wrong = {
      R"({})",
      R"(1)",
      R"({"type":1})",
      R"({"type":"relu","slope":1})",
      R"({"type":"dense","outputs":3})",
      R"({"type":"dense","outputs":-3,"bias":true,"l1":0,"l2":0})",
      R"({"type":"dense","outputs":3.0,"bias":true,"l1":0,"l2":0})",
      R"({"type":"dense","outputs":3,"bias":1,"l1":0,"l2":0})",
      R"({"type":"dense","outputs":3,"bias":true,"l1":-1,"l2":0})",
      R"({"type":"dense","outputs":3,"bias":true,"l1":0,"l2":1e999})",
      R"({"type":"dense","outputs":18446744073709551616,"bias":true,"l1":0,"l2":0})",
      R"({"type":"batch_norm","epsilon":0,"momentum":0.1})",
      R"({"type":"batch_norm","epsilon":0.1,"momentum":1.5})",
      R"({"type":"leaky_relu"})",
      R"({"type":"leaky_relu","slope":"steep"})",
  };
  for (const std::string& layer : wrong) {
    INFO(layer);
    CHECK_THAT(complaint_about_layer(layer), contains_text("architecture: "));
    CHECK(complaint_about_layer(layer).find('\n') == std::string::npos);
  }
}

TEST_CASE("brackets nested a million deep are an error, not the end of the program", "[model]") {
  CHECK_THAT(complaint(std::string(1'000'000, '[')), contains_text("expected JSON"));
  CHECK_THAT(complaint_about_layer(std::string(100'000, '[') + std::string(100'000, ']')),
             contains_text("layer 0: expected an object"));
}

TEST_CASE("the numbers of a network are counted without building it", "[model]") {
  CHECK(number_count(all_kinds) == 784 * 512 + 4 * 512 + 512 * 10 + 10);
  CHECK(output_count(all_kinds) == 10);
  CHECK_THROWS_AS(number_count({std::size_t{1} << 40, {Dense{std::size_t{1} << 30}}}), std::length_error);
}
