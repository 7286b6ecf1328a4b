#include "viz/fold/neurons.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "engine/worksheet/roles.h"

namespace bp {

namespace {

using worksheet::Edge, worksheet::Node, worksheet::Tape;

// Looks at one tape, step by step. Users stand later on it than what they use, so no step needs recursion.
class Finder {
 public:
  Finder(const Tape& tape, std::span<const std::uint8_t> trained, Neurons& found)
      : tape_(tape),
        trained_(trained),
        found_(found),
        uses_(tape.size()),
        user_(tape.size()),
        is_weight_(tape.inputs.size()),
        is_product_(tape.size()),
        has_product_(tape.size()) {}

  void find() {
    count_uses();
    find_weights();
    find_sums();
    find_evaluations();
    find_depths();
    find_neurons();
  }

 private:
  void count_uses();
  bool weight_comes_second() const;
  std::optional<Edge> weight_of(Edge x, Edge y, bool second) const;
  void find_weights();
  void find_sums();
  bool is_neuron(Node sum) const;
  Node activation_of(Node sum) const;
  void find_evaluations();
  std::vector<Node> take_parts(std::uint32_t evaluation);
  void find_depths();
  void find_neurons();

  template <class Body>
  void for_each_pair(Body body) const {
    for (Node n = 0; n < tape_.size(); ++n) {
      if (tape_.op[n] != Op::mul && tape_.op[n] != Op::dot) continue;
      for (Edge e = tape_.begin(n); e < tape_.end(n); e += 2) body(n, e);
    }
  }
  bool is_leaf(Node n) const { return tape_.op[n] == Op::leaf; }

