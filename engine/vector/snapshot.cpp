#include "engine/vector/snapshot.h"

#include <algorithm>

namespace bp::batch {

namespace {

/// All tensors that training changes.
template <class T>
std::vector<Named_tensor<T>> tensors_of(const Trainer<T>& trainer) {
  std::vector<Named_tensor<T>> all = trainer.network().state();
  for (Named_tensor<T>& tensor : trainer.optimizer().state()) all.push_back(std::move(tensor));
  return all;
}

}  // namespace

template <class T>
void Snapshot<T>::take(const Trainer<T>& trainer) {
  numbers_.clear();
  for (const Named_tensor<T>& tensor : tensors_of(trainer)) {
    numbers_.insert(numbers_.end(), tensor.data.begin(), tensor.data.end());
  }
  counts_.clear();
  for (const Named_count& counter : trainer.network().counters()) counts_.push_back(*counter.count);
  state_ = trainer.state();
  steps_ = trainer.optimizer().steps();
  learning_rate_ = trainer.optimizer().learning_rate();
}

template <class T>
void Snapshot<T>::put_back(Trainer<T>& trainer) const {
  auto from = numbers_.begin();
  for (const Named_tensor<T>& tensor : tensors_of(trainer)) {
    const auto end = from + static_cast<std::ptrdiff_t>(tensor.data.size());
    std::copy(from, end, tensor.data.begin());
    from = end;
  }
  auto count = counts_.begin();
  for (const Named_count& counter : trainer.network().counters()) *counter.count = *count++;
  trainer.optimizer().restore_steps(steps_);
  trainer.optimizer().set_learning_rate(learning_rate_);
  trainer.restore(state_);
}

template class Snapshot<float>;
template class Snapshot<double>;

}  // namespace bp::batch
