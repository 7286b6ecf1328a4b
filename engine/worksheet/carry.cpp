#include "engine/worksheet/carry.h"

#include <algorithm>

namespace bp::worksheet {
namespace {

constexpr std::size_t tried_alone = 24;  // of the first claims that are wrong; then all of them together

// The calculation with some numbers in it those that somebody claimed.
class Retold {
 public:
  Retold(const Search& search, std::span<const Question> questions)
      : search_(search), questions_(questions) {}

  // What the right method makes of question q when the claims in `taken` are put in. Those that come after it
  // have no part in it, as the order of the calculation has it.
  double follow(std::size_t q, std::span<const std::size_t> taken) const {
    const Question& question = questions_[q];
    Tape tape = search_.tape();
    std::vector<std::uint8_t> fixed(tape.size());
    for (const std::size_t t : taken) {
      const Question& known = questions_[t];
      if (t == q || known.by || known.after > 0) continue;
      if (!question.by && question.after == 0 && known.of >= question.of) continue;
      fixed[known.of] = 1;
      tape.data[known.of] = known.accepted.value();
    }
    tape.replay(fixed);
    for (const std::size_t t : taken) use_local(tape, q, t);
    if (question.after == 0)
      return question.by ? gradients(tape, question.of, q, taken)[*question.by] : tape.data[question.of];
    return after_step(tape, q, taken);
  }

 private:
  // A claimed d(of)/d(input) is the local derivative on that edge.
  void use_local(Tape& tape, std::size_t q, std::size_t t) const {
    const Question& known = questions_[t];
    if (t == q || !known.by || known.after > 0) return;
    std::vector<Edge> edges;
    for (Edge e = tape.begin(known.of); e < tape.end(known.of); ++e) {
      if (tape.inputs[e] == *known.by) edges.push_back(e);
    }
    if (edges.size() == 1) tape.local[edges[0]] = known.accepted.value();
  }

  std::vector<double> gradients(const Tape& tape, Node of, std::size_t q,
                                std::span<const std::size_t> taken) const {
    std::vector<double> grads(tape.size()), claimed(tape.size());
    std::vector<std::uint8_t> is_claimed(tape.size());
    for (const std::size_t t : taken) {
      const Question& known = questions_[t];
      if (t == q || !known.by || known.after > 0 || known.of != of || *known.by == of) continue;
      is_claimed[*known.by] = 1;
      claimed[*known.by] = known.accepted.value();
    }
    const Question& question = questions_[q];
    if (question.by && question.after == 0) is_claimed[*question.by] = 0;
    grads[of] = 1.0;
    for (Node n = of + 1; n-- > 0;) {
      if (is_claimed[n] != 0) grads[n] = claimed[n];
      if (grads[n] == 0.0) continue;
      for (Edge e = tape.begin(n); e < tape.end(n); ++e) grads[tape.inputs[e]] += grads[n] * tape.local[e];
    }
    return grads;
  }

  double after_step(Tape& tape, std::size_t q, std::span<const std::size_t> taken) const {
    const Question& question = questions_[q];
    const std::vector<double> grads = gradients(tape, search_.loss(), q, taken);
    Tape next = search_.tape();
    for (Node n = 0; n < next.size(); ++n) {
      if (search_.trained()[n] != 0) next.data[n] = tape.data[n] - *search_.learning_rate() * grads[n];
    }
    for (const std::size_t t : taken) {
      const Question& known = questions_[t];
      if (t != q && known.after == 1 && !known.by && search_.trained()[known.of] != 0)
        next.data[known.of] = known.accepted.value();
    }
    next.replay();
    if (!question.by) return next.data[question.of];
    return grads_of(next, question.of)[*question.by];
  }

  const Search& search_;
  std::span<const Question> questions_;
};

}  // namespace

std::vector<std::optional<Carried>> carried_forward(const Search& search,
                                                    std::span<const Question> questions) {
  std::vector<std::optional<Carried>> carried(questions.size());
  std::vector<std::size_t> wrong, all;
  for (std::size_t q = 0; q < questions.size(); ++q) {
    if (questions[q].after > 1) continue;
    all.push_back(q);
    if (questions[q].verdict == Verdict::wrong) wrong.push_back(q);
  }
  // In the order of the calculation: forward, then backward. What others follow from comes first.
  std::stable_sort(wrong.begin(), wrong.end(), [&](std::size_t a, std::size_t b) {
    const Question &x = questions[a], &y = questions[b];
    if (x.after != y.after) return x.after < y.after;
    if (x.by.has_value() != y.by.has_value()) return !x.by.has_value();
    return x.by ? *x.by > *y.by : x.of < y.of;
  });
  if (search.tape().size() * wrong.size() * std::min(tried_alone, wrong.size()) > 24'000'000) return carried;
  const Retold retold(search, questions);
  for (const std::size_t q : wrong) {
    const double right = retold.follow(q, {});
    const auto follows = [&](std::span<const std::size_t> taken) -> std::optional<double> {
      const double predicted = retold.follow(q, taken);
      // A claim that follows from nothing else is not explained by itself.
      return predicted != right && questions[q].accepted(predicted) ? std::optional(predicted) : std::nullopt;
    };
    for (std::size_t i = 0; i < std::min(tried_alone, wrong.size()); ++i) {
      const std::size_t alone[] = {wrong[i]};
      if (wrong[i] == q) continue;
      if (const auto predicted = follows(alone)) {
        carried[q] = Carried{{wrong[i]}, *predicted, false};
        break;
      }
    }
    if (carried[q]) continue;
    if (const auto predicted = follows(wrong)) {
      std::vector<std::size_t> from = wrong;
      std::erase(from, q);
      carried[q] = Carried{from, *predicted, false};
    } else if (const auto rounded = follows(all)) {
      carried[q] = Carried{{}, *rounded, true};
    }
  }
  return carried;
}

}  // namespace bp::worksheet
