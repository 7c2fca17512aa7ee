#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/choices.hpp"
#include "sim/hash.hpp"
#include "sim/search/reading.hpp"

namespace drydock::sim::search {

/// A run of a toy world: asks, says what happened, and what broke.
class ToyRun {
 public:
  explicit ToyRun(const Tape& tape, Fill* fill) : choices_(tape, fill) {}

  void at(Duration since_zero) { choices_.set_now(kTimeZero + since_zero); }

  /// A question of one kind: 0, or a value below `bound`. Families, where the kind has them, are 0, 1, …
  std::uint32_t ask(std::string_view actor, std::string_view point, std::uint32_t bound,
                    Meaning::Kind kind = Meaning::Kind::plain, Probability odds = {50'000}) {
    const Site site = choices_.site(actor, point);
    if (kind != Meaning::Kind::fault && kind != Meaning::Kind::request)
      return choices_.choose(site, bound, {.kind = kind, .amount = 0, .what = {}});
    std::vector<std::uint32_t> families;
    for (std::uint32_t i = 0; i + 1 < bound; ++i) families.push_back(i);
    return offer(actor, point, kind, families, odds);
  }
  std::uint32_t offer(std::string_view actor, std::string_view point, Meaning::Kind kind,
                      const std::vector<std::uint32_t>& families, Probability odds = {50'000}) {
    const Site site = choices_.site(actor, point);
    const std::uint32_t value = choices_.offer(site, {.kind = kind, .odds = odds, .families = families});
    if (value != 0) added_[choices_.asked().size() - 1] = families[value - 1];
    return value;
  }
  /// Which of the ready tasks goes first.
  std::uint32_t order(const std::vector<std::uint64_t>& ready) {
    const std::span<const std::uint64_t> candidates{ready};
    return choices_.order(choices_.site("world", "order"), static_cast<std::uint32_t>(ready.size()),
                          choices_.wants_candidates() ? candidates : candidates.first(0));
  }

  /// An event: what is not told did not happen.
  void tell(std::uint64_t event) { events_.add(event); }
  /// The question answered last; with `is_alike`: had the next value been its answer, the run were the very same.
  [[nodiscard]] std::size_t last() const { return choices_.asked().size() - 1; }
  void is_alike(std::size_t question) { alike_.insert(question); }
  void breaks(std::string promise, std::string signature) {
    reading_.broken.push_back({std::move(promise), std::move(signature)});
  }
  void state(std::uint64_t state) {
    reading_.states.push_back(state);
    reading_.transitions.push_back(state);
  }
  void cut_short() { reading_.cut_short = true; }

  Reading read(const ReadingOptions& wanted) {
    for (std::size_t i = 0; i < choices_.asked().size(); ++i) read_one(i, wanted);
    reading_.hash = events_.value();
    sort_once(reading_.broken);
    sort_once(reading_.states);
    sort_once(reading_.transitions);
    reading_.verdict = reading_.hash;
    for (const Broken& broken : reading_.broken)
      reading_.verdict = mix(reading_.verdict, hash_text(broken.promise + broken.signature));
    if (!wanted.coverage) reading_.states.clear();
    if (!wanted.coverage) reading_.transitions.clear();
    return std::move(reading_);
  }

 private:
  template <typename T>
  static void sort_once(std::vector<T>& values) {
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
  }
  void read_one(std::size_t index, const ReadingOptions& wanted) {
    const Asked& asked = choices_.asked()[index];
    SearchDecision met{.decision = {choices_.site_name(asked.site), asked.occurrence, asked.value},
                       .bound = asked.bound,
                       .kind = asked.meaning.kind,
                       .at = asked.at,
                       .alike = 0,
                       .family = UINT32_MAX};
    reading_.contention.add(asked);
    if (wanted.asked && (wanted.every || asked.meaning.kind != Meaning::Kind::order)) reading_.asked.push_back(met);
    if (asked.value == 0) return;
    if (alike_.contains(index)) met.alike = asked.value + 1;
    if (const auto added = added_.find(index); added != added_.end()) {
      met.family = added->second;
      reading_.uses.push_back({.family = met.family, .fired = 1, .noticed = 1});
    }
    reading_.tape.push_back(std::move(met));
  }

  Choices choices_;
  RollingHash events_;
  Reading reading_;
  std::set<std::size_t> alike_;
  std::map<std::size_t, std::uint32_t> added_;
};

using ToyWorld = std::function<void(ToyRun& run)>;

/// Plays a toy world, and counts how often.
class ToyPlayer final : public Player {
 public:
  explicit ToyPlayer(ToyWorld world) : world_(std::move(world)) {}

  Reading play(const Tape& tape, Fill* fill, const ReadingOptions& wanted) override {
    ++played;
    ToyRun run(tape, fill);
    world_(run);
    return run.read(wanted);
  }

  std::uint64_t played = 0;

 private:
  ToyWorld world_;
};

inline MakePlayer players_of(const ToyWorld& world) {
  return [world] { return std::make_unique<ToyPlayer>(world); };
}

/// `pm/request#3=2 cp/stop.fault#1=1`, in the order in which they were asked.
inline std::string in_words(const std::vector<SearchDecision>& tape) {
  std::string text;
  for (const SearchDecision& met : tape) {
    text += (text.empty() ? "" : " ") + met.decision.site + "#" + std::to_string(met.decision.occurrence) + "=" +
            std::to_string(met.decision.value);
  }
  return text;
}
inline std::string in_words(const Tape& tape) {
  std::string text;
  for (const auto& [key, value] : tape.entries()) {
    text += (text.empty() ? "" : " ") + key.first + "#" + std::to_string(key.second) + "=" + std::to_string(value);
  }
  return text;
}

}  // namespace drydock::sim::search
