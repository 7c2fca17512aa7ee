#include "sim/search/exhaustive.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "sim/hash.hpp"
#include "sim/search/stopwatch.hpp"

namespace drydock::sim::search {
namespace {

/// A tape to be extended, with its decisions in the order in which they are asked.
using Node = std::vector<SearchDecision>;

/// The result of playing all children of one node.
struct Harvest {
  std::vector<Reading> children;      // without `asked`
  std::vector<std::uint64_t> hashes;  // of the tapes
  std::vector<Node> nodes;            // those that may be extended further
  std::vector<SearchDecision> asked;  // by the node itself
  std::uint64_t pruned = 0;
  bool stopped = false;  // not all children were played
};

/// Returns the index in `asked` of the first question behind the node's last decision.
std::size_t behind_last(const Node& node, const std::vector<SearchDecision>& asked) {
  if (node.empty()) return 0;
  const Decision& last = node.back().decision;
  const auto found = std::find_if(asked.begin(), asked.end(), [&](const SearchDecision& each) {
    return each.decision.site == last.site && each.decision.occurrence == last.occurrence;
  });
  return found == asked.end() ? asked.size() : static_cast<std::size_t>(found - asked.begin()) + 1;
}

void note_extents(std::map<std::string, SiteExtent>& sites, const std::vector<SearchDecision>& asked) {
  for (const SearchDecision& each : asked) {
    SiteExtent& extent = sites[each.decision.site];
    extent.occurrences = std::max(extent.occurrences, each.decision.occurrence);
    extent.bound = std::max(extent.bound, each.bound);
  }
}

/// Returns what a run adds to the hash of its enumeration.
std::uint64_t hash_of_run(std::uint64_t tape_hash, const Reading& reading) {
  return mix(mix(0, tape_hash), reading.verdict);
}

class Children {
 public:
  Children(Player& player, const Node& parent, bool leaves, bool confirm)
      : player_(player), parent_(parent), leaves_(leaves), confirm_(confirm) {}

  /// Plays the children that begin at one of `slices` equal parts of the questions, in the order of the questions.
  Harvest play(std::uint64_t slice, std::uint64_t slices) {
    const Tape tape = tape_of(parent_);
    player_.begin_with(tape);
    Reading base = player_.play(tape, nullptr, {.asked = true, .coverage = false});
    harvest_.stopped = base.stopped;
    harvest_.asked = std::move(base.asked);
    const std::size_t first = behind_last(parent_, harvest_.asked);
    const std::size_t many = harvest_.asked.size() - first;
    for (std::size_t i = many * slice / slices; i < many * (slice + 1) / slices && !harvest_.stopped; ++i)
      play_values(harvest_.asked[first + i]);
    return std::move(harvest_);
  }

 private:
  void play_values(const SearchDecision& question) {
    std::uint32_t same_as_before = 0;
    for (std::uint32_t value = 1; value < question.bound && !harvest_.stopped; ++value) {
      if (leaves_ && value == same_as_before) {
        ++harvest_.pruned;
        same_as_before = 0;
        continue;
      }
      same_as_before = play_one(question, value);
    }
  }

  /// Plays one child. Returns the next value that would be the very same run, or 0 when no value is.
  std::uint32_t play_one(const SearchDecision& question, std::uint32_t value) {
    Node child = parent_;
    child.push_back(question);
    child.back().decision.value = value;
    Reading reading = player_.play(tape_of(child), nullptr, {.asked = false, .coverage = true});
    if (confirm_ && !reading.stopped) player_.confirm(reading);
    harvest_.stopped = reading.stopped;
    if (harvest_.stopped) return 0;
    const auto at = std::find_if(reading.tape.begin(), reading.tape.end(),
                                 [&](const SearchDecision& each) { return each.decision == child.back().decision; });
    const std::uint32_t alike = at == reading.tape.end() ? 0 : at->alike;
    harvest_.hashes.push_back(hash_in_order(child));
    if (!leaves_) harvest_.nodes.push_back(std::move(child));
    harvest_.children.push_back(std::move(reading));
    return alike;
  }

