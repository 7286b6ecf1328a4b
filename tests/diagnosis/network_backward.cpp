// The backward pass of a network as a learner programs it, layer by layer on arrays, with every slip in
// its place.
#include <cmath>

#include "tests/diagnosis/network.h"

namespace bp::test {
namespace {

class Backward {
 public:
  Backward(const Network& network, const std::vector<Activity>& samples, Page& page, const Slips& slips)
      : network_(network), samples_(samples), page_(page), slips_(slips), learned_(network) {}

  void run() {
    Rows dout = has_softmax(network_.loss) ? Rows{} : at_output();
    for (std::size_t l = network_.layers.size(); l-- > 0;) {
      const bool logits = l == network_.last() && has_softmax(network_.loss);
      const Rows dnet = logits ? at_logits() : through_curve(l, dout);
      const Rows dw = weights(l, dnet);
      biases(l, dnet);
      if (l > 0) dout = into_layer_below(l, dnet, dw);
    }
    if (network_.learning_rate != 0) step();
  }

 private:
  using Path = Slips::Path;

  // What comes down from the loss, beside the difference of output and target.
  double factor() const {
    double factor = network_.loss == Loss::squared || network_.loss == Loss::mean_squared ? 2 : 1;
    const auto samples = static_cast<double>(network_.samples());
    const auto outputs = static_cast<double>(network_.layers.back().units());
    const bool squares = !has_softmax(network_.loss) || network_.loss == Loss::softmax_half_squared;
    if (squares) factor *= slips_.loss_factor;
    if (samples > 1 && !slips_.no_mean) factor /= samples;
    if (network_.loss != Loss::mean_squared) return factor;
    if (samples > 1 || !slips_.no_mean) factor /= outputs;
    return samples == 1 && slips_.mean_twice ? factor / outputs : factor;
  }

  double miss(double output, double target) const {
    return slips_.target_minus_output ? target - output : output - target;
  }

  Rows at_output() {
    const bool linear = network_.layers.back().curve == Curve::linear;
    Rows dout;
    for (std::size_t s = 0; s < samples_.size(); ++s) {
      dout.emplace_back();
      for (std::size_t k = 0; k < network_.layers.back().units(); ++k) {
        const double d = factor() * miss(samples_[s].out.back()[k], network_.targets[s][k]);
        dout[s].push_back(linear ? d : page_.grad(unit_name(network_, "out", network_.last(), k, s), d));
      }
    }
    return dout;
  }

  // dE/dz_i = sum_j dE/dp_j dp_j/dz_i with dp_j/dz_i = p_j ((i == j) - p_i)
  Rows at_logits() {
    Rows dz;
    for (std::size_t s = 0; s < samples_.size(); ++s) {
      const Row& p = samples_[s].p;
      const Row dp = at_shares(s);
      double sum = 0;
      for (std::size_t j = 0; j < p.size(); ++j) sum += dp[j] * p[j];
      dz.emplace_back();
      for (std::size_t i = 0; i < p.size(); ++i) {
        const double d = slips_.softmax_diagonal ? dp[i] * p[i] * (1 - p[i]) : p[i] * (dp[i] - sum);
        dz[s].push_back(page_.grad(unit_name(network_, "net", network_.last(), i, s), d));
      }
    }
    return dz;
  }

  // dE/dp. With the softmax taken twice, the gradient of the cross-entropy lands on p and not on z.
  Row at_shares(std::size_t s) {
    const Row& p = samples_[s].p;
    const Row& t = network_.targets[s];
    const Row again = softmax(p);
    Row dp;
    for (std::size_t k = 0; k < p.size(); ++k) {
      double d = 0;
      if (network_.loss == Loss::softmax_half_squared) {
        d = miss(p[k], t[k]);
      } else if (slips_.softmax_twice) {
        d = miss(again[k], t[k]);
      } else {
        d = (slips_.target_minus_output ? t[k] : -t[k]) / p[k];
      }
      const bool used = network_.loss != Loss::written_cross_entropy || t[k] == 1;
      const bool named = written_out(network_.loss) && used;
      dp.push_back(named ? page_.grad(sample_name(network_, "p" + std::to_string(k + 1), s), factor() * d)
                         : factor() * d);
    }
    return dp;
  }

