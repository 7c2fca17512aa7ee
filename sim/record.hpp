#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <initializer_list>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "sim/hash.hpp"
#include "sim/memory.hpp"
#include "sim/scheduler.hpp"
#include "sim/time.hpp"

namespace drydock::sim {

/// The kind of an event, as an index into the table of kinds that the record was made with. The kinds of the simulated
/// world come first; upper floors number theirs from `first_free`.
enum class Kind : std::uint16_t {
  ec2_call,
  ec2_error,
  ec2_state,
  snapshot_state,
  fault_injected,
  process_crash,
  process_start,
  calm_begin,
  violation,
  first_free,
};

struct KindInfo {
  std::string_view name;
  std::string_view meaning;
};

/// Names and meanings of the kinds below `first_free`, in their order.
[[nodiscard]] std::span<const KindInfo> world_kinds();

/// An interned name (a workspace's alias, an instance id, an actor); `none` is the empty one.
enum class Name : std::uint32_t { none = 0 };

/// Text that is already JSON and is written as it is (an answer's body).
struct JsonText {
  std::string_view text;
};

/// One entry of an event's detail; `key` is a literal. The value is copied only where the record is kept.
struct Field {
  using Value = std::variant<std::int64_t, bool, std::string_view, JsonText>;
  std::string_view key;
  Value value;

  Field(std::string_view k, std::int64_t v) : key(k), value(v) {}
  Field(std::string_view k, int v) : key(k), value(std::int64_t{v}) {}
  Field(std::string_view k, std::uint32_t v) : key(k), value(std::int64_t{v}) {}
  Field(std::string_view k, std::uint64_t v) : key(k), value(static_cast<std::int64_t>(v)) {}
  Field(std::string_view k, bool v) : key(k), value(v) {}
  Field(std::string_view k, std::string_view v) : key(k), value(v) {}
  Field(std::string_view k, const std::string& v) : key(k), value(std::string_view{v}) {}
  Field(std::string_view k, const char* v) : key(k), value(std::string_view{v}) {}
  Field(std::string_view k, JsonText v) : key(k), value(v) {}
};

struct KeptJson {
  std::string text;
  friend bool operator==(const KeptJson&, const KeptJson&) = default;
};

/// A field as a kept record holds it.
struct KeptField {
  using Value = std::variant<std::int64_t, bool, std::string, KeptJson>;
  std::string_view key;
  Value value;
  friend bool operator==(const KeptField&, const KeptField&) = default;
};

/// The head of an event; always kept. Details are kept on demand.
struct Event {
  std::uint32_t seq = 0;  // from 1
  std::uint32_t cause = 0;
  Instant at{};
  Kind kind{};
  Name actor{};
  Name workspace{};
  Name instance{};
  std::uint32_t details = 0;  // where KeptDetails has them; 0: nothing is kept
};

/// Holds the details of events, packed.
class KeptDetails {
 public:
  /// Keeps the fields and returns their place, which is not 0.
  std::uint32_t add(std::initializer_list<Field> fields);
  [[nodiscard]] std::vector<KeptField> at(std::uint32_t place) const;

 private:
  [[nodiscard]] std::size_t key(std::string_view name);

  std::vector<std::string> chunks_;
  std::map<std::string_view, std::size_t> key_places_;
  std::vector<std::string_view> keys_;
  std::string scratch_;
};

/// Names the workspace and the instance that an event or a call is about; either may be `none`.
struct Subject {
  Name workspace = Name::none;
  Name instance = Name::none;
};

/// The record of a run: every event, in order and with its cause, and a rolling 64-bit hash over all of it. The details
/// of events are kept only on demand; whether they are kept changes nothing else.
class Record {
 public:
  Record(Scheduler& scheduler, std::span<const KindInfo> kinds, bool keep_details, std::size_t limit);

  [[nodiscard]] Name name(std::string_view text);
  [[nodiscard]] const std::string& text(Name name) const { return *names_[static_cast<std::size_t>(name)].text; }

  /// Appends an event that follows from the running task's cause. Returns its sequence number.
  std::uint32_t emit(Kind kind, Name actor, Subject subject, std::initializer_list<Field> detail = {});
  /// Appends an event whose cause is given. Returns its sequence number.
  std::uint32_t emit_from(std::uint32_t cause, Kind kind, Name actor, Subject subject,
                          std::initializer_list<Field> detail = {});

  using Listener = std::function<void(const Event&, std::initializer_list<Field>)>;
  /// Tells `listener` of every event from here on, with its detail (which the record may not keep). There is one
  /// listener, the fault plan, since its faults may wait for events. The listener must not emit events.
  void on_event(Listener listener) { listener_ = std::move(listener); }

  [[nodiscard]] std::uint32_t current_cause() const;
  /// Makes `event` the cause of everything that the running task does from here on. A detached task begins with this;
  /// for a part of a task's work use CauseScope.
  void follow(std::uint32_t event);

  using Events = std::deque<Event, ReusingAllocator<Event>>;
  [[nodiscard]] const Events& events() const { return events_; }
  [[nodiscard]] const Event& event(std::uint32_t seq) const { return events_[seq - 1]; }
  /// Returns the event's detail; empty where the record keeps none.
  [[nodiscard]] std::vector<KeptField> details(const Event& event) const;
  [[nodiscard]] std::span<const KindInfo> kinds() const { return kinds_; }
  [[nodiscard]] std::string_view kind_name(Kind kind) const { return kinds_[static_cast<std::size_t>(kind)].name; }
  [[nodiscard]] std::uint64_t count(Kind kind) const { return counts_[static_cast<std::size_t>(kind)]; }
  [[nodiscard]] bool keeps_details() const { return keep_details_; }
  [[nodiscard]] std::uint64_t hash() const { return hash_.value(); }
  [[nodiscard]] Scheduler& scheduler() const { return scheduler_; }

 private:
  friend class CauseScope;
  struct Interned {
    const std::string* text{};
    std::uint64_t hash{};
  };

  void add_to_hash(const Event& event, std::initializer_list<Field> detail);
  void keep(Event& event, std::initializer_list<Field> detail);

  Scheduler& scheduler_;
  std::span<const KindInfo> kinds_;
  bool keep_details_;
  std::size_t limit_;
  std::map<std::string, Name, std::less<>> by_name_;
  std::vector<Interned> names_;
  std::vector<std::uint64_t> kind_hashes_;
  std::vector<std::uint64_t> counts_;
  Events events_;
  KeptDetails details_;
  RollingHash hash_;
  Listener listener_;
};

/// While a CauseScope lives, `event` is the cause of what the running task does; afterwards the cause is again what it
/// was before.
class CauseScope {
 public:
  CauseScope(Record& record, std::uint32_t event);
  CauseScope(const CauseScope&) = delete;
  CauseScope& operator=(const CauseScope&) = delete;
  ~CauseScope() {
    if (root_ != nullptr) root_->cause = saved_;
  }

 private:
  Root* root_;
  std::uint32_t saved_ = 0;
};

/// Writes the value of a field as JSON text.
[[nodiscard]] std::string to_json(const KeptField::Value& value);
/// Writes the fields as a JSON object, `{"key":value,…}`, in their order.
[[nodiscard]] std::string to_json(std::span<const KeptField> fields);
/// Writes a JSON string literal, quotes included. An invalid byte of UTF-8 becomes U+FFFD.
[[nodiscard]] std::string json_quote(std::string_view text);

}  // namespace drydock::sim
