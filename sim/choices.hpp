#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/time.hpp"

namespace drydock::sim {

/// One decision of a tape: the `occurrence`-th question (from 1) asked at `site` was answered `value`.
struct Decision {
  std::string site;
  std::uint32_t occurrence = 0;
  std::uint32_t value = 0;

  friend auto operator<=>(const Decision&, const Decision&) = default;
};

/// Every way in which nature could take a run otherwise: sparse and named. Entries win over the fill; without a
/// seed everything else is 0, the boring answer; with one it is drawn from (seed, site, occurrence).
class Tape {
 public:
  using Key = std::pair<std::string, std::uint32_t>;

  void set(std::string site, std::uint32_t occurrence, std::uint32_t value);
  void set_seed(std::optional<std::uint64_t> seed) { seed_ = seed; }

  [[nodiscard]] std::optional<std::uint64_t> seed() const { return seed_; }
  [[nodiscard]] const std::map<Key, std::uint32_t>& entries() const { return entries_; }
  [[nodiscard]] bool empty() const { return entries_.empty() && !seed_; }

 private:
  std::map<Key, std::uint32_t> entries_;
  std::optional<std::uint64_t> seed_;
};

/// Handle of an interned site: valid for the `Choices` that gave it.
enum class Site : std::uint32_t {};

/// What a decision's value stands for, so that it can be said in words later without formatting it now.
struct Meaning {
  enum class Kind : std::uint8_t { plain, delay, order, happens, fault, request };
  Kind kind = Kind::plain;
  /// delay: microseconds; otherwise unused.
  std::int64_t amount = 0;
  /// happens, fault, request: what happens, in words; order: the label of the task that goes first. Outlives the run.
  std::string_view what;
};

/// A decision as it was asked for and answered in this run.
struct Asked {
  Site site{};
  std::uint32_t occurrence = 0;
  std::uint32_t bound = 0;
  std::uint32_t value = 0;
  Instant at{};
  Meaning meaning;
};

/// Probabilities are exact: parts per million, no floats.
struct Probability {
  std::uint32_t ppm = 0;
  static constexpr std::uint32_t kOne = 1'000'000;
  [[nodiscard]] constexpr bool certain() const { return ppm >= kOne; }
};

/// A decision that is being asked for, as a fill sees it.
struct Question {
  std::string_view site;
  std::uint64_t site_hash = 0;
  std::uint32_t occurrence = 0;
  std::uint32_t bound = 0;
  Meaning::Kind kind = Meaning::Kind::plain;
  Instant at{};
  /// happens: how likely it is; fault, request: a hint of how often a search might say anything but nothing.
  Probability odds;
  /// fault, request: the family that each value from 1 belongs to, so that a search can leave out whole families.
  std::span<const std::uint32_t> families;
  /// order, where the fill wants them: the serial numbers of the tasks that are ready, first in line first.
  std::span<const std::uint64_t> candidates;
};

/// Answers what no entry of the tape answers. One fill serves one run.
class Fill {
 public:
  Fill() = default;
  Fill(const Fill&) = delete;
  Fill& operator=(const Fill&) = delete;
  virtual ~Fill() = default;
  /// An answer in [0, bound); anything else counts as 0.
  virtual std::uint32_t answer(const Question& question) = 0;
  [[nodiscard]] virtual bool wants_candidates() const { return false; }
};

/// 64 bits that depend on these three alone: changing one decision changes no other.
[[nodiscard]] std::uint64_t random_bits(std::uint64_t seed, std::uint64_t site, std::uint32_t occurrence);
/// Maps 64 random bits to [0, bound); the bias is below 2^-32 for any bound asked here.
[[nodiscard]] std::uint32_t scale_bits(std::uint64_t bits, std::uint32_t bound);

/// What a search may add at one moment: one of several things, or nothing.
struct Offer {
  Meaning::Kind kind = Meaning::Kind::fault;
  Probability odds;
  std::span<const std::uint32_t> families;  // one for each thing
};

/// The tape as a run reads it: one cursor per site. A tape past its end reads its fill; a value out of bound reads 0
/// and counts as misaligned. Once calm begins nothing is asked any more and every answer is the boring one.
class Choices {
 public:
  /// The bound of a range's decision: 0 is typical, 1..8 are equal steps from lo to hi.
  static constexpr std::uint32_t kRangeBound = 9;

