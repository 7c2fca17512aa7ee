#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/asked.hpp"
#include "sim/time.hpp"

namespace drydock::sim {

/// One decision of a tape: the `occurrence`-th question (from 1) asked at `site` was answered `value`.
struct Decision {
  std::string site;
  std::uint32_t occurrence = 0;
  std::uint32_t value = 0;

  friend auto operator<=>(const Decision&, const Decision&) = default;
};

/// A tape says in which way nature takes a run otherwise than usual: it lists only the decisions that differ, by name.
/// An entry of the tape wins over the fill. Without a seed every other decision is 0, the boring answer; with a seed it
/// is drawn from (seed, site, occurrence).
class Tape {
 public:
  using Key = std::pair<std::string, std::uint32_t>;

  /// Makes a tape of these decisions and nothing else.
  [[nodiscard]] static Tape of(const std::vector<Decision>& decisions);

  void set(std::string site, std::uint32_t occurrence, std::uint32_t value);
  void set_seed(std::optional<std::uint64_t> seed) { seed_ = seed; }

  [[nodiscard]] std::optional<std::uint64_t> seed() const { return seed_; }
  [[nodiscard]] const std::map<Key, std::uint32_t>& entries() const { return entries_; }
  [[nodiscard]] bool empty() const { return entries_.empty() && !seed_; }

 private:
  std::map<Key, std::uint32_t> entries_;
  std::optional<std::uint64_t> seed_;
};

/// A probability in parts per million: an exact number, since floats must not reach a decision.
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
  /// happens: how likely it is. fault, request: a hint to a search, how often it should answer anything other than
  /// "nothing".
  Probability odds;
  /// fault, request: the family that each value from 1 belongs to, so that a search can leave out whole families.
  std::span<const std::uint32_t> families;
  /// order: the serial numbers of the tasks that are ready, the first in line first. Empty unless the fill wants
  /// candidates.
  std::span<const std::uint64_t> candidates;
};

/// Answers the questions that no entry of the tape answers. One fill serves one run.
class Fill {
 public:
  Fill() = default;
  Fill(const Fill&) = delete;
  Fill& operator=(const Fill&) = delete;
  virtual ~Fill() = default;
  /// Returns the answer, in [0, bound). `Choices` takes any other number as 0.
  virtual std::uint32_t answer(const Question& question) = 0;
  [[nodiscard]] virtual bool wants_candidates() const { return false; }
};

/// Returns 64 random bits that depend on these three arguments alone, so that changing one decision changes no other.
[[nodiscard]] std::uint64_t random_bits(std::uint64_t seed, std::uint64_t site, std::uint32_t occurrence);
/// Maps 64 random bits to [0, bound); the bias is below 2^-32 for any bound asked here.
[[nodiscard]] std::uint32_t scale_bits(std::uint64_t bits, std::uint32_t bound);

/// Lists what a search may add at one moment: one of several things, or nothing.
struct Offer {
  Meaning::Kind kind = Meaning::Kind::fault;
  Probability odds;
  std::span<const std::uint32_t> families;  // one for each thing
};

/// The tape as a run reads it, with one cursor per site. A site whose entries are used up reads from the fill. A value
/// out of its bound reads as 0 and counts as misaligned. Once calm has begun nothing is asked any more, and every
/// answer is the boring one.
class Choices {
 public:
  /// The bound of a decision about a range: 0 is the typical value, 1 to 8 are equal steps from `lo` to `hi`.
  static constexpr std::uint32_t kRangeBound = 9;

  /// Without a `fill`, the seed of the tape answers the questions that no entry answers, except those about things that
  /// only a search adds (faults, requests): these are answered with 0.
  explicit Choices(Tape tape, Fill* fill = nullptr) : tape_(std::move(tape)), fill_(fill) {}

  /// Returns the site named `actor/point`, for instance `reviewer/ec2.run.pending` or `world/order`.
  [[nodiscard]] Site site(std::string_view actor, std::string_view point);

