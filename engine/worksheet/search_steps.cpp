// The search among values, and among numbers after several steps of training: see search.h.
#include <algorithm>

#include "engine/worksheet/search.h"
#include "engine/worksheet/sites.h"

namespace bp::worksheet {

// A value that is wrong by a factor, or by a second softmax.
void Search::try_values() {
  std::optional<Tape> twice;
  for (std::size_t q = 0; q < questions_.size(); ++q) {
    const Question& question = questions_[q];
    if (question.by || question.after > 0 || question.verdict != Verdict::wrong) continue;
    if (tape_.input_count(question.of) == 0) continue;
    for (std::size_t s = 0; s < slips_.size(); ++s) {
      double predicted = tape_.data[question.of];
      if (slips_[s].id == "softmax-twice" && !sites(s).empty()) {
        if (!twice) twice = sites::with_second_softmax({tape_, roles_, loss_grads_});
        predicted = twice->data[question.of];
      } else if (slips_[s].way == Slip::Way::scale && !slips_[s].parameters && !slips_[s].but_penalty) {
        predicted *= slips_[s].scale;
      }
      if (predicted != tape_.data[question.of] && question.accepted(predicted)) {
        found_[q].push_back({{{s}}, predicted, slips_[s].prior, 1, 0});
      }
    }
  }
}

// Numbers after steps: the whole training is run again with the mistake made in every step.
void Search::try_steps() {
  std::vector<std::size_t> order = trained_for_;
  const bool any = std::any_of(order.begin(), order.end(), [&](std::size_t q) { return is_open(q); });
  if (!any) return;
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return questions_[a].after < questions_[b].after; });
  constexpr double most_work = 6e7;  // steps times nodes, all mistakes together
  const double each = static_cast<double>(questions_[order.back()].after) * static_cast<double>(tape_.size());
  double work = 0.0;
  std::vector<double> grads(tape_.size());
  for (std::size_t s = 0; s < slips_.size() && work + each <= most_work; ++s) {
    const Slip& slip = slips_[s];
    if (slip.way == Slip::Way::value || (slip.has_sites() && sites(s).empty())) continue;
    work += each;
    Tape tape = tape_;
    std::vector<std::pair<std::size_t, double>> hits;
    std::size_t contradicts = 0, done = 0;
    const auto wrong_pass = [&] {
      Wrong wrong{.local = tape.local};
      change(wrong, tape, slip, {}, sites_at(s, tape, grads_of(tape, loss_)));
      return wrong;
    };
    for (const std::size_t q : order) {
      for (; done < questions_[q].after; ++done) {
        const Wrong wrong = wrong_pass();
        sweep(tape, wrong, loss_, grads);
        std::vector<double> taken = grads;
        for (Node n = 0; n < tape.size(); ++n) {
          if (trained_[n] != 0) taken[n] = read(tape, wrong, grads, n);
        }
        descend(tape, trained_, taken, wrong.uphill ? -*learning_rate_ : *learning_rate_);
      }
      double predicted = tape.data[questions_[q].of];
      if (questions_[q].by) {
        const Wrong wrong = wrong_pass();
        sweep(tape, wrong, questions_[q].of, grads);
        predicted = read(tape, wrong, grads, *questions_[q].by);
      }
      const bool accepted = questions_[q].accepted(predicted);
      if (questions_[q].verdict != Verdict::wrong)
        contradicts += accepted ? 0 : 1;
      else if (accepted)
        hits.emplace_back(q, predicted);
    }
    for (const auto& [q, predicted] : hits) {
      found_[q].push_back({{{s}}, predicted, slip.prior, hits.size(), contradicts});
    }
  }
}

}  // namespace bp::worksheet