  Rows through_curve(std::size_t l, const Rows& dout) {
    Rows dnet;
    for (std::size_t s = 0; s < samples_.size(); ++s) {
      dnet.emplace_back();
      for (std::size_t k = 0; k < network_.layers[l].units(); ++k) {
        const double slope = local_derivative(l, k, samples_[s].net[l][k], samples_[s].out[l + 1][k]);
        const bool relu =
            network_.layers[l].curve == Curve::relu || network_.layers[l].curve == Curve::leaky_relu;
        const double d = relu && slips_.mask_overwrites ? slope : dout[s][k] * slope;
        dnet[s].push_back(page_.grad(unit_name(network_, "net", l, k, s), d));
      }
    }
    return dnet;
  }

  double local_derivative(std::size_t l, std::size_t k, double net, double out) const {
    const Curve curve = network_.layers[l].curve;
    if (curve == Curve::linear) return 1;
    if (l == network_.last() ? slips_.no_output_derivative : slips_.no_hidden_derivative) return 1;
    if (slips_.no_derivative_of == place_of(network_.last() - l, k)) return 1;
    const bool here = in_this_layer(l);
    if (slips_.derivative_at_output && here) return derivative_of(curve, out);
    if (curve == Curve::relu && slips_.sigmoid_in_relu) return out * (1 - out);
    if (curve == Curve::sigmoid) return slips_.formula_at_net && here ? net * (1 - net) : out * (1 - out);
    if (curve == Curve::tanh) return slips_.formula_at_net && here ? 1 - net * net : 1 - out * out;
    return derivative_of(curve, net);
  }

  bool in_this_layer(std::size_t l) const {
    using enum Slips::Where;
    return slips_.where == everywhere || (slips_.where == output) == (l == network_.last());
  }

  Rows weights(std::size_t l, const Rows& dnet) {
    Rows dw = network_.layers[l].weights;
    for (std::size_t k = 0; k < dw.size(); ++k) {
      for (std::size_t j = 0; j < dw[k].size(); ++j) {
        double sum = 0;
        for (std::size_t s = 0; s < samples_.size(); ++s) {
          const double part = weight_part(l, dnet[s], samples_[s].out[l], k, j);
          sum = slips_.overwrites ? part : sum + part;
        }
        dw[k][j] = parameter(weight_name(network_, l, k, j), sum, decay(network_.layers[l].weights[k][j]));
        learn(learned_.layers[l].weights[k][j], dw[k][j]);
      }
    }
    return dw;
  }

  // dE/dw_kj of one sample: delta_k times the input of the weight.
  double weight_part(std::size_t l, const Row& delta, const Row& in, std::size_t k, std::size_t j) const {
    if (slips_.no_input && in_this_layer(l)) return delta[k];
    if (slips_.outer_transposed && delta.size() == in.size()) return delta[j] * in[k];
    if (slips_.neighbour == 0 || !in_this_layer(l)) return delta[k] * in[j];
    return delta[k] * in[(j + (slips_.neighbour > 0 ? 1 : in.size() - 1)) % in.size()];
  }

  double parameter(const std::string& name, double d, double penalty) {
    if (slips_.mean_twice) d /= static_cast<double>(network_.samples());
    d += penalty;
    return page_.grad(name, slips_.parameters_twice ? 2 * d : d);
  }

  double decay(double weight) const {
    const double right = (network_.half_penalty ? 1 : 2) * network_.penalty * weight;
    switch (slips_.penalty) {
      case Slips::Penalty::forgotten: return 0;
      case Slips::Penalty::doubled: return 2 * right;
      case Slips::Penalty::halved: return right / 2;
      case Slips::Penalty::shared_out: return right / static_cast<double>(network_.samples());
      case Slips::Penalty::right:
      case Slips::Penalty::wrong_on_biases: break;
    }
    return right;
  }

