#include "scenarios/explore/line_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>
#include <utility>
#include <vector>

#include "sim/time.hpp"

namespace drydock::scenarios {
namespace {

namespace search = sim::search;
using LineJson = nlohmann::json;

/// A `BadLine` is thrown where a text has the right shape and says something impossible.
class BadLine : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A line of version 1 has every tape where it is used, and keeps those of runs that were drawn.
constexpr int kFirstVersion = 1;
constexpr int kVersion = 2;

/// The head stands at the beginning of the text, word for word, so that it can be looked at without the rest.
std::string head_of(std::uint64_t search, std::uint64_t number, int version = kVersion) {
  return fmt::format(R"({{"format":"drydock.line/{}","search":"{:016x}","line":{},"next":)", version, search, number);
}
constexpr std::string_view kTail = "}\n";

constexpr std::size_t kNumbersOfDecision = 8;

/// Writes decisions as numbers, eight in a row for each. Sites and tapes are written once, and then named by their
/// places. A line may have some ten thousand decisions, so they are written as text at once.
class TapeWriter {
 public:
  /// Returns the place of the tape of a run, of which there is one.
  std::size_t of_run(std::uint64_t run, const std::vector<search::SearchDecision>& decisions) {
    const auto known = runs_.find(run);
    return known != runs_.end() ? known->second : runs_.emplace(run, add(decisions)).first->second;
  }
  std::size_t add(const std::vector<search::SearchDecision>& decisions) {
    tapes_ += count_ == 0 ? "[" : ",[";
    sim::Instant before = sim::kTimeZero;
    for (const search::SearchDecision& each : decisions) {
      write(site(each.decision.site), each.decision.occurrence, each.decision.value, each.bound,
            static_cast<unsigned>(each.kind), (each.at - before).count(), each.alike, after(each.family));
      before = each.at;
    }
    if (!decisions.empty()) tapes_.pop_back();  // the last comma
    tapes_ += ']';
    return count_++;
  }
  [[nodiscard]] const LineJson& sites() const { return sites_; }
  [[nodiscard]] std::string tapes() const { return "[" + tapes_ + "]"; }

 private:
  /// Most decisions have no family, which is the greatest number: it is written as 0.
  static std::uint32_t after(std::uint32_t family) { return family + 1; }

  template <typename... Numbers>
  void write(Numbers... numbers) {
    static_assert(sizeof...(numbers) == kNumbersOfDecision);
    const auto one = [&](auto number) {
      const fmt::format_int digits(number);
      tapes_.append(digits.data(), digits.size());
      tapes_ += ',';
    };
    (one(numbers), ...);
  }

  std::size_t site(const std::string& name) {
    const auto [at, is_new] = places_.try_emplace(name, places_.size());
    if (is_new) sites_.push_back(name);
    return at->second;
  }

  std::map<std::string, std::size_t> places_;
  std::map<std::uint64_t, std::size_t> runs_;
  LineJson sites_ = LineJson::array();
  std::string tapes_;
  std::size_t count_ = 0;
};

class TapeReader {
 public:
  using Tape = decltype(search::Witness::tape);

  /// `tapes` is empty where each stands where it is used.
  TapeReader(const LineJson& sites, const LineJson& tapes) : sites_(sites.get<std::vector<std::string>>()) {
    for (const LineJson& one : tapes) tapes_.push_back(shared(unpacked(one)));
  }

  /// Reads a tape, or gives the one whose place this is: all who name it have it in common.
  [[nodiscard]] Tape tape(const LineJson& json) const {
    if (json.is_number()) return tapes_.at(json.get<std::size_t>());
    std::vector<search::SearchDecision> decisions;
    for (const LineJson& one : json) {
      if (one.size() != kNumbersOfDecision) throw BadLine("a decision has other numbers");
      decisions.push_back(decision(one, 0));
    }
    return shared(std::move(decisions));
  }

 private:
  static Tape shared(std::vector<search::SearchDecision> decisions) {
    return std::make_shared<Tape::element_type>(std::move(decisions));
  }

