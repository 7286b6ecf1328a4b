// Networks worked out forward: the text of the worksheet and the numbers, line by line.
#include <cmath>
#include <cstdio>

#include "tests/diagnosis/network.h"

namespace bp::test {
namespace {

std::string joined(const std::vector<std::string>& parts, const std::string& between) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : between) + part;
  return text;
}

std::string numbered(const char* letter, std::size_t i) { return letter + std::to_string(i + 1); }

const char* function_of(Curve curve) {
  switch (curve) {
    case Curve::sigmoid: return "sigmoid";
    case Curve::tanh: return "tanh";
    case Curve::relu: return "relu";
    case Curve::leaky_relu: return "leaky_relu";
    case Curve::silu: return "silu";
    case Curve::softplus: return "softplus";
    case Curve::elu: return "elu";
    case Curve::linear: break;
  }
  return "";
}

std::string plain(double number) {
  char text[32];
  std::snprintf(text, sizeof text, "%.15g", number);
  return text;
}

class Forward {
 public:
  Forward(const Network& network, Page& page, const Slips& slips)
      : network_(network), page_(page), slips_(slips) {}

  std::vector<Activity> run() {
    copy_givens();
    std::vector<Activity> all;
    std::vector<std::string> errors;
    double sum = 0;
    for (std::size_t s = 0; s < network_.samples(); ++s) {
      all.push_back(sample(s));
      errors.push_back(sample_name(network_, "E", s));
      sum += error(s, all.back());
    }
    const auto n = static_cast<double>(network_.samples());
    if (n > 1)
      sum = page_.line("E", "(" + joined(errors, " + ") + ")/" + std::to_string(errors.size()), sum / n);
    if (network_.penalty != 0) add_penalty(sum);
    page_.loss(network_.sign_of_loss());
    if (network_.learning_rate != 0) page_.statement("learning_rate " + plain(network_.learning_rate));
    if (!network_.biases_learn) page_.statement("train w*");
    return all;
  }