  /// Without a fill of its own the tape's seed answers what no entry does, except for what only a search adds.
  explicit Choices(Tape tape, Fill* fill = nullptr) : tape_(std::move(tape)), fill_(fill) {}

  /// `actor/point`, for instance `reviewer/ec2.run.pending` or `world/order`.
  [[nodiscard]] Site site(std::string_view actor, std::string_view point);

  /// An answer in [0, bound). Ask only where there is a choice: bound ≥ 2.
  std::uint32_t choose(Site site, std::uint32_t bound, Meaning meaning = {});

  /// A duration out of `range`; a point is not a decision and asks nothing.
  Duration draw(Site site, const DurationRange& range);
  Duration draw(std::string_view actor, std::string_view point, const DurationRange& range);

  /// Whether something of this probability happens. Certain and impossible things are not decisions. `what` outlives
  /// the run.
  bool happens(Site site, Probability probability, std::string_view what);

  /// 0 for nothing, or which of the offered things happens, from 1; `annotate_last` then says what that is.
  std::uint32_t offer(Site site, const Offer& offered);

  /// Which of the ready tasks goes first.
  std::uint32_t order(Site site, std::uint32_t ready, std::span<const std::uint64_t> candidates);
  [[nodiscard]] bool wants_candidates() const { return !calm_ && fill_ != nullptr && fill_->wants_candidates(); }

  /// The value at which a range's decision puts its delay.
  [[nodiscard]] static Duration range_value(const DurationRange& range, std::uint32_t value);

  void become_calm() { calm_ = true; }
  [[nodiscard]] bool calm() const { return calm_; }
  void set_now(Instant now) { now_ = now; }
  /// Tells order decisions which label went first; called right after `choose`.
  void annotate_last(std::string_view what) { asked_.back().meaning.what = what; }

  [[nodiscard]] const std::vector<Asked>& asked() const { return asked_; }
  [[nodiscard]] const std::string& site_name(Site site) const { return *sites_[index(site)].name; }
  [[nodiscard]] std::uint64_t site_hash(Site site) const { return sites_[index(site)].hash; }
  /// Every site that was named so far; `Asked::site` indexes it.
  [[nodiscard]] std::size_t site_count() const { return sites_.size(); }
  /// What an answer meant, in words: `31s`, `instance dies`, `reviewer's restart goes first`.
  [[nodiscard]] static std::string means(const Asked& asked);
  /// The non-zero answers of this run, in the order of site and occurrence: the tape that replays it.
  [[nodiscard]] std::vector<Decision> consumed() const;
  /// Entries of the tape that no question matched, or whose value was out of bound.
  [[nodiscard]] std::vector<Decision> misaligned() const;

 private:
  struct Cursor {
    const std::string* name = nullptr;
    std::uint64_t hash = 0;
    std::uint32_t asked = 0;
    bool on_tape = false;
  };

  static std::size_t index(Site site) { return static_cast<std::size_t>(site); }
  std::uint32_t read(const Cursor& cursor, Question& question);
  [[nodiscard]] std::uint32_t fill(Question& question) const;
  std::uint32_t ask(Site site, Question question, Meaning meaning);

  Tape tape_;
  Fill* fill_;
  std::map<std::string, Site, std::less<>> by_name_;
  std::vector<Cursor> sites_;
  std::vector<Asked> asked_;
  std::vector<Decision> out_of_bound_;
  std::string scratch_;
  Instant now_{};
  bool calm_ = false;
};

}  // namespace drydock::sim
