#include "viz/fold/places.h"

#include <algorithm>
#include <set>

namespace bp {

using worksheet::Edge, worksheet::Node, worksheet::Tape;

namespace {

constexpr std::uint32_t none = Neurons::none;

}  // namespace

Homes::Homes(const Tape& tape, const Neurons& neurons) : neurons_(neurons), homes_(tape.size()) {
  for (Node n = 0; n < tape.size(); ++n) {
    if (tape.input_count(n) > 0) homes_[n] = home_of_computed(n);
  }
  std::vector<std::uint8_t> used(tape.size());
  for (Edge e = 0; e < tape.inputs.size(); ++e) {
    const Node n = tape.inputs[e];
    used[n] = 1;
    if (tape.input_count(n) == 0) settle(n, homes_[tape.user[e]]);
  }
  for (Node n = 0; n < tape.size(); ++n) {
    if (tape.input_count(n) > 0) continue;
    const bool is_input = neurons.factor[n] != none && neurons.parameter[n] == 0;
    if (is_input || used[n] == 0) homes_[n] = {inputs_place, none};
    if (homes_[n].place == none) homes_[n] = {loss_place, none};
  }
}

Home Homes::home_of_computed(Node n) const {
  const std::int32_t depth = neurons_.depth[n];
  if (neurons_.owner[n] != none) {
    const std::uint32_t neuron = neurons_.evaluations[neurons_.owner[n]].neuron;
    return {layer_place(neurons_.neurons[neuron].depth), neuron};
  }
  if (neurons_.feeds[n] == 0) return {loss_place, none};
  return {depth == 0 ? inputs_place : place_after(depth), none};
}

// A leaf or a constant lives with what uses it. Two neurons of a layer share it there. Weights of several
// layers have a place of their own; a penalty in the loss does not count. Anything else lives where it is
// used first.
void Homes::settle(Node n, Home user) {
  Home& home = homes_[n];
  const bool parameter = neurons_.parameter[n] != 0;
  if (parameter && user.place == loss_place) return;
  if (parameter && user.neuron == none) user = {shared_place, none};
  if (home.place == none) {
    home = user;
  } else if (home.place != user.place) {
    home = parameter ? Home{shared_place, none} : std::min(home, user);
    if (!parameter) home.neuron = none;
  } else if (home.neuron != user.neuron) {
    home.neuron = none;
  }
}

Steps::Steps(const Tape& tape, const Neurons& neurons, const Homes& homes)
    : tape_(tape), neurons_(neurons), homes_(homes), steps_(tape.size(), none) {
  for (Node n = 0; n < tape.size(); ++n) {
    if (is_part(n)) continue;  // the whole sum comes later
    if (is_addition(tape.op[n])) {
      number_sum(n);
    } else {
      steps_[n] = number(key_of(n));
    }
  }
}

bool Steps::is_part(Node n) const {
  return neurons_.part[n] != 0 && (is_addition(tape_.op[n]) || neurons_.owner[n] != none);
}

std::uint32_t Steps::number(const Key& key) {
  return numbers_.try_emplace(key, static_cast<std::uint32_t>(numbers_.size())).first->second;
}

Steps::Key Steps::key_of(Node n) const {
  const Home home = homes_[n];
  Key key = {home.place, home.neuron, static_cast<std::uint32_t>(tape_.op[n])};
  if (neurons_.parameter[n] != 0) {
    key.push_back(n);  // each weight is its own
  } else if (tape_.input_count(n) == 0) {
    key.push_back(neurons_.factor[n]);  // the third number of each sample
  }
  for (Edge e = tape_.begin(n); e < tape_.end(n); ++e) key.push_back(steps_[tape_.inputs[e]]);
  return key;
}

// However many terms there are: the mean over a batch is the same as over another.
void Steps::number_sum(Node sum) {
  const Home home = homes_[sum];
  std::set<std::uint32_t> terms;
  std::vector<Node> parts, waiting = {sum};
  while (!waiting.empty()) {
    const Node n = waiting.back();
    waiting.pop_back();
    parts.push_back(n);
    for (Edge e = tape_.begin(n); e < tape_.end(n); ++e) {
      const Node term = tape_.inputs[e];
      if (steps_[term] != none) terms.insert(steps_[term]);
      if (steps_[term] == none) waiting.push_back(term);
    }
  }
  Key key = {home.place, home.neuron, static_cast<std::uint32_t>(Op::sum)};
  key.insert(key.end(), terms.begin(), terms.end());
  const std::uint32_t step = number(key);
  for (const Node n : parts) steps_[n] = step;
}

}  // namespace bp
