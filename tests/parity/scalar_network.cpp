#include "tests/parity/scalar_network.h"

#include <stdexcept>
#include <variant>

#include "engine/data/random.h"
#include "engine/scalar/loss.h"
#include "engine/scalar/math.h"

namespace bp::test {

namespace {

Value activated(Value z, batch::Activation f) {
  using batch::Curve;
  switch (f.curve) {
    case Curve::identity: return z;
    case Curve::relu: return relu(z);
    case Curve::leaky_relu: return leaky_relu(z, f.slope);
    case Curve::hard_tanh: return hard_tanh(z);
    case Curve::relu6: return relu(z) - relu(z - 6.0);
    case Curve::sigmoid: return sigmoid(z);
    case Curve::tanh: return tanh(z);
    case Curve::elu: return elu(z);
    case Curve::selu: return selu(z);
    case Curve::gelu: return gelu(z);
    case Curve::gelu_tanh: return gelu_tanh(z);
    case Curve::silu: return silu(z);
    case Curve::softplus: return softplus(z);
    case Curve::mish: return z * tanh(softplus(z));
    case Curve::softsign: return softsign(z);
  }
  throw std::logic_error("an activation that the scalar engine does not know");
}

// The mask as layer.h and kernels.h promise it, not as the layer has it.
void drop(std::vector<std::vector<Value>>& rows, double rate, std::size_t layer, std::uint64_t step_key) {
  const batch::Dropout mask{.key = splitmix64(step_key + layer * 0x9E3779B97F4A7C15),
                            .drop_below = static_cast<std::uint32_t>(rate * 0x1p32)};
  for (std::size_t n = 0; n < rows.size(); ++n) {
    for (std::size_t c = 0; c < rows[n].size(); ++c) {
      const bool kept = batch::dropout_keeps(mask, static_cast<std::uint32_t>(n * rows[n].size() + c));
      rows[n][c] = rows[n][c] * (kept ? 1.0 / (1.0 - rate) : 0.0);
    }
  }
}

Value loss_of_one(std::span<const Value> y, batch::Loss_kind kind, double delta, std::span<const double> t) {
  using batch::Loss_kind;
  switch (kind) {
    case Loss_kind::softmax_cross_entropy: return softmax_cross_entropy(y, t);
    case Loss_kind::half_squared_error: return half_squared_error(y, t);
    case Loss_kind::mean_squared_error: return mean_squared_error(y, t);
    case Loss_kind::mean_absolute_error: return mean_absolute_error(y, t);
    case Loss_kind::huber_loss: return huber_loss(y, t, delta);
    case Loss_kind::binary_cross_entropy_with_logits: return binary_cross_entropy_with_logits(y, t);
    case Loss_kind::hinge_loss: return hinge_loss(y, t);
  }
  throw std::logic_error("a loss that the scalar engine does not know");
}

}  // namespace

template <class T>
Scalar_network::Scalar_network(Graph& graph, batch::Network<T>& net)
    : graph_(graph), description_(net.description()) {
  for (const batch::Named_tensor<T>& tensor : net.parameters()) {
    Leaves leaves{tensor.name, {}};
    for (const T number : tensor.data) leaves.values.push_back(graph.leaf(number));
    leaves_.push_back(leaves);
  }
}
template Scalar_network::Scalar_network(Graph&, batch::Network<float>&);
template Scalar_network::Scalar_network(Graph&, batch::Network<double>&);

const Leaves* Scalar_network::find(const std::string& name) const {
  for (const Leaves& leaves : leaves_) {
    if (leaves.name == name) return &leaves;
  }
  return nullptr;
}

std::vector<Value> Scalar_network::flat() const {
  std::vector<Value> all;
  for (const Leaves& leaves : leaves_) all.insert(all.end(), leaves.values.begin(), leaves.values.end());
  return all;
}

std::vector<std::vector<Value>> Scalar_network::forward(const batch::Matrix<double>& x,
                                                        std::uint64_t dropout_key) {
  Batch rows(x.rows());
  for (std::size_t n = 0; n < x.rows(); ++n) {
    for (const double number : x.row(n)) rows[n].push_back(graph_.constant(number));
  }
  for (std::size_t layer = 0; layer < description_.size(); ++layer) {
    if (const auto* d = std::get_if<batch::Dense>(&description_[layer])) {
      dense(rows, layer, *d);
    } else if (const auto* f = std::get_if<batch::Activation>(&description_[layer])) {
      for (auto& row : rows) {
        for (Value& value : row) value = activated(value, *f);
      }
    } else if (std::holds_alternative<batch::Softmax>(description_[layer])) {
      for (auto& row : rows) row = softmax(row);
    } else if (const auto* dropout = std::get_if<batch::Dropout_rate>(&description_[layer])) {
      drop(rows, dropout->rate, layer, dropout_key);
    } else {
      normalise(rows, layer, std::get<batch::Batch_norm>(description_[layer]).epsilon);
    }
  }
  return rows;
}

void Scalar_network::dense(Batch& rows, std::size_t layer, const batch::Dense& description) {
  const std::vector<Value>& weights = find(std::to_string(layer) + ".weight")->values;
  const Leaves* biases = find(std::to_string(layer) + ".bias");
  for (auto& row : rows) {
    std::vector<Value> outputs;
    for (std::size_t o = 0; o < description.outputs; ++o) {
      const Value sum = dot(std::span(weights).subspan(o * row.size(), row.size()), row);
      outputs.push_back(biases == nullptr ? sum : sum + biases->values[o]);
    }
    row = outputs;
  }
}

// y = gamma (x - mean) / sqrt(variance + epsilon) + beta, as it is written.
void Scalar_network::normalise(Batch& rows, std::size_t layer, double epsilon) {
  const std::vector<Value>& gamma = find(std::to_string(layer) + ".weight")->values;
  const std::vector<Value>& beta = find(std::to_string(layer) + ".bias")->values;
  for (std::size_t c = 0; c < gamma.size(); ++c) {
    std::vector<Value> column, squares;
    for (const auto& row : rows) column.push_back(row[c]);
    const Value centre = mean(column);
    for (const Value& value : column) squares.push_back(square(value - centre));
    const Value deviation = sqrt(mean(squares) + epsilon);
    for (auto& row : rows) row[c] = gamma[c] * ((row[c] - centre) / deviation) + beta[c];
  }
}

Value Scalar_network::loss(const std::vector<std::vector<Value>>& outputs, batch::Loss_kind kind,
                           double delta, const batch::Matrix<double>& targets) {
  std::vector<Value> losses;
  for (std::size_t n = 0; n < outputs.size(); ++n) {
    losses.push_back(loss_of_one(outputs[n], kind, delta, targets.row(n)));
  }
  Value total = mean(losses);
  for (std::size_t layer = 0; layer < description_.size(); ++layer) {
    const auto* d = std::get_if<batch::Dense>(&description_[layer]);
    if (d == nullptr) continue;
    const std::vector<Value>& weights = find(std::to_string(layer) + ".weight")->values;
    if (d->l1 != 0.0) total = total + l1_penalty(weights, d->l1);
    if (d->l2 != 0.0) total = total + l2_penalty(weights, d->l2);
  }
  return total;
}

}  // namespace bp::test
