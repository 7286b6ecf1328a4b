#include "viz/picture.h"

#include <fmt/format.h>

#include <cstdint>
#include <stdexcept>
#include <unordered_map>
#include <utility>

#include "engine/worksheet/digits.h"
#include "viz/formula.h"
#include "viz/selection.h"
#include "viz/text.h"

namespace bp {

namespace {

// A use of a value as input `input` of `user`, and the derivative of the value being drawn by this use of it.
struct Use {
  Value user;
  std::size_t input;
  double derivative;
  Value value() const { return user.input(input); }
};

// Where an arrow begins, and what it carries.
struct Arrow_end {
  std::size_t box;
  std::optional<double> derivative;
};

// Turns the chosen part of the tape into boxes and arrows, from the beginning of the tape to its end.
class Planner {
 public:
  Planner(Selection selection, const Picture_options& options)
      : selection_(std::move(selection)), options_(options), boxes_(selection_.tape_size()) {
    check_digits(options.digits, "a picture");
    if (options.weighted_sums != Weighted_sums::folded) return;
    selection_.fold_constants();
    selection_.fold_weighted_sums();
  }

  Picture plan() {
    check_size();
    selection_.for_each([&](Value v) {
      phrases_[v.index()] = phrase_for(v);
      if (selection_.is_drawn(v)) draw(v);
    });
    return std::move(picture_);
  }

 private:
  bool is_unfolded(Value v) const {
    return options_.weighted_sums == Weighted_sums::unfolded && v.op() == Op::dot;
  }
  void check_size() const;
  Phrase formula_of(Value v) const;
  Phrase phrase_for(Value v) const;
  std::vector<Use> uses_in(Value v) const;
  void draw(Value v);
  Arrow_end draw_product(Value dot, std::size_t k);
  Arrow_end draw_input(const Use& use);
  Picture::Box box_of(Value v, std::string id) const;
  std::string symbol_for(Value v) const;
  std::size_t add_box(Picture::Box box, const std::vector<Arrow_end>& inputs);