  /// Asks for a decision and returns its answer, in [0, bound). Throws InternalError when there is no choice (bound
  /// below 2).
  std::uint32_t choose(Site site, std::uint32_t bound, Meaning meaning = {});

  /// Draws a duration from `range`. A range that is a point holds no decision: nothing is asked.
  Duration draw(Site site, const DurationRange& range);
  Duration draw(std::string_view actor, std::string_view point, const DurationRange& range);

  /// Asks whether something of this probability happens. A certain or impossible thing is no decision: nothing is
  /// asked. `what` says the thing in words and must outlive the run.
  bool happens(Site site, Probability probability, std::string_view what);

  /// Asks a search whether one of the offered things happens. Returns the number of that thing, from 1, or 0 for
  /// nothing; the caller then names the thing with `annotate_last`.
  std::uint32_t offer(Site site, const Offer& offered);

  /// Asks which of the `ready` tasks goes first, and returns its index.
  std::uint32_t order(Site site, std::uint32_t ready, std::span<const std::uint64_t> candidates);
  [[nodiscard]] bool wants_candidates() const { return !calm_ && fill_ != nullptr && fill_->wants_candidates(); }

  /// Returns the duration for which `value` stands in a decision about `range`.
  [[nodiscard]] static Duration range_value(const DurationRange& range, std::uint32_t value);

  /// Takes the answers to all further questions from this tape and this fill.
  void answer_from(Tape tape, Fill* fill);

  void become_calm() { calm_ = true; }
  [[nodiscard]] bool calm() const { return calm_; }
  void set_now(Instant now) { now_ = now; }
  /// Says in words what the decision asked last stands for: the label of the task that goes first, or what was added.
  /// Called right after the question.
  void annotate_last(std::string_view what) { asked_.back().meaning.what = what; }

  [[nodiscard]] const AskedLog& asked() const { return asked_; }
  [[nodiscard]] const std::string& site_name(Site site) const { return *sites_[index(site)].name; }
  [[nodiscard]] std::uint64_t site_hash(Site site) const { return sites_[index(site)].hash; }
  /// Returns how many sites were named so far; `Asked::site` is an index below this number.
  [[nodiscard]] std::size_t site_count() const { return sites_.size(); }
  /// Says in words what an answer meant: `31s`, `instance dies`, `reviewer's restart goes first of 2`.
  [[nodiscard]] static std::string means(const Asked& asked);
  /// Returns the non-zero answers of this run, in the order of site and occurrence. As a tape they replay the run.
  [[nodiscard]] std::vector<Decision> consumed() const;
  /// Returns the entries of the tape that no question matched, or whose value was out of bound.
  [[nodiscard]] std::vector<Decision> misaligned() const;

 private:
  struct Cursor {
    const std::string* name = nullptr;
    std::uint64_t hash = 0;
    std::uint32_t asked = 0;
    bool on_tape = false;
  };

  [[nodiscard]] bool is_on_tape(const std::string& site) const;
  [[nodiscard]] std::size_t slot_of(std::uint64_t hash, std::string_view name) const;
  [[nodiscard]] std::optional<Site> known(std::string_view name) const;
  void grow_slots();
  static std::size_t index(Site site) { return static_cast<std::size_t>(site); }
  std::uint32_t read(const Cursor& cursor, Question& question);
  [[nodiscard]] std::uint32_t fill(Question& question) const;
  std::uint32_t ask(Site site, Question question, Meaning meaning);

  Tape tape_;
  Fill* fill_;
  std::vector<Cursor> sites_;
  std::deque<std::string> names_;     // of the sites, which stay where they are
  std::vector<std::uint32_t> slots_;  // sites by the hash of their name, from 1; 0: none
  AskedLog asked_;
  std::vector<Decision> out_of_bound_;
  std::string scratch_;
  Instant now_{};
  bool calm_ = false;
};

}  // namespace drydock::sim
