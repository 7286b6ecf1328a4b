#include "engine/worksheet/diagnose.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>

#include "engine/worksheet/carry.h"
#include "engine/worksheet/diagnoser.h"
#include "engine/worksheet/explain.h"
#include "engine/worksheet/names.h"
#include "engine/worksheet/search.h"
#include "engine/worksheet/source.h"
#include "engine/worksheet/truth.h"

namespace bp {

namespace worksheet {
namespace {

constexpr std::array<std::string_view, 26> ids = {
    "factor-two",
    "mean",
    "sign",
    "double-activation-derivative",
    "activation-formula-at-preactivation",
    "no-output-activation-derivative",
    "no-hidden-activation-derivative",
    "one-path",
    "overwritten-accumulation",
    "updated-weights",
    "gradient-for-weight",
    "transposed",
    "missing-input-factor",
    "neighbour-input",
    "bias-not-summed",
    "softmax-diagonal",
    "softmax-twice",
    "penalty",
    "outer-derivative-at-inner-point",
    "relu-mask",
    "exponent-rule",
    "quotient-rule",
    "missing-local-derivative",
    "value-for-gradient",
    "carried-forward",
    "two-mistakes",
};
constexpr std::size_t most_pairs = 3;  // of two mistakes at once that are told for one claim

class Diagnoser {
 public:
  Diagnoser(Graph& graph, Value loss, std::span<const Hand_number> claims, const Descent& descent,
            std::span<const double> truths)
      : graph_(graph), claims_(claims), search_(graph, loss, descent), explain_(graph, search_) {
    for (std::size_t i = 0; i < claims.size(); ++i) {
      const Wanted_number wanted = wanted_by(claims[i].of, claims[i].by, claims[i].after);
      const Written_number number(claims[i].written);
      questions_.push_back(
          {wanted.of, wanted.by, wanted.after, Accepted(number), compare_digits(number, truths[i])});
    }
  }

  std::vector<Diagnosis> run() {
    std::vector<Diagnosis> diagnoses(questions_.size());
    const bool any = std::any_of(questions_.begin(), questions_.end(),
                                 [](const Question& q) { return q.verdict == Verdict::wrong; });
    if (!any) return diagnoses;
    std::vector<std::vector<Match>> matches = search_.matches(questions_);
    const auto carried = carried_forward(search_, questions_);
    for (std::size_t q = 0; q < questions_.size(); ++q) {
      if (questions_[q].verdict != Verdict::wrong) continue;
      rank(matches[q]);
      if (carried[q]) add_carried(diagnoses[q], *carried[q], q);
      for (const Match& match : matches[q]) {
        diagnoses[q].mistakes.push_back(explain_.mistake(questions_[q], match, claims_[q].written));
      }
      if (matches[q].size() > 1) diagnoses[q].ask = separating(questions_[q], matches[q]);
    }
    return diagnoses;
  }

 private:
  // The likeliest first, each mistake once: what contradicts no right claim, then what explains most.
  void rank(std::vector<Match>& matches) const {
    std::stable_sort(matches.begin(), matches.end(), [](const Match& a, const Match& b) {
      if ((a.contradicts == 0) != (b.contradicts == 0)) return a.contradicts == 0;
      if (a.explains != b.explains) return a.explains > b.explains;
      return a.prior > b.prior;
    });
    std::vector<Match> kept;
    std::size_t pairs = 0;
    for (const Match& match : matches) {
      // Beside one mistake that explains claim after claim, another that explains this one alone is chance;
      // beside one that agrees with all that is right, one that does not is refuted.
      if (!kept.empty() && kept[0].contradicts == 0) {
        if (kept[0].explains >= 3 && match.explains * 3 <= kept[0].explains) continue;
        if (match.contradicts > 0 && match.explains <= kept[0].explains) continue;
      }
      if (match.pass.second ? pairs++ >= most_pairs : is_among(kept, match)) continue;
      kept.push_back(match);
    }
    matches = std::move(kept);
  }

  bool is_among(const std::vector<Match>& kept, const Match& match) const {
    const std::string_view id = search_.slip(match.pass.first.slip).id;
    return std::any_of(kept.begin(), kept.end(), [&](const Match& other) {
      return !other.pass.second && search_.slip(other.pass.first.slip).id == id;
    });
  }

