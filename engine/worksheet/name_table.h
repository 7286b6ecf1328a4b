// Where each name stands in a list: a hash table of 8 bytes a slot, which a million names do not slow down.
//
// A std::unordered_map of a million names takes a quarter of the time of reading their worksheet to free, and
// 80 MB; the names stand in the list already.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

namespace bp::worksheet {

class Name_table {
 public:
  /// The place of the name, if it was added; name_of(place) is the name at a place of the list.
  template <class Name_of>
  std::optional<std::size_t> find(std::string_view name, Name_of name_of) const {
    if (slots_.empty()) return std::nullopt;
    const std::uint64_t hash = std::hash<std::string_view>()(name);
    for (std::size_t i = hash & (slots_.size() - 1); slots_[i].place != free;
         i = (i + 1) & (slots_.size() - 1)) {
      if (slots_[i].mark == mark_of(hash) && name_of(slots_[i].place) == name) return slots_[i].place;
    }
    return std::nullopt;
  }

  /// Adds a name that is not there yet. Its place is less than 2^32 - 1.
  template <class Name_of>
  void add(std::string_view name, std::size_t place, Name_of name_of) {
    if (2 * (count_ + 1) > slots_.size()) grow(name_of);
    put(name, static_cast<std::uint32_t>(place));
    ++count_;
  }

 private:
  static constexpr std::uint32_t free = ~std::uint32_t{0};
  struct Slot {
    std::uint32_t mark = 0, place = free;
  };

  // The bits of a hash that do not choose the slot tell most of the names apart that share one.
  static std::uint32_t mark_of(std::uint64_t hash) { return static_cast<std::uint32_t>(hash >> 32); }

  void put(std::string_view name, std::uint32_t place) {
    const std::uint64_t hash = std::hash<std::string_view>()(name);
    std::size_t i = hash & (slots_.size() - 1);
    while (slots_[i].place != free) i = (i + 1) & (slots_.size() - 1);
    slots_[i] = {mark_of(hash), place};
  }

  template <class Name_of>
  void grow(Name_of name_of) {
    std::vector<Slot> old(slots_.empty() ? 16 : 2 * slots_.size());
    old.swap(slots_);
    for (const Slot slot : old) {
      if (slot.place != free) put(name_of(slot.place), slot.place);
    }
  }

  std::vector<Slot> slots_;  // a power of two, at most half of them taken
  std::size_t count_ = 0;
};

}  // namespace bp::worksheet
