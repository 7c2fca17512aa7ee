#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "sim/search/campaign.hpp"
#include "sim/search/corpus.hpp"
#include "sim/search/crew.hpp"
#include "sim/search/exhaustive.hpp"
#include "sim/search/fills.hpp"

namespace drydock::sim::search {

/// A search that is kept is cut into lines: stretches of its runs (of an exhaustive search: of its sections) that
/// depend on nothing outside of them. So lines are played in any order, by anybody, again where they were lost; and all
/// of them united are the search.
struct Line {
  std::uint64_t number = 0;
  std::uint64_t next = 0;  // how many of its runs, or sections, were played: always the first so many
  Enumeration played{};    // a search that draws its runs needs no more of it than the tally
  Corpus corpus{};
  double wall_s = 0;  // that it took
};

/// Says how a search is cut into lines, and which of them are wanted.
struct LinePlan {
  std::uint64_t length = 0;              // of a line
  std::uint64_t positions = UINT64_MAX;  // runs, or sections, of all lines
  std::uint32_t shard = 1;               // this one of `shards` takes every so many-th line
  std::uint32_t shards = 1;
  /// A line goes on only where a multiple of this was played: what comes later depends on whole epochs.
  std::uint64_t step = 1;

  /// Returns how many lines there are; UINT64_MAX where nothing bounds them.
  [[nodiscard]] std::uint64_t lines() const;
  /// Returns how much of this line is wanted.
  [[nodiscard]] std::uint64_t wanted(std::uint64_t line) const;
  [[nodiscard]] bool is_mine(std::uint64_t line) const { return line % shards == shard - 1; }
};

/// Keeps the lines of a search where the end of the program does not reach them.
class Ledger {
 public:
  Ledger() = default;
  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;
  virtual ~Ledger() = default;

  /// Is called before anything else, with a number that tells the model's behaviour. Throws where what is kept was
  /// played by another one.
  virtual void begin(std::uint64_t model) = 0;
  /// Returns the first line of the plan that is not finished and that nobody else plays, as far as it was played; from
  /// now on nobody else plays it. Empty where there is none.
  virtual std::optional<Line> claim(const LinePlan& plan) = 0;
  /// Keeps the line as it is, but for tapes of runs that were drawn: they are made again by whoever wants them. Throws
  /// where that cannot be done; what was kept of it before is kept then.
  virtual void keep(const Line& line) = 0;
  /// Gives the line up: it was kept before.
  virtual void release(const Line& line) = 0;
  /// Calls `each` for every line of which anything is kept, the lowest number first.
  virtual void read(const std::function<void(Line& line)>& each) = 0;
};

/// Makes the plan of a search; an exhaustive one has so many `sections`, any other none.
[[nodiscard]] LinePlan plan_of(const CampaignOptions& options, std::optional<std::uint64_t> sections);

/// Says what came of playing lines.
struct PlayedLines {
  bool interrupted = false;
  Witnesses witnesses;  // of the lines that were played here, with the tapes that a ledger need not keep
};
/// Plays lines of the plan until none is left or the search is to end. What is played is kept every few seconds, and at
/// the end of every line. `sections` is null unless the search is exhaustive.
[[nodiscard]] PlayedLines play_lines(Crew& crew, const FillParameters& parameters, const CampaignOptions& options,
                                     Sections* sections, const LinePlan& plan, Ledger& ledger);

/// Counts runs, or sections: `from` is the first of them, `to` the first behind them.
struct Interval {
  std::uint64_t from = 0;
  std::uint64_t to = 0;
  friend bool operator==(const Interval&, const Interval&) = default;
};

/// Everything that is kept of a search.
struct Kept {
  Enumeration all;
  double wall_s = 0;
  /// Lists what the plan has and nobody has played; of a plan without a bound, what lies before the last run.
  std::vector<Interval> missing;
};
/// Reads it. Where a witness has no tape, that of `at_hand` is taken, if it has one.
[[nodiscard]] Kept read_all(const LinePlan& plan, Ledger& ledger, const Witnesses& at_hand);

}  // namespace drydock::sim::search