  Player& player_;
  const Node& parent_;
  bool leaves_;
  bool confirm_;
  Harvest harvest_;
};

class Enumerator {
 public:
  Enumerator(Crew& crew, std::uint32_t deviations, const CampaignOptions& options)
      : crew_(crew), deviations_(deviations), options_(options) {}

  Enumeration run() {
    bool whole = true;
    if (options_.shard == 1) {
      const Reading reading = calm();
      whole = !reading.stopped && take(reading, 0);
      if (!whole) cut_off();
    }
    std::vector<Node> parents{Node{}};
    for (std::uint32_t depth = 1; depth <= deviations_ && whole && !parents.empty(); ++depth)
      whole = extend(parents, depth);
    out_.complete = whole;
    return std::move(out_);
  }

 private:
  /// Plays the empty tape, on a thread of the crew: this one looks whether the search is to end.
  Reading calm() {
    Reading reading{.stopped = true};
    crew_.work(
        1,
        [&](Player& player, std::uint64_t /*index*/) {
          reading = player.play({}, nullptr, {.asked = false, .coverage = true});
          if (options_.confirm && !reading.stopped) player.confirm(reading);
        },
        [this] { return out_of_time(); });
    return reading;
  }

  /// Plays the children of all parents; the children then become `parents`, for the next level. Returns false when the
  /// search was cut off.
  bool extend(std::vector<Node>& parents, std::uint32_t depth) {
    constexpr std::uint64_t kBatch = 32;
    const bool leaves = depth == deviations_;
    // A single parent's children are shared out; the same way whatever the number of threads.
    const std::uint64_t slices = depth == 1 ? kBatch : 1;
    const std::uint64_t jobs = parents.size() * slices;
    std::vector<Node> next;
    for (std::uint64_t from = 0; from < jobs; from += kBatch) {
      const std::uint64_t many = std::min<std::uint64_t>(kBatch, jobs - from);
      std::vector<Harvest> harvests(many);
      const std::uint64_t done = crew_.work(
          many,
          [&](Player& player, std::uint64_t index) {
            const std::uint64_t job = from + index;
            const Node& parent = parents[job / slices];
            if (is_mine(depth, job / slices))
              harvests[index] = Children(player, parent, leaves, options_.confirm).play(job % slices, slices);
          },
          [this] { return out_of_time(); }, [&] { watch(static_cast<double>(from) / static_cast<double>(jobs)); });
      for (std::uint64_t i = 0; i < done; ++i) {
        if (harvests[i].stopped || !take(harvests[i], depth, next)) return cut_off();
      }
      const bool is_last = leaves && from + many == jobs;
      if (done < many || (out_of_time() && !is_last)) return false;
    }
    parents = std::move(next);
    return true;
  }

  /// Tells whether this shard plays the children of parent `index` at this depth. The work is divided once, among the
  /// tapes with one decision: every shard plays those, and only the first shard counts them.
  [[nodiscard]] bool is_mine(std::uint32_t depth, std::uint64_t index) const {
    return depth != 2 || index % options_.shards == options_.shard - 1;
  }

  /// Notes why the search is cut off, where that is the user.
  bool cut_off() {
    (void)out_of_time();
    return false;
  }
  bool out_of_time() {
    if (options_.interrupted && options_.interrupted()) out_.tally.interrupted = true;
    return out_.tally.interrupted || (options_.out_of_time && options_.out_of_time());
  }
  /// Returns how many runs are this shard's.
  [[nodiscard]] std::uint64_t share() const {
    if (!options_.runs) return UINT64_MAX;
    return (*options_.runs + options_.shards - options_.shard) / options_.shards;
  }

  void watch(double share) const {
    if (!options_.watch) return;
    options_.watch({.runs = out_.tally.runs,
                    .states = out_.tally.coverage.states(),
                    .found = out_.tally.found.size(),
                    .share = share});
  }