  void add_carried(Diagnosis& diagnosis, const Carried& carried, std::size_t q) const {
    Mistake mistake;
    mistake.id = "carried-forward";
    mistake.predicted = carried.predicted;
    diagnosis.method_right = true;
    if (carried.rounded) {
      mistake.hint =
          "The method is right; the number follows from the rounded numbers that you wrote before.";
    } else if (carried.from.size() == 1) {
      mistake.hint = "The method is right; the number follows from your earlier number for " +
                     target(carried.from[0]) + ".";
    } else {
      mistake.hint = "The method is right; the number follows from earlier numbers of yours that are wrong.";
    }
    mistake.says = mistake.hint;
    if (questions_[q].by && questions_[q].after == 0) {
      mistake.says += " Right: " + explain_.corrected(questions_[q].of, *questions_[q].by) + ".";
    }
    diagnosis.mistakes.push_back(std::move(mistake));
  }

  std::string target(std::size_t q) const {
    const Question& question = questions_[q];
    if (question.by) return explain_.derivative(question.of, *question.by);
    return explain_.name(question.of) + (question.after == 1 ? "'" : "");
  }

  // The named value whose gradient differs most among the candidates; nothing where it never does.
  std::string separating(const Question& question, const std::vector<Match>& matches) {
    constexpr std::size_t most = 6;
    const Node of = question.by && question.after == 0 ? question.of : search_.loss();
    if (graph_[of].name().empty()) return "";
    const std::size_t count = std::min(most, matches.size());
    std::vector<std::vector<double>> predictions;
    for (std::size_t m = 0; m < count; ++m) predictions.push_back(search_.predict_all(matches[m].pass, of));
    std::size_t best_score = 0;
    std::optional<Node> best;
    for (Node n = 0; n < of; ++n) {
      if (graph_[n].name().empty() || graph_[n].is_constant() || is_claimed(of, n)) continue;
      std::size_t told_apart = 0;
      for (std::size_t a = 0; a < count; ++a) {
        for (std::size_t b = 0; b < a; ++b) {
          const double x = predictions[a][n], y = predictions[b][n];
          told_apart += std::abs(x - y) > 2e-3 * std::max(std::abs(x), std::abs(y)) ? 1 : 0;
        }
      }
      const std::size_t score = 2 * told_apart + (told_apart > 0 && !graph_[n].is_leaf() ? 1 : 0);
      if (score > best_score) best_score = score, best = n;
    }
    return best ? explain_.derivative(of, *best) : "";
  }

  bool is_claimed(Node of, Node by) const {
    return std::any_of(questions_.begin(), questions_.end(),
                       [&](const Question& q) { return q.after == 0 && q.of == of && q.by == by; });
  }

  Graph& graph_;
  std::span<const Hand_number> claims_;
  Search search_;
  Explainer explain_;
  std::vector<Question> questions_;
};

void check(Graph& graph, Value loss, std::span<const Hand_number> claims, const Descent& descent) {
  graph.check(loss);
  for (const Value leaf : descent.train) {
    graph.check(leaf);
    if (!leaf.is_leaf()) throw std::invalid_argument("backstep: only leaves are trained");
  }
  for (const Hand_number& claim : claims) {
    graph.check(claim.of);
    if (claim.by) graph.check(*claim.by);
    if (claim.by && (claim.of.is_leaf() || claim.of.is_constant())) {
      throw std::invalid_argument("backstep: a leaf has no derivative");
    }
    if (claim.after > 0 && !descent.learning_rate) {
      throw std::invalid_argument("backstep: a number after a step needs a learning rate");
    }
    if (claim.after > most_work / graph.size())
      throw std::length_error("backstep: steps times nodes is at most 10^9");
  }
}

}  // namespace

std::vector<Diagnosis> diagnose_known(Graph& graph, Value loss, std::span<const Hand_number> claims,
                                      const Descent& descent, std::span<const double> truths) {
  return Diagnoser(graph, loss, claims, descent, truths).run();
}

}  // namespace worksheet

std::vector<Diagnosis> diagnose(Graph& graph, Value loss, std::span<const Hand_number> claims,
                                const Descent& given) {
  worksheet::check(graph, loss, claims, given);
  Descent descent = given;
  for (const Value value : graph) {
    if (given.train.empty() && value.is_leaf() && worksheet::is_parameter_name(value.name())) {
      descent.train.push_back(value);
    }
  }
  std::vector<worksheet::Wanted_number> wanted;
  for (const Hand_number& claim : claims) {
    wanted.push_back(worksheet::wanted_by(claim.of, claim.by, claim.after));
  }
  const std::vector<double> truths = worksheet::true_numbers(
      worksheet::Tape(graph), static_cast<worksheet::Node>(loss.index()),
      worksheet::flags_of(graph.size(), descent.train), descent.learning_rate.value_or(0.0), wanted);
  return worksheet::diagnose_known(graph, loss, claims, descent, truths);
}

std::span<const std::string_view> mistake_ids() { return worksheet::ids; }

}  // namespace bp
