#include "lessons/backstep/train_options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/data/schedule.h"
#include "lessons/backstep/failure.h"
#include "lessons/backstep/loss_name.h"

namespace backstep {
namespace {

using bp::Initializer;
using bp::batch::Activation, bp::batch::Batch_norm, bp::batch::Curve, bp::batch::Dense;
using bp::batch::Dropout_rate, bp::batch::Layer_description, bp::batch::Softmax;

[[noreturn]] void refuse(const std::string& what) { throw Failure(bad_input, what); }

std::vector<std::string> activations() {
  std::vector<std::string> names;
  for (const Curve curve : bp::batch::all_curves()) names.emplace_back(bp::batch::name_of(curve));
  return names;
}

const std::vector<std::string> optimizers = {"sgd",     "momentum", "nesterov", "adagrad",
                                             "rmsprop", "adam",     "adamw"};

const std::vector<std::string> initializers = {"glorot", "he", "normal", "pytorch"};

// CLI11's own ranges say "not in range 0 to 17976931348623157081452742...", and it takes -1 for 2^64 - 1.
bool is_whole(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}
const CLI::Validator from_zero(
    [](const std::string& text) { return is_whole(text) ? "" : "expected a whole number, found " + text; },
    "");
const CLI::Validator from_one(
    [](const std::string& text) {
      const bool positive = is_whole(text) && text.find_first_not_of('0') != std::string::npos;
      return positive ? "" : "expected a whole number from 1, found " + text;
    },
    "");

std::string listed(const std::vector<std::string>& names) {
  return fmt::format("{}", fmt::join(names, ", "));
}

/// Among these, and the message says which there are.
CLI::IsMember one_of(std::vector<std::string> names) { return CLI::IsMember(std::move(names)); }

/// Entry i of a list in which one value means all.
template <class Value>
Value entry(const std::vector<Value>& values, std::size_t i) {
  return values.size() == 1 ? values.front() : values[i];
}

void check_count(const char* option, std::size_t found, std::size_t wanted, const char* of_what) {
  if (found == 1 || found == wanted) return;
  refuse(fmt::format("{}: {} values for {} {}; give one for each, or one for all", option, found, wanted,
                     of_what));
}

Layer_description activation_layer(const std::string& name) {
  if (name == "softmax") return Softmax{};
  return Activation{bp::batch::curve_named(name).value()};
}

Dense dense_layer(const Train_options& options, std::size_t i) {
  Dense dense{.outputs = options.layers[i + 1], .l2 = entry(options.l2, i)};
  if (options.init == "he") dense.weights = Initializer::he_normal();
  if (options.init == "normal") dense.weights = dense.biases = Initializer::normal(0.0, 1.0);
  if (options.init == "pytorch") {
    const double bound = 1.0 / std::sqrt(static_cast<double>(options.layers[i]));
    dense.weights = dense.biases = Initializer::uniform(-bound, bound);
  }
  return dense;
}

}  // namespace

// ---- The command line -----------------------------------------------------------------------------------

namespace {

void add_network_options(CLI::App& command, Train_options& o) {
  const auto list = [&](const char* name, auto& values, const char* help) {
    return command.add_option(name, values, help)->delimiter(',')->allow_extra_args(false)->group("Network");
  };
  list("--layers", o.layers, "Inputs, hidden layers, outputs")
      ->option_text("784,512,512,10")
      ->check(from_one);
  command.add_option("--activation", o.activation, "Of the hidden layers: " + listed(activations()))
      ->check(one_of(activations()))
      ->option_text("relu")
      ->group("Network");
  std::vector<std::string> last = activations();
  last.push_back("softmax");
  command
      .add_option("--output-activation", o.output_activation, "Of the last layer: one of these, or softmax")
      ->check(one_of(last))
      ->option_text("identity")
      ->group("Network");
  list("--dropout", o.dropout, "Share dropped after each hidden layer: one for all, or a list")
      ->option_text("0");
  list("--batch-norm", o.batch_norm, "Whether each hidden layer is normalised, 0 or 1; or a list")
      ->option_text("0")
      ->check(one_of({"0", "1"}));
  list("--l2", o.l2, "Penalty lambda * sum w^2 of each dense layer's weights; or a list")->option_text("0");
  command.add_option("--init", o.init, "How weights begin: " + listed(initializers))
      ->check(one_of(initializers))
      ->option_text("glorot")
      ->group("Network");
  command.add_option("--loss", o.loss, "What is made small: " + listed(loss_names()))
      ->check(one_of(loss_names()))
      ->option_text("cross-entropy")
      ->group("Network");
}

void add_training_options(CLI::App& command, Train_options& o) {
  const auto add = [&](const char* name, auto& value, const char* as_given, const std::string& help) {
    return command.add_option(name, value, help)->option_text(as_given)->group("Training");
  };
  add("--data", o.data, "DIR",
      "Folder of four IDX files, plain or .gz; else $BACKSTEP_DATA, MNIST, or Fashion-MNIST");
  add("--epochs", o.epochs, "5", "Passes over the training images")->check(from_one);
  add("--batch", o.batch, "32", "Images a step")->check(from_one);
  add("--optimizer", o.optimizer, "adam", "Rule of a step: " + listed(optimizers))->check(one_of(optimizers));
  add("--learning-rate", o.learning_rate, "0.001", "Length of a step");
  add("--decay", o.decay, "1", "What the learning rate is multiplied by after each epoch");
  add("--seed", o.seed, "1", "Of weights, order, dropout and validation set")->check(from_zero);
  add("--threads", o.threads, "N", "How many compute; else as many as there are cores")->check(from_one);
  add("--precision", o.precision, "float", "Of numbers: float or double")->check(one_of({"float", "double"}));
  add("--validation", o.validation, "0.1", "Share of the training images held out to validate with");
}

void add_file_options(CLI::App& command, Train_options& o) {
  const auto add = [&](const char* name, auto& value, const char* as_given, const char* help) {
    return command.add_option(name, value, help)->option_text(as_given)->group("Files and output");
  };
  add("--save", o.save, "MODEL.safetensors", "Write the trained model");
  add("--load", o.load, "MODEL.safetensors", "Begin with this model's layers and weights");
  add("--checkpoint", o.checkpoint, "FILE", "Write the state of the run, to go on from");
  add("--checkpoint-every", o.checkpoint_every, "STEPS", "So often; else after each epoch")->check(from_one);
  add("--resume", o.resume, "FILE", "Go on from this checkpoint, with its options");
  command
      .add_flag("--doctor", o.doctor, "Say what goes wrong while it does, by which signs, and what to try")
      ->group("Files and output");
  command.add_flag("--json", o.json, "A line of JSON for each epoch, and a last one")
      ->group("Files and output");
}

}  // namespace

void add_options(CLI::App& command, Train_options& options) {
  add_network_options(command, options);
  add_training_options(command, options);
  add_file_options(command, options);
}

bool is_given(const CLI::App& command, const char* option) { return command.get_option(option)->count() > 0; }

bool layers_given(const CLI::App& command) {
  const std::vector<const CLI::Option*> options =
      command.get_options([](const CLI::Option* option) { return option->get_group() == "Network"; });
  return std::any_of(options.begin(), options.end(), [](const CLI::Option* option) {
    return option->get_name() != "--loss" && option->count() > 0;
  });
}

// ---- Checkpoints ----------------------------------------------------------------------------------------

std::string text_of(const Train_options& o) {
  std::string text = fmt::format(
      "--layers={}\n--activation={}\n--output-activation={}\n--dropout={}\n--batch-norm={}\n--l2={}\n"
      "--init={}\n--loss={}\n--epochs={}\n--batch={}\n--optimizer={}\n--learning-rate={}\n--decay={}\n"
      "--seed={}\n--precision={}\n--validation={}\n--data={}\n",
      fmt::join(o.layers, ","), o.activation, o.output_activation, fmt::join(o.dropout, ","),
      fmt::join(o.batch_norm, ","), fmt::join(o.l2, ","), o.init, o.loss, o.epochs, o.batch, o.optimizer,
      o.learning_rate, o.decay, o.seed, o.precision, o.validation, o.data);
  if (o.threads != 0) text += fmt::format("--threads={}\n", o.threads);
  if (o.checkpoint_every != 0) text += fmt::format("--checkpoint-every={}\n", o.checkpoint_every);
  if (!o.save.empty()) text += fmt::format("--save={}\n", o.save);
  if (o.json) text += "--json\n";
  if (o.doctor) text += "--doctor\n";
  return text;
}

Train_options resumed(const CLI::App& command, const Train_options& given, const std::string& text,
                      const std::string& source) {
  for (const CLI::Option* option : command.get_options()) {
    const std::string name = option->get_name();
    const bool may_differ = name == "--threads" || name == "--epochs" || name == "--save" ||
                            name == "--checkpoint" || name == "--json" || name == "--doctor" ||
                            name == "--resume";
    if (option->count() > 0 && !may_differ) {
      refuse(name + " cannot be given with --resume: the checkpoint has it");
    }
  }
  Train_options options;
  CLI::App reader;
  add_options(reader, options);
  std::vector<std::string> lines = CLI::detail::split(text, '\n');
  std::reverse(lines.begin(), lines.end());  // as CLI11 wants them
  std::erase(lines, "");
  try {
    reader.parse(lines);
  } catch (const CLI::ParseError& error) {
    refuse(fmt::format("{}: its options cannot be read: {}", source, error.what()));
  }
  if (is_given(command, "--threads")) options.threads = given.threads;
  if (is_given(command, "--epochs")) options.epochs = given.epochs;
  if (is_given(command, "--save")) options.save = given.save;
  if (is_given(command, "--json")) options.json = given.json;
  if (is_given(command, "--doctor")) options.doctor = given.doctor;
  options.checkpoint = is_given(command, "--checkpoint") ? given.checkpoint : source;
  options.resume = source;
  return options;
}

// ---- What they mean -------------------------------------------------------------------------------------

bp::Architecture architecture_of(const Train_options& options) {
  if (options.layers.size() < 2) refuse("--layers: give inputs and outputs, such as 784,128,10");
  const std::size_t dense_count = options.layers.size() - 1, hidden_count = dense_count - 1;
  check_count("--dropout", options.dropout.size(), hidden_count, "hidden layers");
  check_count("--batch-norm", options.batch_norm.size(), hidden_count, "hidden layers");
  check_count("--l2", options.l2.size(), dense_count, "dense layers");

  bp::Architecture architecture{options.layers.front(), {}};
  for (std::size_t i = 0; i < dense_count; ++i) {
    architecture.layers.push_back(dense_layer(options, i));
    const bool last = i == hidden_count;
    if (!last && entry(options.batch_norm, i) == 1) architecture.layers.push_back(Batch_norm{});
    const std::string& activation = last ? options.output_activation : options.activation;
    if (activation != "identity") architecture.layers.push_back(activation_layer(activation));
    const double rate = last ? 0.0 : entry(options.dropout, i);
    if (rate != 0.0) architecture.layers.push_back(Dropout_rate{rate});
  }
  return architecture;
}

std::function<double(std::size_t)> schedule_of(const Train_options& options) {
  const double rate = options.learning_rate, decay = options.decay;
  if (!(decay > 0.0 && decay <= 1.0)) {
    refuse(fmt::format("--decay: expected a number above 0 and at most 1, found {}", decay));
  }
  if (decay == 1.0) return {};
  return [=](std::size_t epoch) { return bp::exponential_decay(rate, epoch, decay); };
}

template <class T>
std::unique_ptr<bp::batch::Optimizer<T>> optimizer_of(const Train_options& options,
                                                      bp::batch::Network<T>& net) {
  namespace batch = bp::batch;
  constexpr double epsilon = 1e-7;
  const double rate = options.learning_rate;
  if (options.optimizer == "sgd") return std::make_unique<batch::Sgd<T>>(net, rate);
  if (options.optimizer == "momentum") return std::make_unique<batch::Momentum<T>>(net, rate);
  if (options.optimizer == "nesterov") return std::make_unique<batch::Nesterov<T>>(net, rate);
  if (options.optimizer == "adagrad") {
    return std::make_unique<batch::Adagrad<T>>(net, bp::Adagrad_options{rate, epsilon});
  }
  if (options.optimizer == "rmsprop") {
    return std::make_unique<batch::Rmsprop<T>>(
        net, bp::Rmsprop_options{.learning_rate = rate, .epsilon = epsilon});
  }
  if (options.optimizer == "adamw") {
    return std::make_unique<batch::Adamw<T>>(net,
                                             bp::Adamw_options{.learning_rate = rate, .epsilon = epsilon});
  }
  return std::make_unique<batch::Adam<T>>(net, bp::Adam_options{.learning_rate = rate, .epsilon = epsilon});
}

template std::unique_ptr<bp::batch::Optimizer<float>> optimizer_of(const Train_options&,
                                                                   bp::batch::Network<float>&);
template std::unique_ptr<bp::batch::Optimizer<double>> optimizer_of(const Train_options&,
                                                                    bp::batch::Network<double>&);

}  // namespace backstep