  Selection selection_;
  const Picture_options& options_;
  std::vector<std::uint32_t> boxes_;  // the box of a node that is drawn, by its place on the tape
  std::unordered_map<std::size_t, Phrase> phrases_;  // how a formula calls a node
  Picture picture_;
};

void Planner::check_size() const {
  std::size_t boxes = 0;
  selection_.for_each([&](Value v) {
    if (selection_.is_fixed(v) && !selection_.is_drawn(v)) return;
    if (selection_.is_drawn(v)) ++boxes;
    for (std::size_t k = 0; k < v.input_count(); ++k) boxes += selection_.is_fixed(v.input(k)) ? 1 : 0;
    if (is_unfolded(v)) boxes += v.input_count() / 2;
  });
  if (boxes <= options_.max_boxes) return;
  throw Picture_too_large(fmt::format(
      "backstep: this picture would have {} boxes, and Picture_options::max_boxes allows {}; draw from "
      "an earlier value, fold the weighted sums, or raise max_boxes",
      boxes, options_.max_boxes));
}

// What the inputs are called, put together by the operation.
Phrase Planner::formula_of(Value v) const {
  std::vector<Phrase> inputs;
  for (std::size_t k = 0; k < v.input_count(); ++k) inputs.push_back(phrases_.at(v.input(k).index()));
  return inputs.empty() ? Phrase() : phrase_of(v.op(), inputs);
}

// A name, a constant's number, or the formula; nothing for a leaf without a name.
Phrase Planner::phrase_for(Value v) const {
  const std::string name = shown_name(v.name(), longest_box_name);
  if (!name.empty()) return phrase_of_name(name);
  return v.is_constant() ? phrase_of_number(shown_number(v.data(), options_.digits)) : formula_of(v);
}

// The inputs of v, and in place of those that are part of its box, theirs: from the first to the last. A
// derivative is then the product along the way. The stack is our own: a sum may have been written with a
// million +.
std::vector<Use> Planner::uses_in(Value v) const {
  std::vector<Use> found, waiting;
  const auto wait = [&](Value user, double so_far) {
    for (std::size_t k = user.input_count(); k-- > 0;) {
      waiting.push_back({user, k, so_far * user.local_derivative(k)});
    }
  };
  wait(v, 1.0);
  while (!waiting.empty()) {
    const Use use = waiting.back();
    waiting.pop_back();
    if (selection_.is_hidden(use.value())) {
      wait(use.value(), use.derivative);
    } else {
      found.push_back(use);
    }
  }
  return found;
}

// A constant gets a box for this use of it, and no derivative: it cannot vary.
Arrow_end Planner::draw_input(const Use& use) {
  const Value input = use.value();
  if (!selection_.is_fixed(input)) return {boxes_[input.index()], use.derivative};
  const std::string id = fmt::format("n{}_{}_{}", input.index(), use.user.index(), use.input);
  return {add_box(box_of(input, id), {}), std::nullopt};
}

// The k-th product of a dot that is unfolded: d(dot)/d(product) = 1, so the gradient of both is the same.
Arrow_end Planner::draw_product(Value dot, std::size_t k) {
  const Use x{dot, 2 * k, dot.local_derivative(2 * k)}, y{dot, 2 * k + 1, dot.local_derivative(2 * k + 1)};
  const Phrase formula = phrase_of(Op::mul, {phrases_.at(x.value().index()), phrases_.at(y.value().index())});
  Picture::Box box = box_of(dot, fmt::format("n{}_{}", dot.index(), k));
  box.name.clear();
  box.is_root = false;
  box.formula = formula.text.empty() ? symbol_of(Op::mul) : formula.text;
  box.data = x.value().data() * y.value().data();
  return {add_box(box, {draw_input(x), draw_input(y)}), 1.0};
}

void Planner::draw(Value v) {
  std::vector<Arrow_end> inputs;
  if (is_unfolded(v)) {
    for (std::size_t k = 0; k < v.input_count() / 2; ++k) inputs.push_back(draw_product(v, k));
  } else {
    for (const Use& use : uses_in(v)) inputs.push_back(draw_input(use));
  }
  boxes_[v.index()] = add_box(box_of(v, fmt::format("n{}", v.index())), inputs);
}

Picture::Box Planner::box_of(Value v, std::string id) const {
  Picture::Box box;
  box.id = std::move(id);
  box.kind = v.is_leaf()              ? Picture::Kind::leaf
             : selection_.is_fixed(v) ? Picture::Kind::constant
                                      : Picture::Kind::computed;
  box.is_root = selection_.is_root(v) && !v.is_leaf();
  box.name = shown_name(v.name(), longest_box_name);
  box.data = v.data();
  if (v.has_grad() && box.kind != Picture::Kind::constant) box.grad = v.grad();
  if (box.kind == Picture::Kind::computed) {
    box.formula = formula_of(v).text;
    if (box.formula.empty()) box.formula = symbol_for(v);
  }
  return box;
}

std::string Planner::symbol_for(Value v) const {
  if (is_unfolded(v)) return symbol_of(Op::add);
  return selection_.is_folded(v) ? "weighted sum" : symbol_of(v.op());
}

std::size_t Planner::add_box(Picture::Box box, const std::vector<Arrow_end>& inputs) {
  const std::size_t place = picture_.boxes.size();
  picture_.boxes.push_back(std::move(box));
  for (const Arrow_end& input : inputs) picture_.arrows.push_back({input.box, place, input.derivative});
  return place;
}

}  // namespace

Picture picture_of(Value root, const Picture_options& options) {
  return Planner(Selection(root), options).plan();
}

Picture picture_of(Graph& graph, const Picture_options& options) {
  if (graph.size() == 0) throw std::invalid_argument("backstep: an empty graph has no picture");
  return Planner(Selection(graph), options).plan();
}

}  // namespace bp