  [[nodiscard]] std::vector<search::SearchDecision> unpacked(const LineJson& numbers) const {
    if (numbers.size() % kNumbersOfDecision != 0) throw BadLine("a tape is cut off");
    std::vector<search::SearchDecision> decisions;
    decisions.reserve(numbers.size() / kNumbersOfDecision);
    sim::Duration before{};
    for (std::size_t i = 0; i < numbers.size(); i += kNumbersOfDecision) {
      search::SearchDecision& each = decisions.emplace_back(decision(numbers, i));
      each.at += before;
      before = each.at - sim::kTimeZero;
      --each.family;
    }
    return decisions;
  }

  /// Reads the eight numbers from this place on.
  [[nodiscard]] search::SearchDecision decision(const LineJson& json, std::size_t from) const {
    constexpr auto kLastKind = static_cast<unsigned>(sim::Meaning::Kind::request);
    const auto kind = json.at(from + 4).get<unsigned>();
    if (kind > kLastKind) throw BadLine("a decision is of no kind");
    search::SearchDecision each;
    each.decision = {sites_.at(json.at(from).get<std::size_t>()), json.at(from + 1).get<std::uint32_t>(),
                     json.at(from + 2).get<std::uint32_t>()};
    each.bound = json.at(from + 3).get<std::uint32_t>();
    each.kind = static_cast<sim::Meaning::Kind>(kind);
    each.at = sim::kTimeZero + sim::Duration{json.at(from + 5).get<std::int64_t>()};
    each.alike = json.at(from + 6).get<std::uint32_t>();
    each.family = json.at(from + 7).get<std::uint32_t>();
    return each;
  }

