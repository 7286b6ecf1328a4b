// What optimizers can be told. Both engines use these, so that their defaults, which are those of PyTorch's
// documentation (torch.optim, version 2), are the same.
#pragma once

namespace bp {

struct Adagrad_options {
  double learning_rate = 0.01;
  double epsilon = 1e-10;
};

struct Rmsprop_options {
  double learning_rate = 0.01;
  double alpha = 0.99;
  double epsilon = 1e-8;
};

struct Adam_options {
  double learning_rate = 0.001;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
};

struct Adamw_options {
  double learning_rate = 0.001;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0.01;
};

}  // namespace bp