 private:
  // The page's own copy of weights and biases: a slip of the pen may have changed one.
  void copy_givens() {
    for (std::size_t s = 0; s < network_.samples(); ++s) {
      for (std::size_t i = 0; i < network_.inputs[s].size(); ++i) {
        inputs_.resize(network_.samples());
        inputs_[s].push_back(page_.leaf(sample_name(network_, numbered("i", i), s), network_.inputs[s][i]));
      }
    }
    layers_ = network_.layers;
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      for (std::size_t k = 0; k < layers_[l].units(); ++k) {
        Row& row = layers_[l].weights[k];
        for (std::size_t j = 0; j < row.size(); ++j) {
          row[j] = page_.leaf(weight_name(network_, l, k, j), row[j]);
        }
      }
      Row& biases = layers_[l].biases;
      for (std::size_t k = 0; k < biases.size(); ++k) {
        biases[k] = page_.leaf(bias_name(network_, l, k), biases[k]);
      }
    }
    targets_ = network_.targets;
    const bool class_index =
        network_.loss == Loss::cross_entropy || network_.loss == Loss::written_cross_entropy;
    for (std::size_t s = 0; s < targets_.size() && !class_index; ++s) {
      for (std::size_t k = 0; k < targets_[s].size(); ++k) {
        targets_[s][k] = page_.leaf(sample_name(network_, numbered("t", k), s), targets_[s][k]);
      }
    }
  }

  Activity sample(std::size_t s) {
    Activity a;
    a.out.push_back(inputs_[s]);
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      Row nets, outs;
      for (std::size_t k = 0; k < layers_[l].units(); ++k) {
        nets.push_back(weighted_sum(l, k, s, a.out[l]));
        outs.push_back(through_curve(l, k, s, nets.back()));
      }
      a.net.push_back(nets);
      a.out.push_back(outs);
    }
    return a;
  }

  double weighted_sum(std::size_t l, std::size_t k, std::size_t s, const Row& in) {
    std::vector<std::string> terms;
    double sum = 0;
    for (std::size_t j = 0; j < in.size(); ++j) {
      terms.push_back(weight_name(network_, l, k, j) + "*" + input_name(l, j, s));
      sum += layers_[l].weights[k][j] * in[j];
    }
    const Row& biases = layers_[l].biases;
    if (!biases.empty()) {
      terms.push_back(bias_name(network_, l, k));
      sum += biases[layers_[l].one_bias() ? 0 : k];
    }
    return page_.line(unit_name(network_, "net", l, k, s), joined(terms, " + "), sum);
  }

  std::string input_name(std::size_t l, std::size_t j, std::size_t s) const {
    if (l == 0) return sample_name(network_, numbered("i", j), s);
    return unit_name(network_, "out", l - 1, j, s);
  }

  double through_curve(std::size_t l, std::size_t k, std::size_t s, double net) {
    const Curve curve = layers_[l].curve;
    if (curve == Curve::linear) return net;
    const std::string inner = unit_name(network_, "net", l, k, s);
    return page_.line(unit_name(network_, "out", l, k, s), function_of(curve) + ("(" + inner + ")"),
                      value_of(curve, net));
  }

  std::string named(const char* letter, std::size_t k, std::size_t s) const {
    return sample_name(network_, numbered(letter, k), s);
  }

  double error(std::size_t s, Activity& a) {
    if (has_softmax(network_.loss)) return softmax_error(s, a);
    const bool linear = layers_.back().curve == Curve::linear;
    std::vector<std::string> outputs;
    for (std::size_t k = 0; k < a.out.back().size(); ++k) {
      outputs.push_back(unit_name(network_, linear ? "net" : "out", network_.last(), k, s));
    }
    return squares(s, outputs, a.out.back());
  }

  double squares(std::size_t s, const std::vector<std::string>& outputs, const Row& numbers) {
    const bool half = network_.loss == Loss::half_squared || network_.loss == Loss::softmax_half_squared;
    const std::string before = half && network_.half_as_factor ? "0.5*" : "";
    const std::string after = half && !network_.half_as_factor ? "/2" : "";
    std::vector<std::string> names;
    double sum = 0;
    for (std::size_t k = 0; k < outputs.size(); ++k) {
      const double miss = targets_[s][k] - numbers[k];
      const std::string text = before + "(" + named("t", k, s) + " - " + outputs[k] + ")^2" + after;
      names.push_back(outputs.size() > 1 ? named("E", k, s) : sample_name(network_, "E", s));
      sum += page_.line(names.back(), text, (half ? 0.5 : 1) * miss * miss);
    }
    if (outputs.size() == 1) return sum;
    const bool mean = network_.loss == Loss::mean_squared;
    return page_.line(sample_name(network_, "E", s),
                      mean ? "mean(" + joined(names, ", ") + ")" : joined(names, " + "),
                      mean ? sum / static_cast<double>(outputs.size()) : sum);
  }

  double softmax_error(std::size_t s, Activity& a) {
    const Row& z = a.out.back();
    std::vector<std::string> logits, powers, shares;
    for (std::size_t k = 0; k < z.size(); ++k) {
      logits.push_back(unit_name(network_, "net", network_.last(), k, s));
      powers.push_back(named("e", k, s));
      shares.push_back(named("p", k, s));
    }
    if (!written_out(network_.loss)) {
      a.p = softmax(z);
      std::size_t right = 0;
      while (targets_[s][right] != 1) ++right;
      return page_.line(sample_name(network_, "E", s),
                        "softmax_cross_entropy(" + std::to_string(right) + ", " + joined(logits, ", ") + ")",
                        cross_entropy(s, a.p));
    }
    for (std::size_t k = 0; k < z.size(); ++k) {
      a.e.push_back(page_.line(powers[k], "exp(" + logits[k] + ")", std::exp(z[k])));
      a.s += a.e.back();
    }
    const std::string total = sample_name(network_, "s", s);
    a.s = page_.line(total, joined(powers, " + "), a.s);
    for (std::size_t k = 0; k < z.size(); ++k) {
      a.p.push_back(page_.line(shares[k], powers[k] + "/" + total, a.e[k] / a.s));
    }
    if (network_.loss == Loss::softmax_half_squared) return squares(s, shares, a.p);
    return page_.line(sample_name(network_, "E", s), entropy_text(s, shares), cross_entropy(s, a.p));
  }

  std::string entropy_text(std::size_t s, const std::vector<std::string>& shares) const {
    std::vector<std::string> terms;
    for (std::size_t k = 0; k < shares.size(); ++k) {
      if (network_.loss == Loss::soft_targets) {
        terms.push_back(named("t", k, s) + "*log(" + shares[k] + ")");
      } else if (targets_[s][k] == 1) {
        return "-log(" + shares[k] + ")";
      }
    }
    return "-(" + joined(terms, " + ") + ")";
  }

  // Whoever takes the softmax twice compares softmax(p) with the target.
  double cross_entropy(std::size_t s, const Row& p) const {
    const Row shares = slips_.softmax_twice ? softmax(p) : p;
    double sum = 0;
    for (std::size_t k = 0; k < shares.size(); ++k) sum -= targets_[s][k] * std::log(shares[k]);
    return sum;
  }

  void add_penalty(double error) {
    std::vector<std::string> squares;
    double sum = 0;
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      for (std::size_t k = 0; k < layers_[l].units(); ++k) {
        for (std::size_t j = 0; j < layers_[l].weights[k].size(); ++j) {
          squares.push_back(weight_name(network_, l, k, j) + "^2");
          sum += layers_[l].weights[k][j] * layers_[l].weights[k][j];
        }
      }
      for (std::size_t k = 0; k < layers_[l].biases.size() && network_.penalty_on_biases; ++k) {
        squares.push_back(bias_name(network_, l, k) + "^2");
        sum += layers_[l].biases[k] * layers_[l].biases[k];
      }
    }
    const double lambda = page_.leaf("lambda", network_.penalty);
    const std::string before = network_.half_penalty ? "lambda/2*(" : "lambda*(";
    const double penalty = page_.line("R", before + joined(squares, " + ") + ")",
                                      (network_.half_penalty ? lambda / 2 : lambda) * sum);
    page_.line("J", "E + R", error + penalty);
  }

  const Network& network_;
  Page& page_;
  const Slips& slips_;
  Rows inputs_, targets_;
  std::vector<Dense> layers_;
};

}  // namespace

std::vector<Activity> forward(const Network& network, Page& page, const Slips& slips) {
  return Forward(network, page, slips).run();
}

Row softmax(const Row& z) {
  Row p;
  double sum = 0;
  for (const double x : z) sum += std::exp(x);
  for (const double x : z) p.push_back(std::exp(x) / sum);
  return p;
}

}  // namespace bp::test