  std::vector<std::string> sites_;
  std::vector<Tape> tapes_;
};

template <typename Map>
LineJson pairs_of(const Map& map) {
  LineJson out = LineJson::array();
  for (const auto& [key, value] : map) out.push_back(LineJson::array({key, value}));
  return out;
}

template <typename Map>
Map map_of(const LineJson& json) {
  Map map;
  for (const LineJson& pair : json)
    map.emplace(pair.at(0).get<typename Map::key_type>(), pair.at(1).get<typename Map::mapped_type>());
  return map;
}

LineJson found_json(const std::vector<search::Found>& all, TapeWriter& tapes) {
  LineJson out = LineJson::array();
  for (const search::Found& found : all) {
    out.push_back({{"promise", found.broken.promise},
                   {"signature", found.broken.signature},
                   {"first_run", found.first_run},
                   {"times", found.times},
                   {"after_s", found.after_s}});
    if (!found.drawn) out.back()["tape"] = tapes.of_run(found.first_run, found.tape);
  }
  return out;
}

std::vector<search::Found> read_found(const LineJson& json, const TapeReader& tapes) {
  std::vector<search::Found> all;
  for (const LineJson& one : json) {
    all.push_back({.broken = {one.at("promise").get<std::string>(), one.at("signature").get<std::string>()},
                   .first_run = one.at("first_run").get<std::uint64_t>(),
                   .times = one.at("times").get<std::uint64_t>(),
                   .after_s = one.at("after_s").get<double>(),
                   .tape = {},
                   .drawn = !one.contains("tape")});
    if (one.contains("tape")) all.back().tape = *tapes.tape(one.at("tape"));
  }
  return all;
}

LineJson uses_json(const search::Tally& tally) {
  LineJson out = LineJson::array();
  for (const auto& [family, use] : tally.uses) {
    const auto runs = tally.use_runs.find(family);
    out.push_back(LineJson::array(
        {family, use.fired, use.noticed, runs == tally.use_runs.end() ? std::uint64_t{0} : runs->second}));
  }
  return out;
}

void read_uses(const LineJson& json, search::Tally& tally) {
  for (const LineJson& one : json) {
    const auto family = one.at(0).get<std::uint32_t>();
    tally.uses[family] = {family, one.at(1).get<std::uint64_t>(), one.at(2).get<std::uint64_t>()};
    if (const auto runs = one.at(3).get<std::uint64_t>(); runs > 0) tally.use_runs[family] = runs;
  }
}

LineJson witnesses_json(const search::Tally& tally, TapeWriter& tapes) {
  LineJson out = LineJson::array();
  for (const auto& [family, witnesses] : tally.witnesses) {
    for (const search::Witness& witness : witnesses) {
      out.push_back(LineJson::array({family, witness.run, witness.verdict}));
      if (!witness.drawn) out.back().push_back(tapes.of_run(witness.run, *witness.tape));
    }
  }
  return out;
}

void read_witnesses(const LineJson& json, const TapeReader& tapes, search::Tally& tally) {
  for (const LineJson& one : json) {
    search::Witness witness{.tape = nullptr,
                            .verdict = one.at(2).get<std::uint64_t>(),
                            .run = one.at(1).get<std::uint64_t>(),
                            .drawn = one.size() == 3};
    if (!witness.drawn) witness.tape = tapes.tape(one.at(3));
    tally.witnesses[one.at(0).get<std::uint32_t>()].push_back(std::move(witness));
  }
}

LineJson corpus_json(const search::Corpus& corpus, TapeWriter& tapes) {
  LineJson kept = LineJson::array();
  for (const auto& tape : corpus.tapes()) kept.push_back(tapes.add(tape));
  return {{"added", corpus.added()}, {"tapes", std::move(kept)}};
}

search::Corpus read_corpus(const LineJson& json, const TapeReader& tapes) {
  std::vector<std::vector<search::SearchDecision>> kept;
  for (const LineJson& tape : json.at("tapes")) kept.push_back(*tapes.tape(tape));
  const auto added = json.at("added").get<std::size_t>();
  if (kept.size() > search::Corpus::kMost || added < kept.size()) throw BadLine("no corpus is like that");
  return {std::move(kept), added};
}

LineJson extents_json(const std::map<std::string, search::SiteExtent>& sites) {
  LineJson out = LineJson::array();
  for (const auto& [site, extent] : sites) out.push_back(LineJson::array({site, extent.occurrences, extent.bound}));
  return out;
}

LineJson states_json(const search::Coverage& coverage) {
  LineJson out = LineJson::array();
  for (const auto& [state, seen] : coverage.seen_states())
    out.push_back(LineJson::array({state, seen.runs, seen.first, seen.name}));
  return out;
}

LineJson transitions_json(const search::Coverage& coverage) {
  LineJson out = LineJson::array();
  for (const auto& [transition, seen] : coverage.seen_transitions()) {
    out.push_back(
        LineJson::array({transition, seen.runs, seen.first, seen.step.from, seen.step.to, seen.step.because}));
  }
  return out;
}

search::Coverage read_coverage(const LineJson& states, const LineJson& transitions) {
  search::Coverage::States seen;
  for (const LineJson& one : states) {
    seen[one.at(0).get<std::uint64_t>()] = {one.at(1).get<std::uint32_t>(), one.at(2).get<std::uint64_t>(),
                                            one.at(3).get<std::string>()};
  }
  search::Coverage::Transitions steps;
  for (const LineJson& one : transitions) {
    steps[one.at(0).get<std::uint64_t>()] = {
        one.at(1).get<std::uint32_t>(),
        one.at(2).get<std::uint64_t>(),
        {one.at(3).get<std::uint64_t>(), one.at(4).get<std::uint64_t>(), one.at(5).get<std::string>()}};
  }
  return {std::move(seen), std::move(steps)};
}

// Rows name states, transitions and findings by their places in the line: a row has dozens of them.

template <typename Map>
std::map<std::uint64_t, std::size_t> places_of(const Map& map) {
  std::map<std::uint64_t, std::size_t> places;
  for (const auto& [key, seen] : map) places.emplace(key, places.size());
  return places;
}

template <typename Map>
std::vector<std::uint64_t> keys_of(const Map& map) {
  std::vector<std::uint64_t> keys;
  keys.reserve(map.size());
  for (const auto& [key, seen] : map) keys.push_back(key);
  return keys;
}

class RowWriter {
 public:
  explicit RowWriter(const search::Coverage& coverage)
      : states_(places_of(coverage.seen_states())), transitions_(places_of(coverage.seen_transitions())) {}

  LineJson row(const search::RunRow& row) {
    LineJson broken = LineJson::array();
    for (const search::Broken& one : row.broken) broken.push_back(way(one));
    LineJson added = LineJson::array();
    for (const search::AddedEffect& one : row.added)
      added.push_back(LineJson::array({one.family, (one.at - sim::kTimeZero).count(), one.fired, one.noticed}));
    return LineJson::array({row.number, static_cast<unsigned>(row.strategy), row.hash, row.cut_short, row.decisions,
                            std::move(broken), std::move(added), in(states_, row.states),
                            in(transitions_, row.transitions), row.measures, row.tape});
  }
  [[nodiscard]] const LineJson& ways() const { return ways_; }