  const Tape& tape_;
  std::span<const std::uint8_t> trained_;
  Neurons& found_;
  std::vector<std::uint32_t> uses_;        // of each node
  std::vector<Node> user_;                 // of each node: its last
  std::vector<std::uint8_t> is_weight_;    // of each edge
  std::vector<std::uint8_t> is_product_;   // of each node: whether it multiplies by a weight
  std::vector<std::uint8_t> has_product_;  // of each node: whether it does, or adds up a part that does
  std::vector<std::vector<Node>> keys_;    // of each evaluation: its weights and biases
};

void Finder::count_uses() {
  for (Edge e = 0; e < tape_.inputs.size(); ++e) {
    ++uses_[tape_.inputs[e]];
    user_[tape_.inputs[e]] = tape_.user[e];
  }
}

// How the author writes a product, where it is plain which factor is the weight.
bool Finder::weight_comes_second() const {
  std::size_t first = 0, second = 0;
  for_each_pair([&](Node, Edge e) {
    const bool x = is_leaf(tape_.inputs[e]), y = is_leaf(tape_.inputs[e + 1]);
    first += x && !y;
    second += y && !x;
  });
  return second > first;
}

std::optional<Edge> Finder::weight_of(Edge x, Edge y, bool second) const {
  const Node a = tape_.inputs[x], b = tape_.inputs[y];
  const bool a_may = trained_.empty() ? is_leaf(a) : trained_[a] != 0;
  const bool b_may = trained_.empty() ? is_leaf(b) : trained_[b] != 0;
  if (a == b || (!a_may && !b_may)) return std::nullopt;
  if (a_may != b_may) return a_may ? x : y;
  if (!trained_.empty()) return std::nullopt;  // two weights
  return second ? y : x;
}

void Finder::find_weights() {
  const bool second = weight_comes_second();
  for_each_pair([&](Node n, Edge e) {
    const std::optional<Edge> weight = weight_of(e, e + 1, second);
    if (!weight) return;
    is_weight_[*weight] = 1;
    is_product_[n] = 1;
  });
}

void Finder::find_sums() {
  found_.part.resize(tape_.size());
  for (Node n = 0; n < tape_.size(); ++n) {
    has_product_[n] = is_product_[n];
    const bool adds = is_addition(tape_.op[n]);
    for (Edge e = tape_.begin(n); adds && e < tape_.end(n); ++e) {
      const Node term = tape_.inputs[e];
      const bool can_be_part = is_addition(tape_.op[term]) || is_product_[term] != 0;
      if (uses_[term] != 1 || !can_be_part) continue;
      found_.part[term] = 1;
      has_product_[n] |= has_product_[term];
    }
  }
}

// What alone uses the sum and is an activation; else the sum itself.
Node Finder::activation_of(Node sum) const {
  if (uses_[sum] != 1 || !worksheet::is_activation(tape_.op[user_[sum]])) return sum;
  return tape_.input(user_[sum], 0) == sum ? user_[sum] : sum;
}

// A single product of two numbers is a neuron when it has an activation, or when its weight is known for one.
bool Finder::is_neuron(Node sum) const {
  if (has_product_[sum] == 0 || found_.part[sum] != 0) return false;
  return tape_.op[sum] != Op::mul || !trained_.empty() || activation_of(sum) != sum;
}

// Gives an evaluation all that is summed up in it, and returns its weights and biases. What it multiplies
// them by becomes known for an input.
std::vector<Node> Finder::take_parts(std::uint32_t evaluation) {
  std::vector<Node> parameters, biases, waiting = {found_.evaluations[evaluation].sum};
  std::uint32_t factors = 0;
  while (!waiting.empty()) {
    const Node n = waiting.back();
    waiting.pop_back();
    found_.owner[n] = evaluation;
    if (!is_addition(tape_.op[n])) {
      for (Edge e = tape_.begin(n); e < tape_.end(n); ++e) {
        const Edge other = (e - tape_.begin(n)) % 2 == 0 ? e + 1 : e - 1;
        if (is_weight_[e] != 0) parameters.push_back(tape_.inputs[e]);
        if (is_weight_[other] == 0) continue;
        std::uint32_t& factor = found_.factor[tape_.inputs[e]];
        factor = std::min(factor, factors++);
      }
      continue;
    }
    for (Edge e = tape_.end(n); e-- > tape_.begin(n);) {
      const Node term = tape_.inputs[e];
      if (found_.part[term] != 0) waiting.push_back(term);
      if (is_leaf(term)) biases.push_back(term);
    }
  }
  parameters.push_back(Neurons::none);  // which is no node: parts the weights from the biases
  parameters.insert(parameters.end(), biases.begin(), biases.end());
  return parameters;
}

// There are neurons where a weighted sum has an activation, is a dot product, or has weights known for such:
// a*b + c alone is arithmetic.
void Finder::find_evaluations() {
  found_.owner.assign(tape_.size(), Neurons::none);
  found_.factor.assign(tape_.size(), Neurons::none);
  found_.parameter.resize(tape_.size());
  std::vector<Node> sums;
  bool network = !trained_.empty();
  for (Node n = 0; n < tape_.size(); ++n) {
    network = network || (tape_.op[n] == Op::dot && is_product_[n] != 0);
    if (!is_neuron(n)) continue;
    sums.push_back(n);
    network = network || activation_of(n) != n;
  }
  if (!network) return;
  for (const Node sum : sums) {
    found_.evaluations.push_back({sum, sum});
    keys_.push_back(take_parts(static_cast<std::uint32_t>(found_.evaluations.size() - 1)));
  }
  for (std::vector<Node>& key : keys_) {
    // A leaf that is added, and multiplied by weights as well, is an input that goes round the neuron.
    key.erase(std::remove_if(std::find(key.begin(), key.end(), Neurons::none), key.end(),
                             [&](Node n) { return n != Neurons::none && found_.factor[n] != Neurons::none; }),
              key.end());
    for (const Node n : key) {
      if (n != Neurons::none) found_.parameter[n] = 1;
    }
  }
}

void Finder::find_depths() {
  found_.depth.resize(tape_.size());
  found_.feeds.resize(tape_.size());
  for (Node n = 0; n < tape_.size(); ++n) {
    for (Edge e = tape_.begin(n); e < tape_.end(n); ++e) {
      found_.depth[n] = std::max(found_.depth[n], found_.depth[tape_.inputs[e]]);
    }
    const std::uint32_t owner = found_.owner[n];
    if (owner != Neurons::none && found_.evaluations[owner].sum == n) ++found_.depth[n];
  }
  for (Edge e = static_cast<Edge>(tape_.inputs.size()); e-- > 0;) {
    const Node user = tape_.user[e];
    if (found_.feeds[user] != 0 || found_.owner[user] != Neurons::none) found_.feeds[tape_.inputs[e]] = 1;
  }
}

// Evaluations of one neuron have the same weights and biases, and the same depth: a recurrent network uses
// its weights again from step to step. The activation is theirs when it is the same for all: behind the last
// layer, a softplus is taken of some samples and not of others, and belongs to the loss.
void Finder::find_neurons() {
  std::map<std::pair<std::int32_t, std::vector<Node>>, std::vector<std::uint32_t>> by_parameters;
  for (std::uint32_t i = 0; i < keys_.size(); ++i) {
    by_parameters[{found_.depth[found_.evaluations[i].sum], std::move(keys_[i])}].push_back(i);
  }
  for (const auto& [key, evaluations] : by_parameters) {
    found_.neurons.push_back({key.first, Op::identity, evaluations});
  }
  std::sort(found_.neurons.begin(), found_.neurons.end(), [](const Neuron_found& a, const Neuron_found& b) {
    return std::pair(a.depth, a.evaluations[0]) < std::pair(b.depth, b.evaluations[0]);
  });
  for (std::uint32_t i = 0; i < found_.neurons.size(); ++i) {
    Neuron_found& neuron = found_.neurons[i];
    const Node first = activation_of(found_.evaluations[neuron.evaluations[0]].sum);
    const bool same = std::all_of(neuron.evaluations.begin(), neuron.evaluations.end(), [&](std::uint32_t e) {
      const Node sum = found_.evaluations[e].sum, out = activation_of(sum);
      const bool of_loss = tape_.op[out] == Op::softplus && found_.feeds[out] == 0;
      return out != sum && !of_loss && tape_.op[out] == tape_.op[first];
    });
    if (same) neuron.activation = tape_.op[first];
    for (const std::uint32_t e : neuron.evaluations) {
      Evaluation& evaluation = found_.evaluations[e];
      evaluation.neuron = i;
      if (same) evaluation.out = activation_of(evaluation.sum);
      found_.owner[evaluation.out] = e;
    }
  }
}

}  // namespace

bool is_addition(Op op) { return op == Op::add || op == Op::sum; }

Neurons::Neurons(const Tape& tape, std::span<const std::uint8_t> trained) {
  Finder(tape, trained, *this).find();
}

}  // namespace bp
