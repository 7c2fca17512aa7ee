#include "model/policy.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace drydock::model {
namespace {

constexpr std::uint32_t kMostCount = 1000;

/// The words of an enum, in the order of its values. A new enum knob needs one of these and its
/// type in `Access`.
template <typename Enum>
struct Words;

template <>
struct Words<bool> {
  static constexpr std::array<std::string_view, 2> all{"off", "on"};
};
template <>
struct Words<Concurrency> {
  static constexpr std::array<std::string_view, 2> all{"drop_mutex", "coalesce"};
};
template <>
struct Words<DebounceMode> {
  static constexpr std::array<std::string_view, 3> all{"drop", "trailing", "mutation_bypass"};
};
template <>
struct Words<PendingHandling> {
  static constexpr std::array<std::string_view, 3> all{"raw", "isrunning_pending_alive", "tri_state"};
};
template <>
struct Words<StopFailure> {
  static constexpr std::array<std::string_view, 3> all{"proceed", "abort_and_restore", "fence"};
};
template <>
struct Words<Storage> {
  static constexpr std::array<std::string_view, 3> all{"persistent_volume_reattach", "snapshot_before_stop",
                                                       "stateless"};
};
template <>
struct Words<OnBackupFailure> {
  static constexpr std::array<std::string_view, 3> all{"terminate_anyway", "fail_closed", "fail_closed_with_optin"};
};
template <>
struct Words<Cascade> {
  static constexpr std::array<std::string_view, 3> all{"implicit", "deprecated_implicit", "opt_in"};
};
template <>
struct Words<CascadeFalse> {
  static constexpr std::array<std::string_view, 2> all{"refuse", "single"};
};
template <>
struct Words<DeleteOrder> {
  static constexpr std::array<std::string_view, 3> all{"tenant_first", "cp_first", "durable_outbox"};
};
template <>
struct Words<DeleteStop> {
  static constexpr std::array<std::string_view, 4> all{"none", "single", "retry", "retry_with_event"};
};
template <>
struct Words<Reconciler> {
  static constexpr std::array<std::string_view, 3> all{"off", "v1", "v2"};
};
template <>
struct Words<PersistFailure> {
  static constexpr std::array<std::string_view, 2> all{"ignore", "fail"};
};
template <>
struct Words<Settle> {
  static constexpr std::array<std::string_view, 3> all{"off", "v1", "v2"};
};
template <>
struct Words<IdempotencyKey> {
  static constexpr std::array<std::string_view, 3> all{"none", "per_attempt", "per_start"};
};

template <>
struct Words<EnsureImage> {
  static constexpr std::array<std::string_view, 3> all{"off", "without_provider", "on"};
};
template <>
struct Words<QueueSettling> {
  static constexpr std::array<std::string_view, 3> all{"counts", "unbounded", "ceiling"};
};
template <>
struct Words<Sdk> {
  static constexpr std::array<std::string_view, 13> all{"none",
                                                        "go-v1",
                                                        "go-v2",
                                                        "botocore-legacy",
                                                        "botocore-standard",
                                                        "botocore-adaptive",
                                                        "js-v2",
                                                        "js-v3",
                                                        "boto2",
                                                        "ruby-v1",
                                                        "fog",
                                                        "libcloud",
                                                        "ansible"};
};

/// Spellings that are read and never written: `layers` is `raw` with the three layers switched on
/// by their own knobs.
std::string_view canonical_word(std::string_view knob, std::string_view word) {
  return knob == "probe.pending_handling" && word == "layers" ? "raw" : word;
}

template <typename T>
constexpr bool kHasWords =
    !std::is_same_v<T, std::uint32_t> && !std::is_same_v<T, Duration> && !std::is_same_v<T, RetryAfter>;

constexpr std::string_view kComputed = "computed";

template <typename T>
std::string set_value(T& field, const Knob& knob, std::string_view text) {
  const auto& words = Words<T>::all;
  const auto found = std::find(words.begin(), words.end(), canonical_word(knob.name, text));
  if (found != words.end()) {
    field = static_cast<T>(found - words.begin());
    return {};
  }
  std::string expected;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) expected += i + 1 == words.size() ? " or " : ", ";
    expected += words[i];
  }
  return "expected " + expected;
}

std::string set_value(std::uint32_t& field, const Knob& knob, std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < knob.least || value > kMostCount) {
    return "expected a whole number from " + std::to_string(knob.least) + " to " + std::to_string(kMostCount);
  }
  field = value;
  return {};
}

std::string set_value(Duration& field, const Knob& knob, std::string_view text) {
  const auto value = sim::parse_duration(text);
  if (!value) return "expected a duration such as 30s, 2m30s or 250ms, at most 10 years";
  if (value->count() < knob.least) {
    return "expected at least " + sim::format_duration(Duration{knob.least});
  }
  field = *value;
  return {};
}

std::string set_value(RetryAfter& field, const Knob& knob, std::string_view text) {
  if (text == kComputed) {
    field.constant = std::nullopt;
    return {};
  }
  Duration constant{};
  std::string wrong = set_value(constant, knob, text);
  if (!wrong.empty()) return wrong + ", or computed";
  field.constant = constant;
  return {};
}

template <typename T>
std::string value_text(const T& field) {
  return std::string{Words<T>::all[static_cast<std::size_t>(field)]};
}
std::string value_text(const std::uint32_t& field) { return std::to_string(field); }
std::string value_text(const Duration& field) { return sim::format_duration(field); }
std::string value_text(const RetryAfter& field) {
  return field.constant ? value_text(*field.constant) : std::string{kComputed};
}

}  // namespace

std::string_view Knob::type() const {
  return std::visit(
      [](auto member) -> std::string_view {
        using Field = std::remove_cvref_t<decltype(std::declval<Policy>().*member)>;
        if constexpr (std::is_same_v<Field, bool>) return "on|off";
        if constexpr (std::is_same_v<Field, std::uint32_t>) return "count";
        if constexpr (std::is_same_v<Field, Duration>) return "duration";
        if constexpr (std::is_same_v<Field, RetryAfter>) return "duration|computed";
        return "enum";
      },
      access);
}

std::span<const std::string_view> Knob::values() const {
  return std::visit(
      [](auto member) -> std::span<const std::string_view> {
        using Field = std::remove_cvref_t<decltype(std::declval<Policy>().*member)>;
        if constexpr (kHasWords<Field>) {
          return Words<Field>::all;
        } else {
          return {};
        }
      },
      access);
}

const Knob* find_knob(std::string_view name) {
  const std::span<const Knob> all = knobs();
  const auto found = std::find_if(all.begin(), all.end(), [&](const Knob& knob) { return knob.name == name; });
  return found == all.end() ? nullptr : &*found;
}

std::string set_knob(Policy& policy, const Knob& knob, std::string_view text) {
  return std::visit([&](auto member) { return set_value(policy.*member, knob, text); }, knob.access);
}

std::string knob_text(const Policy& policy, const Knob& knob) {
  return std::visit([&](auto member) { return value_text(policy.*member); }, knob.access);
}

}  // namespace drydock::model
