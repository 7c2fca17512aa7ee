#include "sim/search/run_rows.hpp"

#include <algorithm>
#include <exception>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "sim/hash.hpp"

namespace drydock::sim::search {
namespace {

using Json = nlohmann::json;

bool comes_first(const RunRow& a, const RunRow& b) { return a.number < b.number; }

/// Gives the effects of this kind their instants: a run decides them in the order in which it uses them.
std::size_t set_instants(const Reading& reading, Meaning::Kind kind, std::vector<AddedEffect>& added,
                         std::size_t from) {
  for (const SearchDecision& met : reading.tape) {
    if (met.kind == kind && from < added.size()) added[from++].at = met.at;
  }
  return from;
}

std::vector<AddedEffect> added_to(const Reading& reading) {
  std::vector<AddedEffect> added;
  for (const Use& use : reading.uses)
    added.push_back({.family = use.family, .at = {}, .fired = use.fired, .noticed = use.noticed});
  const std::size_t faults = set_instants(reading, Meaning::Kind::fault, added, 0);
  set_instants(reading, Meaning::Kind::request, added, faults);
  return added;
}

}  // namespace

RunRow row_of(const Reading& reading, std::uint64_t number, Strategy strategy) {
  RunRow row;
  row.number = number;
  row.strategy = strategy;
  row.hash = reading.hash;
  row.cut_short = reading.cut_short;
  row.decisions = reading.tape.size();
  row.broken = reading.broken;
  row.added = added_to(reading);
  row.states = reading.states;
  row.transitions = reading.transitions;
  row.measures = reading.measures;
  if (strategy == Strategy::coverage || strategy == Strategy::exhaustive) row.tape = packed_tape(reading.tape);
  return row;
}

bool is_sampled(std::uint64_t key, std::uint64_t every) {
  constexpr std::uint64_t kSalt = 0x5A3B;
  return every != 0 && mix(mix(0, kSalt), key) % every == 0;
}

std::string packed_tape(const std::vector<SearchDecision>& decisions) {
  std::map<std::string, Json> sites;
  for (const SearchDecision& met : decisions) {
    Json& site = sites.try_emplace(met.decision.site, Json::array({met.decision.site})).first->second;
    site.push_back(met.decision.occurrence);
    site.push_back(met.decision.value);
  }
  Json all = Json::array();
  for (auto& [name, site] : sites) all.push_back(std::move(site));
  return all.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Tape unpacked_tape(std::string_view text) {
  Tape tape;
  try {
    for (const auto& site : Json::parse(text).get<std::vector<std::vector<Json>>>()) {
      for (std::size_t i = 1; i < site.size(); i += 2)
        tape.set(site.at(0).get<std::string>(), site.at(i).get<std::uint32_t>(), site.at(i + 1).get<std::uint32_t>());
    }
  } catch (const std::exception&) {
    throw std::runtime_error("is no tape");
  }
  return tape;
}

void unite_rows(std::vector<RunRow>& all, const std::vector<RunRow>& more) {
  const bool follow = all.empty() || more.empty() || all.back().number < more.front().number;
  all.insert(all.end(), more.begin(), more.end());
  if (!follow) std::sort(all.begin(), all.end(), comes_first);
}

}  // namespace drydock::sim::search
