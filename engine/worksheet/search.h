// The search behind diagnose(): every wrong pass of the catalogue, singly and in pairs, against every claim.
#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "engine/worksheet/catalogue.h"
#include "engine/worksheet/diagnose.h"
#include "engine/worksheet/tape.h"

namespace bp::worksheet {

/// Which numbers a written one accepts.
class Accepted {
 public:
  explicit Accepted(Written_number number);
  bool operator()(double predicted) const {
    return predicted >= low_ && predicted <= high_ && compare_digits(number_, predicted) != Verdict::wrong;
  }
  double value() const { return number_.value(); }
  /// How much it accepts, as a share of the number itself; 0 for a claim of 0.
  double width() const { return width_; }

 private:
  Written_number number_;
  double low_, high_, width_;  // rounded outwards
};

/// One claim as the search sees it.
struct Question {
  Node of;
  std::optional<Node> by;
  std::size_t after;
  Accepted accepted;
  Verdict verdict = Verdict::wrong;
};

/// How far a mistake reaches.
struct Scope {
  enum class Reach { everywhere, layer, site };
  Reach reach = Reach::everywhere;
  std::int32_t layer = 0;
  std::size_t site = 0;
};

/// A slip of the catalogue, by its place there, and where it was made.
struct Made {
  std::size_t slip;
  Scope scope = {};
};

/// One wrong pass: one mistake, or two.
struct Pass {
  Made first;
  std::optional<Made> second = {};
};

/// A pass that reproduces a claim.
struct Match {
  Pass pass;
  double predicted = 0.0;
  double prior = 0.0;
  std::size_t explains = 1, contradicts = 0;
};

class Search {
 public:
  Search(Graph& graph, Value loss, const Descent& descent);

  /// The matches of each question whose verdict is wrong, in no order: single mistakes, or pairs where no
  /// single one fits. Where a number has so few digits that passes this far-fetched would hit it by chance,
  /// they are left out unless they explain a second claim too.
  std::vector<std::vector<Match>> matches(std::span<const Question> questions);

  /// What a pass makes of d(of)/d(n) for every node n, at the numbers as they are.
  std::vector<double> predict_all(const Pass& pass, Node of);

  const Tape& tape() const { return tape_; }
  const Roles& roles() const { return roles_; }
  const Slip& slip(std::size_t i) const { return slips_[i]; }
  /// Where a slip can be made, at the numbers as they are.
  const std::vector<Site>& sites(std::size_t slip);
  Node loss() const { return loss_; }
  std::span<const std::uint8_t> trained() const { return trained_; }
  std::span<const double> loss_grads() const { return loss_grads_; }
  std::optional<double> learning_rate() const { return learning_rate_; }

 private:
  enum Tier : std::size_t { everywhere, layer, site, pair, pair_in_layer, tiers };
  // Predictions near a claim, within a factor e of it, in bins of the logarithm: how crowded it is there.
  using Crowd = std::array<std::bitset<1024>, tiers>;
  struct Wrong {  // what a pass makes of the tape
    std::vector<double> local;
    std::vector<std::uint8_t> instead = {};  // edges of Change::instead; empty where there are none
    double scale = 1.0, parameters = 1.0;
    bool value = false, passes_on = false, uphill = false;
    std::vector<Reading> readings = {};
  };
  // A question for d(of)/d(by) as things are, or for a trained leaf after one step, which is to ask for
  // d(loss)/d(leaf): its number is start + times * derivative.
  struct Slope_question {
    std::size_t question;
    Node by;
    double start = 0.0, times = 1.0;
  };
  struct Group {  // the questions of one d(of)/d...
    Node of;
    std::vector<Slope_question> questions;
    std::vector<double> grads;  // right ones
    bool penalty = false;       // whether it is one, and no data has a part in it
  };

  std::vector<Site> sites_at(std::size_t slip, const Tape& tape, std::span<const double> loss_grads) const;
  std::vector<Site> substituted(const Slip& slip, const Tape& tape, const Wrong& made) const;
  std::vector<std::int32_t> layers_of(std::size_t slip);
  void change(Wrong& wrong, const Tape& tape, const Slip& slip, const Scope& scope,
              const std::vector<Site>& sites) const;
  Wrong wrong_of(const Pass& pass);
  static void sweep(const Tape& tape, const Wrong& wrong, Node root, std::span<double> grads);
  static void sweep_unusual(const Tape& tape, const Wrong& wrong, Node root, std::span<double> grads);
  double penalty_part(const Tape& tape, const Wrong& wrong, std::span<const double> grads, Node leaf) const;
  double read(const Tape& tape, const Wrong& wrong, std::span<const double> grads, Node by) const;

  void group();
  bool is_open(std::size_t question) const;
  Tier tier_of(const Pass& pass) const;
  double prior_of(const Pass& pass) const;
  double after_step(const Wrong& wrong, Node of);
  void note(std::size_t question, Tier tier, double predicted);
  template <class Body>
  void for_each_prediction(const Pass& pass, Body body);
  void try_pass(const Pass& pass);
  void try_singles();
  double slope_at(const Site& site, const Group& group, Node by, std::span<const double> slopes) const;
  void try_sites();
  void weigh_sites();
  void drop_chance_hits();
  bool is_chance(std::size_t question, const Match& match) const;
  void try_pairs();
  void try_values();
  void try_steps();

  Tape tape_;
  Node loss_;
  std::vector<std::uint8_t> trained_;
  std::optional<double> learning_rate_;
  Roles roles_;
  std::vector<double> loss_grads_;
  std::vector<Slip> slips_;
  std::vector<std::optional<std::vector<Site>>> sites_;

  // Of the present call of matches():
  std::span<const Question> questions_;
  double work_ = 0.0;  // edges that sweeps have gone over
  std::vector<Group> groups_;
  std::vector<std::size_t> stepped_;      // questions for a computed value after one step
  std::vector<std::size_t> trained_for_;  // the others for numbers after steps
  std::vector<Crowd> crowds_;
  std::vector<std::vector<Match>> found_;
};

}  // namespace bp::worksheet
