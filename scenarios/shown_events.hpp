#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <initializer_list>
#include <iterator>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/time.hpp"

namespace drydock::scenarios {

/// One event as a report shows it: names resolved, detail as a JSON object text.
struct ShownEvent {
  std::uint32_t seq = 0;
  std::uint32_t cause = 0;
  sim::Instant at{};
  std::string kind;
  std::string actor;
  std::string workspace;
  std::string instance;
  std::string detail;
  friend bool operator==(const ShownEvent&, const ShownEvent&) = default;
};

/// The events of an outcome, in order. They are held in few bytes each, and put together where they are looked at: an
/// event is returned by value, and constant: to change it would change nothing here. A copy shares what it holds.
class ShownEvents {
 public:
  class Iterator;

  ShownEvents() = default;
  ShownEvents(std::initializer_list<ShownEvent> events) : ShownEvents(std::span{events.begin(), events.size()}) {}
  explicit ShownEvents(std::span<const ShownEvent> events);

  [[nodiscard]] bool empty() const { return size() == 0; }
  [[nodiscard]] std::size_t size() const { return held_ == nullptr ? 0 : held_->events.size(); }
  // NOLINTBEGIN(readability-const-return-type): to change a member of what is returned would change nothing here.
  [[nodiscard]] const ShownEvent operator[](std::size_t place) const;
  [[nodiscard]] const ShownEvent front() const { return (*this)[0]; }
  [[nodiscard]] const ShownEvent back() const { return (*this)[size() - 1]; }
  // NOLINTEND(readability-const-return-type)
  [[nodiscard]] Iterator begin() const;
  [[nodiscard]] Iterator end() const;

  void push_back(const ShownEvent& event);

  friend bool operator==(const ShownEvents& a, const ShownEvents& b);

 private:
  enum Part : std::size_t { kind, actor, workspace, instance, detail, parts };
  struct Packed {
    sim::Instant at{};
    std::uint32_t cause = 0;
    std::array<std::uint32_t, parts> texts{};  // places in Held::texts
  };
  struct Held {
    std::deque<Packed> events;
    std::deque<std::string> texts;
    std::map<std::string_view, std::uint32_t> places;  // of those that are short
    std::vector<std::uint32_t> seqs;                   // empty: 1, 2, 3, …

    [[nodiscard]] std::uint32_t place_of(const std::string& text);
    [[nodiscard]] std::uint32_t seq(std::size_t place) const;
  };

  std::shared_ptr<Held> held_;  // null: there are none
};

class ShownEvents::Iterator {
 public:
  using iterator_category = std::random_access_iterator_tag;
  using value_type = ShownEvent;
  using difference_type = std::ptrdiff_t;
  using reference = ShownEvent;
  /// Keeps the event while a member of it is read.
  struct pointer {
    ShownEvent event;
    const ShownEvent* operator->() const { return &event; }
  };

  Iterator() = default;
  Iterator(const ShownEvents& events, difference_type place) : events_(&events), place_(place) {}

  reference operator*() const { return (*events_)[static_cast<std::size_t>(place_)]; }
  pointer operator->() const { return {**this}; }
  reference operator[](difference_type by) const { return *(*this + by); }
  Iterator& operator+=(difference_type by) {
    place_ += by;
    return *this;
  }
  Iterator& operator-=(difference_type by) { return *this += -by; }
  Iterator& operator++() { return *this += 1; }
  Iterator& operator--() { return *this -= 1; }
  Iterator operator++(int) { return std::exchange(*this, *this + 1); }
  Iterator operator--(int) { return std::exchange(*this, *this - 1); }
  friend Iterator operator+(Iterator at, difference_type by) { return at += by; }
  friend Iterator operator+(difference_type by, Iterator at) { return at += by; }
  friend Iterator operator-(Iterator at, difference_type by) { return at -= by; }
  friend difference_type operator-(const Iterator& a, const Iterator& b) { return a.place_ - b.place_; }
  friend bool operator==(const Iterator& a, const Iterator& b) { return a.place_ == b.place_; }
  friend auto operator<=>(const Iterator& a, const Iterator& b) { return a.place_ <=> b.place_; }

 private:
  const ShownEvents* events_ = nullptr;
  difference_type place_ = 0;
};

inline ShownEvents::Iterator ShownEvents::begin() const { return {*this, 0}; }
inline ShownEvents::Iterator ShownEvents::end() const { return {*this, static_cast<std::ptrdiff_t>(size())}; }

}  // namespace drydock::scenarios