  /// Adds a harvest to the result and its nodes to `next`. Returns false when the search is to end.
  bool take(Harvest& harvest, std::uint32_t depth, std::vector<Node>& next) {
    note_extents(out_.sites, harvest.asked);
    if (depth > 1 || options_.shard == 1) {
      for (std::size_t i = 0; i < harvest.children.size(); ++i) {
        if (!take(harvest.children[i], harvest.hashes[i])) return false;
      }
      out_.tally.pruned += harvest.pruned;
    }
    next.insert(next.end(), std::make_move_iterator(harvest.nodes.begin()),
                std::make_move_iterator(harvest.nodes.end()));
    return true;
  }

  bool take(const Reading& reading, std::uint64_t tape_hash) {
    if (out_.tally.runs >= share()) return false;
    const std::size_t before = out_.tally.found.size();
    const RunPlace place{.number = out_.tally.runs,
                         .after_s = stopwatch_.seconds(),
                         .strategy = Strategy::exhaustive,
                         .sampled = is_sampled(tape_hash, options_.sample)};
    count(out_.tally, reading, place, options_.sought);
    out_.tally.coverage.add(reading, place.number);
    out_.hash += hash_of_run(tape_hash, reading);
    return !options_.until_first || !finds_the_unexpected(out_.tally, before, options_.sought);
  }

  Crew& crew_;
  std::uint32_t deviations_;
  const CampaignOptions& options_;
  Enumeration out_;
  Stopwatch stopwatch_;
};

bool is_over(const CampaignOptions& options) {
  return (options.interrupted && options.interrupted()) || (options.out_of_time && options.out_of_time());
}

/// Says into how many slices the tapes of one decision are cut.
constexpr std::uint64_t kSlices = 32;

/// Plays one section.
class Section {
 public:
  Section(Player& player, std::uint32_t deviations, const CampaignOptions& options, std::uint64_t number)
      : player_(player), deviations_(deviations), options_(options), number_(number) {}

  /// Plays a slice of the tapes of one decision; the first slice has the empty tape too.
  Enumeration slice() {
    if (number_ == 0) empty_tape();
    std::vector<Node> unused;
    if (deviations_ > 0) children_of(Node{}, 1, number_, kSlices, unused);
    return std::move(out_);
  }

  /// Plays every longer tape that begins like this one of one decision.
  Enumeration below(const Node& first) {
    std::vector<Node> parents{first};
    for (std::uint32_t depth = 2; depth <= deviations_ && !stopped_ && !parents.empty(); ++depth) {
      std::vector<Node> next;
      for (const Node& parent : parents) {
        if (!stopped_) children_of(parent, depth, 0, 1, next);
      }
      parents = std::move(next);
    }
    return std::move(out_);
  }

  [[nodiscard]] bool stopped() const { return stopped_; }

 private:
  void empty_tape() {
    Reading reading = player_.play({}, nullptr, {.asked = false, .coverage = true});
    if (options_.confirm && !reading.stopped) player_.confirm(reading);
    stopped_ = reading.stopped;
    if (!stopped_) take(reading, 0, 0);
  }

  void children_of(const Node& parent, std::uint32_t depth, std::uint64_t slice, std::uint64_t slices,
                   std::vector<Node>& next) {
    const bool leaves = depth == deviations_;
    Harvest harvest = Children(player_, parent, leaves, options_.confirm).play(slice, slices);
    stopped_ = stopped_ || harvest.stopped;
    if (stopped_) return;
    note_extents(out_.sites, harvest.asked);
    for (std::size_t i = 0; i < harvest.children.size(); ++i) take(harvest.children[i], harvest.hashes[i], depth);
    out_.tally.pruned += harvest.pruned;
    next.insert(next.end(), std::make_move_iterator(harvest.nodes.begin()),
                std::make_move_iterator(harvest.nodes.end()));
  }

  void take(const Reading& reading, std::uint64_t tape_hash, std::uint32_t depth) {
    constexpr std::uint32_t kLevelBits = 60;
    constexpr std::uint32_t kSectionBits = 32;
    const std::uint64_t first = (std::uint64_t{depth} << kLevelBits) | (number_ << kSectionBits);
    std::uint64_t& before = out_.section_runs[first];
    const RunPlace place{.number = first + before,
                         .after_s = stopwatch_.seconds(),
                         .strategy = Strategy::exhaustive,
                         .sampled = is_sampled(tape_hash, options_.sample)};
    count(out_.tally, reading, place, options_.sought);
    ++before;
    out_.tally.coverage.add(reading, place.number);
    out_.hash += hash_of_run(tape_hash, reading);
  }