  void biases(std::size_t l, const Rows& dnet) {
    const Dense& layer = network_.layers[l];
    for (std::size_t k = 0; k < layer.biases.size(); ++k) {
      Row due, all;
      for (const Row& delta : dnet) {
        all.insert(all.end(), delta.begin(), delta.end());
        if (!layer.one_bias()) due.push_back(delta[k]);
      }
      if (layer.one_bias()) due = all;
      const bool turned = slips_.penalty == Slips::Penalty::wrong_on_biases;
      const double decayed = network_.penalty_on_biases != turned ? decay(layer.biases[k]) : 0;
      const double d = parameter(bias_name(network_, l, k), together(due, all), decayed);
      if (network_.biases_learn) learn(learned_.layers[l].biases[k], d);
    }
  }

  double together(const Row& due, const Row& all) const {
    if (slips_.bias == Slips::Bias::first) return due.front();
    if (slips_.bias == Slips::Bias::last || slips_.overwrites) return due.back();
    double sum = 0;
    for (const double delta : slips_.bias == Slips::Bias::everything ? all : due) sum += delta;
    return slips_.bias == Slips::Bias::mean ? sum / static_cast<double>(due.size()) : sum;
  }

  // dE/dout_j of the layer below: over all units k that it feeds, delta_k times w_kj.
  Rows into_layer_below(std::size_t l, const Rows& dnet, const Rows& dw) {
    const Rows& w = slips_.gradient_for_weight ? dw
                    : slips_.updated_weights   ? learned_.layers[l].weights
                                               : network_.layers[l].weights;
    const bool turned = slips_.untransposed && w.size() == w[0].size();
    const std::size_t begin = slips_.path == Path::last ? w.size() - 1 : 0;
    const std::size_t end = slips_.path == Path::first ? 1 : w.size();
    Rows dout;
    for (std::size_t s = 0; s < samples_.size(); ++s) {
      dout.emplace_back();
      for (std::size_t j = 0; j < w[0].size(); ++j) {
        double sum = 0;
        for (std::size_t k = begin; k < end; ++k) {
          const double part = dnet[s][k] * (turned ? w[j][k] : w[k][j]);
          sum = slips_.overwrites ? part : sum + part;
        }
        dout[s].push_back(below(l - 1, j, s, sum));
      }
    }
    return dout;
  }

  double below(std::size_t l, std::size_t j, std::size_t s, double d) {
    if (network_.layers[l].curve == Curve::linear) return d;
    return page_.grad(unit_name(network_, "out", l, j, s), d);
  }

  void learn(double& parameter, double d) const {
    parameter += (slips_.step_uphill ? 1 : -1) * network_.learning_rate * d;
  }

  void step() {
    for (std::size_t l = 0; l < learned_.layers.size(); ++l) {
      const Dense& layer = learned_.layers[l];
      for (std::size_t k = 0; k < layer.units(); ++k) {
        for (std::size_t j = 0; j < layer.weights[k].size(); ++j) {
          page_.stepped(weight_name(network_, l, k, j), layer.weights[k][j]);
        }
      }
      for (std::size_t k = 0; k < layer.biases.size() && network_.biases_learn; ++k) {
        page_.stepped(bias_name(network_, l, k), layer.biases[k]);
      }
    }
    Page after;
    forward(learned_, after, slips_);
    page_.stepped(network_.sign_of_loss(), after.find(network_.sign_of_loss()).value());
  }

  const Network& network_;
  const std::vector<Activity>& samples_;
  Page& page_;
  const Slips& slips_;
  Network learned_;  // the parameters after the step, as far as it has come
};

}  // namespace

void backward(const Network& network, const std::vector<Activity>& samples, Page& page, const Slips& slips) {
  Backward(network, samples, page, slips).run();
}

}  // namespace bp::test
