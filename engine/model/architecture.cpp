#include "engine/model/architecture.h"

#include <fmt/core.h>

#include <cmath>
#include <initializer_list>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <type_traits>
#include <utility>
#include <variant>

#include "engine/model/bad_file.h"

namespace bp {
namespace {

using batch::Activation, batch::Batch_norm, batch::Curve, batch::Dense, batch::Dropout_rate, batch::Softmax;
using batch::Layer_description;
using Json = nlohmann::ordered_json;

Json layer_json(const Layer_description& description) {
  return std::visit(
      [](const auto& layer) -> Json {
        using Kind = std::decay_t<decltype(layer)>;
        if constexpr (std::is_same_v<Kind, Dense>) {
          return {{"type", "dense"},
                  {"outputs", layer.outputs},
                  {"bias", layer.bias},
                  {"l1", layer.l1},
                  {"l2", layer.l2}};
        } else if constexpr (std::is_same_v<Kind, Activation>) {
          if (layer.curve == Curve::leaky_relu) return {{"type", "leaky_relu"}, {"slope", layer.slope}};
          return {{"type", batch::name_of(layer.curve)}};
        } else if constexpr (std::is_same_v<Kind, Softmax>) {
          return {{"type", "softmax"}};
        } else if constexpr (std::is_same_v<Kind, Dropout_rate>) {
          return {{"type", "dropout"}, {"rate", layer.rate}};
        } else {
          return {{"type", "batch_norm"}, {"epsilon", layer.epsilon}, {"momentum", layer.momentum}};
        }
      },
      description);
}

// ---- Reading --------------------------------------------------------------------------------------------

/// An object of the text, and what it is called in messages. Every key must be asked for.
class Fields {
 public:
  Fields(const Json& object, std::string what, const std::string& source)
      : object_(object), what_(std::move(what)), source_(source) {
    if (!object.is_object()) refuse("expected an object");
  }

  [[noreturn]] void refuse(const std::string& fault) const {
    refuse_file(source_, "architecture: " + what_ + ": " + fault);
  }

  std::string text(const char* key) const {
    const Json& value = at(key);
    if (!value.is_string()) refuse(fmt::format("expected a text as {}", key));
    return value.get<std::string>();
  }

  std::size_t size(const char* key) const {
    const Json& value = at(key);
    if (!value.is_number_unsigned() || value.get<std::uint64_t>() == 0) {
      refuse(fmt::format("expected a whole number from 1 as {}, found {}", key, shown(value)));
    }
    return value.get<std::size_t>();
  }

  bool truth(const char* key) const {
    const Json& value = at(key);
    if (!value.is_boolean()) refuse(fmt::format("expected true or false as {}", key));
    return value.get<bool>();
  }

  /// A number from low on, and below high.
  double number(const char* key, double low, double high = std::numeric_limits<double>::infinity()) const {
    const Json& value = at(key);
    const double number = value.is_number() ? value.get<double>() : std::nan("");
    if (!(number >= low && number < high)) {
      refuse(
          fmt::format("expected a number from {} to below {} as {}, found {}", low, high, key, shown(value)));
    }
    return number;
  }

  const Json& at(const char* key) const {
    const auto found = object_.find(key);
    if (found == object_.end()) refuse(fmt::format("expected {}, found none", key));
    return *found;
  }

  void only(std::initializer_list<const char*> keys) const {
    for (const auto& [key, value] : object_.items()) {
      bool known = false;
      for (const char* allowed : keys) known = known || key == allowed;
      if (!known) refuse("unknown: " + in_quotes(key));
    }
  }

 private:
  // A text may be in a foreign encoding, and a list as long as the file.
  static std::string shown(const Json& value) {
    return value.is_primitive() && !value.is_string() ? value.dump() : std::string(value.type_name());
  }

  const Json& object_;
  std::string what_;
  const std::string& source_;
};

Layer_description parse_layer(const Fields& fields) {
  const std::string type = fields.text("type");
  if (type == "dense") {
    fields.only({"type", "outputs", "bias", "l1", "l2"});
    return Dense{.outputs = fields.size("outputs"),
                 .bias = fields.truth("bias"),
                 .l1 = fields.number("l1", 0.0),
                 .l2 = fields.number("l2", 0.0),
                 .weights = Initializer::zeros()};  // the file has them
  }
  if (type == "dropout") {
    fields.only({"type", "rate"});
    return Dropout_rate{fields.number("rate", 0.0, 1.0)};
  }
  if (type == "batch_norm") {
    fields.only({"type", "epsilon", "momentum"});
    return Batch_norm{.epsilon = fields.number("epsilon", std::numeric_limits<double>::min()),
                      .momentum = fields.number("momentum", 0.0, std::nextafter(1.0, 2.0))};
  }
  if (type == "leaky_relu") {
    fields.only({"type", "slope"});
    return Activation{Curve::leaky_relu, fields.number("slope", 0.0)};
  }
  fields.only({"type"});
  if (type == "softmax") return Softmax{};
  const std::optional<Curve> curve = batch::curve_named(type);
  if (!curve) fields.refuse("there is no layer of type " + in_quotes(type));
  return Activation{*curve};
}

/// Adds the product of counts to the sum.
void add_product(std::size_t& sum, std::size_t a, std::size_t b) {
  std::size_t product = 0;
  if (__builtin_mul_overflow(a, b, &product) || __builtin_add_overflow(sum, product, &sum)) {
    throw std::length_error("a network of more numbers than there are addresses");
  }
}

}  // namespace

std::string architecture_text(const Architecture& architecture) {
  Json layers = Json::array();
  for (const Layer_description& layer : architecture.layers) layers.push_back(layer_json(layer));
  return Json{{"inputs", architecture.inputs}, {"layers", std::move(layers)}}.dump();
}

Architecture parse_architecture(std::string_view text, const std::string& source) {
  const Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) refuse_file(source, "architecture: expected JSON, found " + in_quotes(text));
  const Fields fields(json, "the network", source);
  fields.only({"inputs", "layers"});
  Architecture architecture;
  architecture.inputs = fields.size("inputs");
  const Json& layers = fields.at("layers");
  if (!layers.is_array() || layers.empty()) fields.refuse("expected a list of layers");
  for (const Json& layer : layers) {
    const std::string what = fmt::format("layer {}", architecture.layers.size());
    architecture.layers.push_back(parse_layer(Fields(layer, what, source)));
  }
  return architecture;
}

std::size_t output_count(const Architecture& architecture) {
  std::size_t size = architecture.inputs;
  for (const Layer_description& layer : architecture.layers) {
    if (const auto* dense = std::get_if<Dense>(&layer)) size = dense->outputs;
  }
  return size;
}

std::size_t number_count(const Architecture& architecture) {
  std::size_t count = 0, size = architecture.inputs;
  for (const Layer_description& layer : architecture.layers) {
    if (const auto* dense = std::get_if<Dense>(&layer)) {
      add_product(count, size, dense->outputs);
      if (dense->bias) add_product(count, dense->outputs, 1);
      size = dense->outputs;
    } else if (std::holds_alternative<Batch_norm>(layer)) {
      add_product(count, size, 4);  // gamma, beta, and the running mean and variance
    }
  }
  return count;
}

}  // namespace bp