  Player& player_;
  std::uint32_t deviations_;
  const CampaignOptions& options_;
  std::uint64_t number_;
  Enumeration out_;
  bool stopped_ = false;
  Stopwatch stopwatch_;
};

}  // namespace

void unite(Enumeration& all, const Enumeration& more) {
  unite(all.tally, more.tally);
  for (const auto& [site, extent] : more.sites) {
    SiteExtent& known = all.sites[site];
    known.occurrences = std::max(known.occurrences, extent.occurrences);
    known.bound = std::max(known.bound, extent.bound);
  }
  all.hash += more.hash;
  for (const auto& [first, runs] : more.section_runs) all.section_runs[first] += runs;
}

void number_in_order(Enumeration& sections) {
  if (sections.section_runs.empty()) return;      // the runs were drawn, and have their numbers
  std::map<std::uint64_t, std::uint64_t> before;  // how many runs there are before the level of a section
  std::uint64_t runs_before = 0;
  for (const auto& [first, runs] : sections.section_runs) {
    before[first] = runs_before;
    runs_before += runs;
  }
  const auto in_order = [&](std::uint64_t number) {
    const auto behind = before.upper_bound(number);
    if (behind == before.begin()) return number;
    const auto& [first, runs] = *std::prev(behind);
    return runs + number - first;
  };
  for (Found& found : sections.tally.found) found.first_run = in_order(found.first_run);
  for (auto& [family, runs] : sections.tally.witnesses) {
    for (Witness& witness : runs) witness.run = in_order(witness.run);
  }
  for (RunRow& row : sections.tally.rows) row.number = in_order(row.number);
  sections.tally.coverage.renumber(in_order);
}

Sections::Sections(Crew& crew, std::uint32_t deviations, const CampaignOptions& options)
    : crew_(crew), deviations_(deviations), options_(options) {
  Reading calm{.stopped = true};
  crew_.work(
      1,
      [&](Player& player, std::uint64_t /*index*/) {
        calm = player.play({}, nullptr, {.asked = true, .coverage = false});
      },
      [this] { return is_over(options_); });
  known_ = !calm.stopped;
  if (deviations_ < 2) return;
  for (const SearchDecision& question : calm.asked) {
    for (std::uint32_t value = 1; value < question.bound; ++value) {
      nodes_.push_back({question});
      nodes_.back().back().decision.value = value;
    }
  }
}

std::uint64_t Sections::count() const { return known_ ? kSlices + nodes_.size() : 0; }

std::uint64_t Sections::play(std::uint64_t from, std::uint64_t many, Enumeration& into) {
  std::vector<Enumeration> played(many);
  std::vector<char> whole(many, 0);  // no vector of bool: threads write side by side
  const std::uint64_t begun = crew_.work(
      many,
      [&](Player& player, std::uint64_t index) {
        const std::uint64_t number = from + index;
        Section section(player, deviations_, options_, number);
        played[index] = number < kSlices ? section.slice() : section.below(nodes_[number - kSlices]);
        whole[index] = section.stopped() ? 0 : 1;
      },
      [this] { return is_over(options_); },
      [&] {
        if (options_.watch) {
          options_.watch({.runs = into.tally.runs,
                          .states = into.tally.coverage.states(),
                          .found = into.tally.found.size(),
                          .share = static_cast<double>(from) / static_cast<double>(count())});
        }
      });
  std::uint64_t done = 0;
  while (done < begun && whole[done] != 0) unite(into, played[done++]);
  return done;
}

Enumeration enumerate(Crew& crew, std::uint32_t deviations, const CampaignOptions& options) {
  return Enumerator(crew, deviations, options).run();
}

}  // namespace drydock::sim::search
