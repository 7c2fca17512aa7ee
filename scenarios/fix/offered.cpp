#include "scenarios/fix/offered.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

#include "scenarios/files/decode_cloud.hpp"
#include "scenarios/files/presets.hpp"
#include "sim/check.hpp"
#include "sim/is_one_of.hpp"
#include "sim/time.hpp"

namespace drydock::scenarios {
namespace {

using model::Duration;
using Scale = Axis::Scale;

constexpr std::int64_t kOneSecond = 1'000'000;
constexpr std::int64_t kOneOfCount = 1'000'000;
constexpr auto kWorldKnobs = std::to_array<std::string_view>({"time.db_statement", "time.a2a_call"});

std::string text_on(Scale scale, std::int64_t position) {
  Axis axis;
  axis.scale = scale;
  return axis.text_at(position);
}

Scale scale_of(const model::Knob& knob) {
  if (knob.type() == "duration") return Scale::durations;
  return knob.type() == "count" ? Scale::numbers : Scale::words;
}

/// Gives how many thousandths one position is of the other, the larger of the smaller: what a change of a constant is
/// measured by.
std::int64_t distance(std::int64_t a, std::int64_t b) {
  constexpr std::int64_t kThousand = 1000;
  return (std::max(a, b) + 1) * kThousand / (std::min(a, b) + 1);
}

/// Gives the positions around a constant at which it is tried; where it is 0, which is off, some that are on.
/// Of a duration none is above `most`.
std::vector<std::int64_t> positions_around(Scale scale, std::int64_t base, std::int64_t least,
                                           std::int64_t most = std::numeric_limits<std::int64_t>::max()) {
  const std::int64_t unit = scale == Scale::durations ? kOneSecond : kOneOfCount;
  std::vector<std::int64_t> positions{unit, 10 * unit, 60 * unit, 600 * unit};
  if (base != 0) positions = {base / 10, 10 * base};
  std::erase_if(positions, [&](std::int64_t position) { return position > most; });
  if (base == 0) return positions;
  // The least time between two turns of a loop is no value that anybody wants.
  if (scale == Scale::numbers || least == 0) positions.push_back(least);
  if (scale == Scale::numbers)
    for (std::int64_t& position : positions) position -= position % kOneOfCount;
  std::erase_if(positions, [&](std::int64_t position) { return position < least; });
  return positions;
}

/// Orders the values of one constant: the nearest first.
void sort_by_distance(std::vector<std::int64_t>& positions, std::int64_t base) {
  std::sort(positions.begin(), positions.end());
  positions.erase(std::unique(positions.begin(), positions.end()), positions.end());
  std::stable_sort(positions.begin(), positions.end(),
                   [&](std::int64_t a, std::int64_t b) { return distance(a, base) < distance(b, base); });
}

std::vector<model::Policy> presets() {
  std::vector<model::Policy> policies;
  for (const std::string& name : preset_names()) {
    if (auto loaded = load_policy(name); loaded.value) policies.push_back(*std::move(loaded.value));
  }
  return policies;
}

bool takes(model::Policy policy, const model::Knob& knob, const std::string& text) {
  return model::set_knob(policy, knob, text).empty();
}

std::optional<OfferedChange> knob_change(const model::Policy& policy, const model::Knob& knob, const std::string& to) {
  OfferedChange change{.key = std::string{knob.name}, .from = model::knob_text(policy, knob), .to = to};
  if (change.from == to || !takes(policy, knob, to)) return std::nullopt;
  change.scale = scale_of(knob);
  if (change.scale != Scale::words) {
    change.base = parse_position(change.scale, change.from).value_or(0);
    change.position = parse_position(change.scale, to).value_or(0);
  }
  return change;
}

std::vector<std::string> words_of(const model::Knob& knob, const std::vector<model::Policy>& known) {
  std::vector<std::string> words;
  for (const std::string_view word : knob.values()) words.emplace_back(word);
  if (!words.empty()) return words;
  words.emplace_back("computed");  // of `duration|computed`
  for (const model::Policy& policy : known) words.push_back(model::knob_text(policy, knob));
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  return words;
}

std::vector<std::string> constants_of(const model::Policy& policy, const model::Knob& knob,
                                      const std::vector<model::Policy>& known, Duration longest) {
  const Scale scale = scale_of(knob);
  const std::int64_t base = parse_position(scale, model::knob_text(policy, knob)).value_or(0);
  const std::int64_t least = scale == Scale::numbers ? knob.least * kOneOfCount : knob.least;
  std::vector<std::int64_t> positions = positions_around(
      scale, base, least, scale == Scale::durations ? longest.count() : std::numeric_limits<std::int64_t>::max());
  for (const model::Policy& other : known)
    if (const auto position = parse_position(scale, model::knob_text(other, knob))) positions.push_back(*position);
  sort_by_distance(positions, base);
  std::vector<std::string> texts;
  texts.reserve(positions.size());
  for (const std::int64_t position : positions) texts.push_back(text_on(scale, position));
  return texts;
}

void offer_knob(const model::Policy& policy, const model::Knob& knob, const std::vector<model::Policy>& known,
                Duration longest, std::vector<OfferedChange>& offered) {
  const bool has_words = scale_of(knob) == Scale::words;
  for (const std::string& to : has_words ? words_of(knob, known) : constants_of(policy, knob, known, longest))
    if (auto change = knob_change(policy, knob, to)) offered.push_back(*std::move(change));
}

// ---- the world ----

void offer_point(const CloudSetting& field, std::int64_t base, std::vector<std::int64_t> positions, Scale scale,
                 std::vector<OfferedChange>& offered) {
  sort_by_distance(positions, base);
  for (const std::int64_t position : positions) {
    OfferedChange change{.key = field.name, .from = field.usual, .to = text_on(scale, position), .scale = scale};
    change.base = base;
    change.position = position;
    if (change.to != change.from) offered.push_back(std::move(change));
  }
}

void offer_range(const CloudSetting& field, std::vector<OfferedChange>& offered) {
  const auto range = sim::parse_duration_range(field.usual);
  if (!range) return;
  const std::int64_t base = range->typical().count();
  if (range->hi.count() == 0)
    return offer_point(field, 0, positions_around(Scale::durations, 0, 0), Scale::durations, offered);
  offer_point(field, base,
              {0, range->lo.count() / 2, range->lo.count(), base, range->hi.count(), 2 * range->hi.count()},
              Scale::durations, offered);
}

void offer_field(const CloudSetting& field, std::vector<OfferedChange>& offered) {
  for (const std::string& word : field.words)
    if (word != field.usual) offered.push_back({.key = field.name, .from = field.usual, .to = word});
  if (!field.words.empty()) return;
  if (field.type == "range" || field.type == "ranges") return offer_range(field, offered);
  const Scale scale = field.type == "duration" ? Scale::durations : Scale::numbers;
  const std::int64_t base = parse_position(scale, field.usual).value_or(0);
  const std::int64_t least = scale == Scale::numbers ? kOneOfCount : 0;
  offer_point(field, base, positions_around(scale, base, least), scale, offered);
}

}  // namespace

std::vector<OfferedChange> offered_knobs(const model::Policy& policy, Duration longest) {
  const std::vector<model::Policy> known = presets();
  std::vector<OfferedChange> offered;
  for (const model::Knob& knob : model::knobs())
    if (!sim::is_one_of(knob.name, kWorldKnobs)) offer_knob(policy, knob, known, longest, offered);
  return offered;
}

std::vector<OfferedChange> offered_world(const model::Policy& policy, const cloud::Profile& profile) {
  std::vector<OfferedChange> offered;
  for (const CloudSetting& field : cloud_settings(profile)) offer_field(field, offered);
  for (const std::string_view name : kWorldKnobs)
    offer_knob(policy, *model::find_knob(name), {}, sim::kLongestDuration, offered);
  return offered;
}

std::vector<OfferedChange> differences_between(const model::Policy& from, const model::Policy& to) {
  std::vector<OfferedChange> differences;
  for (const model::Knob& knob : model::knobs())
    if (auto change = knob_change(from, knob, model::knob_text(to, knob))) differences.push_back(*std::move(change));
  return differences;
}

OfferedChange moved_to(OfferedChange change, std::int64_t position) {
  change.position = position;
  change.to = text_on(change.scale, position);
  return change;
}

CaseSpec changed(const CaseSpec& played, std::span<const OfferedChange> changes) {
  CaseSpec made = played;
  for (const OfferedChange& change : changes) {
    const auto wrong = apply_setting(made.policy, made.cloud, change.key, change.to);
    DRYDOCK_CHECK(!wrong, "{}={} was offered and is refused", change.key, change.to);
    made.set.emplace_back(change.key, change.to);
  }
  return made;
}

}  // namespace drydock::scenarios
