// Networks in model files: that they come back, under PyTorch's names, and what is refused.
#include "engine/model/network_file.h"

#include <string>
#include <vector>

#include "engine/data/file_error.h"
#include "engine/data/random.h"
#include "engine/model/safetensors.h"
#include "tests/support/catch2.h"

using namespace bp::batch;
using bp::add_network, bp::Bad_file, bp::load_network, bp::Random, bp::Tensor_file;
using bp::test::contains_text;

namespace {

template <class T>
Network<T> some_network() {
  Random random(7);
  return Network<T>(6,
                    {Dense{.outputs = 4, .l2 = 0.001}, Batch_norm{}, Activation{Curve::tanh},
                     Dropout_rate{0.2}, Dense{.outputs = 3, .bias = false}},
                    random);
}

/// A batch of training, after which running statistics and counters are no longer what they began with.
template <class T>
Matrix<T> trained_outputs(Network<T>& net) {
  Random random(8);
  Matrix<T> x(5, 6);
  for (T& number : x.span()) number = static_cast<T>(random.normal());
  net.forward(x.view(), Training{});
  return net.predict(x.view());
}

template <class T>
Tensor_file file_of(Network<T>& net) {
  Tensor_file file("m.safetensors");
  add_network(file, net);
  return file;
}

std::string complaint(const Tensor_file& file) {
  try {
    load_network<float>(file);
  } catch (const Bad_file& error) { return error.what(); }
  return "nothing";
}

/// The file without the tensor of that name, or with another one in its place.
Tensor_file changed(const Tensor_file& file, const std::string& name,
                    const std::vector<bp::Tensor>& instead) {
  Tensor_file result("m.safetensors");
  for (const auto& [key, text] : file.metadata()) result.set_metadata(key, text);
  for (const bp::Tensor& tensor : file.tensors()) {
    if (tensor.name() != name) result.add(tensor);
  }
  for (const bp::Tensor& tensor : instead) result.add(tensor);
  return result;
}

}  // namespace

TEST_CASE("tensors have the names, the shapes and the order of PyTorch's state_dict", "[model]") {
  Network<float> net = some_network<float>();

  const Tensor_file file = file_of(net);

  std::string found;
  for (const bp::Tensor& tensor : file.tensors()) {
    found += tensor.name() + " " + describe(tensor.dtype(), tensor.shape()) + "\n";
  }
  CHECK(found ==
        "0.weight f32 [4, 6]\n"
        "0.bias f32 [4]\n"
        "1.weight f32 [4]\n"
        "1.bias f32 [4]\n"
        "1.running_mean f32 [4]\n"
        "1.running_var f32 [4]\n"
        "1.num_batches_tracked i64 []\n"
        "4.weight f32 [3, 4]\n");
}

TEST_CASE("a network comes back from a file alone and gives the same outputs", "[model]") {
  Network<float> net = some_network<float>();
  const Matrix<float> outputs = trained_outputs(net);

  Network<float> loaded =
      load_network<float>(bp::parse_safetensors(bp::safetensors_bytes(file_of(net)), "m.safetensors"));

  Random random(8);
  Matrix<float> x(5, 6);
  for (float& number : x.span()) number = static_cast<float>(random.normal());
  const Matrix<float> again = loaded.predict(x.view());
  CHECK(std::vector<float>(again.span().begin(), again.span().end()) ==
        std::vector<float>(outputs.span().begin(), outputs.span().end()));
  CHECK(*loaded.counters().front().count == 1);
  CHECK(std::get<Dense>(loaded.description()[0]).l2 == 0.001);
  CHECK(file_of(loaded) == file_of(net));
}

TEST_CASE("a network of doubles is a file of f64, and says so", "[model]") {
  Network<double> net = some_network<double>();
  trained_outputs(net);

  const Tensor_file file = file_of(net);
  Network<double> loaded = load_network<double>(file);

  CHECK(network_dtype(file) == bp::Dtype::f64);
  CHECK(file_of(loaded) == file);
  CHECK(complaint(file) == "'m.safetensors': tensor '0.weight': expected f32 [4, 6], found f64 [4, 6]");
}

TEST_CASE("a model file that does not fit its own layers is refused, naming the tensor", "[model]") {
  Network<float> net = some_network<float>();
  const Tensor_file file = file_of(net);
  const std::vector<float> six(6, 1.0f), forty(40, 1.0f);
  const auto tensor = [](const std::string& name, bp::Tensor_shape shape, const std::vector<float>& numbers) {
    return bp::Tensor(
        name, bp::Dtype::f32, std::move(shape),
        std::string(reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(float)));
  };

  CHECK_THAT(complaint(Tensor_file("m.safetensors")), contains_text("'architecture'"));
  CHECK_THAT(complaint(changed(file, "0.bias", {})),
             contains_text("its layers have 56 numbers, and its tensors 53"));
  CHECK_THAT(complaint(changed(file, "0.bias", {tensor("9.bias", {6}, six)})),
             contains_text("tensor '0.bias'"));
  CHECK(complaint(changed(file, "0.bias", {tensor("0.bias", {6}, six)})) ==
        "'m.safetensors': tensor '0.bias': expected f32 [4], found f32 [6]");
  CHECK(complaint(changed(file, "", {tensor("7.weight", {40}, forty)})) ==
        "'m.safetensors': tensor '7.weight' belongs to none of the layers");
  CHECK(complaint(changed(file, "", {tensor("optimizer.m", {40}, forty)})) == "nothing");
}

TEST_CASE("layers that claim more numbers than the file has cost no memory", "[model]") {
  Network<float> net = some_network<float>();
  Tensor_file file = file_of(net);
  const char* const dense = R"({"type":"dense","outputs":1000000000000,"bias":false,"l1":0,"l2":0})";

  file.set_metadata("architecture", std::string(R"({"inputs":1,"layers":[)") + dense + "]}");
  CHECK_THAT(complaint(file), contains_text("its layers have 1000000000000 numbers"));
  file.set_metadata("architecture", std::string(R"({"inputs":1,"layers":[)") + dense + "," + dense + "]}");
  CHECK_THAT(complaint(file), contains_text("more numbers than there are addresses"));
}

TEST_CASE("a file without layers' tensors has no type", "[model]") {
  Tensor_file file("m.safetensors");
  file.add<float>("weights", {1}, std::vector<float>{1.0f});

  CHECK_THROWS_AS(network_dtype(file), Bad_file);
  file.add<std::int64_t>("0.weight", {1}, std::vector<std::int64_t>{1});
  CHECK_THROWS_AS(network_dtype(file), Bad_file);
}