 private:
  std::size_t way(const search::Broken& broken) {
    const auto [at, is_new] = places_.try_emplace(broken, places_.size());
    if (is_new) ways_.push_back(LineJson::array({broken.promise, broken.signature}));
    return at->second;
  }
  static LineJson in(const std::map<std::uint64_t, std::size_t>& places, const std::vector<std::uint64_t>& keys) {
    LineJson out = LineJson::array();
    for (const std::uint64_t key : keys) out.push_back(places.at(key));
    return out;
  }

  std::map<std::uint64_t, std::size_t> states_;
  std::map<std::uint64_t, std::size_t> transitions_;
  std::map<search::Broken, std::size_t> places_;
  LineJson ways_ = LineJson::array();
};

LineJson rows_json(const search::Tally& tally, LineJson& ways) {
  RowWriter writer(tally.coverage);
  LineJson out = LineJson::array();
  for (const search::RunRow& row : tally.rows) out.push_back(writer.row(row));
  ways = writer.ways();
  return out;
}

class RowReader {
 public:
  RowReader(const search::Coverage& coverage, const LineJson& ways)
      : states_(keys_of(coverage.seen_states())), transitions_(keys_of(coverage.seen_transitions())) {
    for (const LineJson& way : ways) ways_.push_back({way.at(0).get<std::string>(), way.at(1).get<std::string>()});
  }

  [[nodiscard]] search::RunRow row(const LineJson& json) const {
    const auto strategy = json.at(1).get<unsigned>();
    if (strategy > static_cast<unsigned>(search::Strategy::mixed)) throw BadLine("a run is of no strategy");
    search::RunRow row;
    row.number = json.at(0).get<std::uint64_t>();
    row.strategy = static_cast<search::Strategy>(strategy);
    row.hash = json.at(2).get<std::uint64_t>();
    row.cut_short = json.at(3).get<bool>();
    row.decisions = json.at(4).get<std::uint64_t>();
    for (const LineJson& way : json.at(5)) row.broken.push_back(ways_.at(way.get<std::size_t>()));
    for (const LineJson& one : json.at(6)) {
      row.added.push_back({one.at(0).get<std::uint32_t>(),
                           sim::kTimeZero + sim::Duration{one.at(1).get<std::int64_t>()},
                           one.at(2).get<std::uint64_t>(), one.at(3).get<std::uint64_t>()});
    }
    for (const LineJson& place : json.at(7)) row.states.push_back(states_.at(place.get<std::size_t>()));
    for (const LineJson& place : json.at(8)) row.transitions.push_back(transitions_.at(place.get<std::size_t>()));
    row.measures = json.at(9).get<std::vector<std::int64_t>>();
    row.tape = json.at(10).get<std::string>();
    return row;
  }

 private:
  std::vector<std::uint64_t> states_;
  std::vector<std::uint64_t> transitions_;
  std::vector<search::Broken> ways_;
};

void read_rows(const LineJson& json, search::Tally& tally) {
  const RowReader reader(tally.coverage, json.at("ways"));
  for (const LineJson& row : json.at("rows")) tally.rows.push_back(reader.row(row));
}

search::Tally read_tally(const LineJson& json, const TapeReader& tapes) {
  search::Tally tally;
  tally.runs = json.at("runs").get<std::uint64_t>();
  tally.cut_short = json.at("cut_short").get<std::uint64_t>();
  tally.pruned = json.at("pruned").get<std::uint64_t>();
  const auto hashes = json.at("hashes").get<std::vector<std::uint64_t>>();
  tally.hashes.insert(hashes.begin(), hashes.end());
  tally.found = read_found(json.at("found"), tapes);
  tally.known_runs = json.at("known_runs").get<std::uint64_t>();
  tally.independent_runs = json.at("independent_runs").get<std::uint64_t>();
  tally.broken_runs = map_of<decltype(tally.broken_runs)>(json.at("broken_runs"));
  read_uses(json.at("uses"), tally);
  read_witnesses(json.at("witnesses"), tapes, tally);
  tally.coverage = read_coverage(json.at("states"), json.at("transitions"));
  const LineJson& contention = json.at("contention");
  tally.contention = {contention.at(0).get<std::uint64_t>(), contention.at(1).get<std::uint64_t>()};
  if (json.contains("rows")) read_rows(json, tally);
  return tally;
}

search::Line read_line(const LineJson& json, std::uint64_t number) {
  const TapeReader tapes(json.at("sites"), json.value("tapes", LineJson::array()));
  search::Line line;
  line.number = number;
  line.next = json.at("next").get<std::uint64_t>();
  line.wall_s = json.at("wall_s").get<double>();
  line.played.tally = read_tally(json, tapes);
  for (const LineJson& site : json.at("extents")) {
    line.played.sites[site.at(0).get<std::string>()] = {site.at(1).get<std::uint32_t>(),
                                                        site.at(2).get<std::uint32_t>()};
  }
  line.played.hash = json.at("hash").get<std::uint64_t>();
  line.played.section_runs = map_of<std::map<std::uint64_t, std::uint64_t>>(json.at("section_runs"));
  if (json.contains("corpus")) line.corpus = read_corpus(json.at("corpus"), tapes);
  return line;
}

}  // namespace

std::string encode_line(const search::Line& line, std::uint64_t search, bool is_whole) {
  const search::Tally& tally = line.played.tally;
  TapeWriter tapes;
  LineJson rest{{"wall_s", line.wall_s},
                {"runs", tally.runs},
                {"cut_short", tally.cut_short},
                {"pruned", tally.pruned},
                {"hashes", tally.hashes},
                {"found", found_json(tally.found, tapes)},
                {"known_runs", tally.known_runs},
                {"independent_runs", tally.independent_runs},
                {"broken_runs", pairs_of(tally.broken_runs)},
                {"uses", uses_json(tally)},
                {"witnesses", witnesses_json(tally, tapes)},
                {"states", states_json(tally.coverage)},
                {"transitions", transitions_json(tally.coverage)},
                {"contention", LineJson::array({tally.contention.orderings(), tally.contention.tasks()})},
                {"extents", extents_json(line.played.sites)},
                {"hash", line.played.hash},
                {"section_runs", pairs_of(line.played.section_runs)}};
  if (!is_whole && !line.corpus.empty()) rest["corpus"] = corpus_json(line.corpus, tapes);
  if (!tally.rows.empty()) {
    LineJson ways;
    rest["rows"] = rows_json(tally, ways);
    rest["ways"] = std::move(ways);
  }
  rest["sites"] = tapes.sites();
  const std::string body = rest.dump(-1, ' ', false, LineJson::error_handler_t::replace);
  const std::string_view keys = std::string_view{body}.substr(1, body.size() - 2);
  return fmt::format("{}{},{},\"tapes\":{}{}", head_of(search, line.number), line.next, keys, tapes.tapes(), kTail);
}

DecodedLine decode_line(std::string_view text, std::uint64_t search, std::uint64_t number) {
  const std::string_view tail = text.substr(text.size() - std::min(text.size(), kTail.size()));
  if (!next_of_line(text.substr(0, kLineHead), tail, search, number))
    return {std::nullopt, text.ends_with(kTail) ? "belongs to another search" : "is cut off"};
  try {
    return {read_line(LineJson::parse(text), number), ""};
  } catch (const LineJson::exception&) {
    return {std::nullopt, "is no line of a campaign"};
  } catch (const std::out_of_range&) {
    return {std::nullopt, "names what it does not have"};
  } catch (const BadLine& error) {
    return {std::nullopt, error.what()};
  }
}

std::optional<std::uint64_t> next_of_line(std::string_view head, std::string_view tail, std::uint64_t search,
                                          std::uint64_t number) {
  std::string expected = head_of(search, number);
  if (!head.starts_with(expected)) expected = head_of(search, number, kFirstVersion);
  if (!head.starts_with(expected) || !tail.ends_with(kTail)) return std::nullopt;
  std::uint64_t next = 0;
  std::size_t at = expected.size();
  for (; at < head.size() && head[at] >= '0' && head[at] <= '9'; ++at)
    next = next * 10 + static_cast<std::uint64_t>(head[at] - '0');
  if (at == expected.size() || at == head.size() || head[at] != ',') return std::nullopt;
  return next;
}

}  // namespace drydock::scenarios
