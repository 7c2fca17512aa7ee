#include "cli/known.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "cli/input.hpp"
#include "scenarios/bench.hpp"
#include "scenarios/files/decode.hpp"
#include "scenarios/run.hpp"
#include "scenarios/tool.hpp"
#include "sim/hash.hpp"
#include "sim/time.hpp"

namespace drydock::cli {

using scenarios::FindingKey;
using scenarios::NightFinding;
using scenarios::RememberedFinding;

Option known_option() {
  return {"known", "FILE", "know findings from this file: red is what is new or reopened (docs/memory.md)"};
}

Option date_option() {
  return {"date", "DATE", "note in --known what is seen, as of this day (2026-12-01); without it it is only read"};
}

std::string date_of(const po::variables_map& values) {
  const auto text = one_of(values, "date");
  if (!text) return {};
  if (!sim::parse_rfc3339(*text + "T00:00:00Z") && !sim::parse_rfc3339(*text)) {
    throw UsageError(
        fmt::format("--date {}: it is neither a day (2026-12-01) nor an instant (2026-12-01T02:00:00Z)", *text), "");
  }
  return *text;
}

std::optional<KnownRequest> known_request(const po::variables_map& values) {
  const auto file = one_of(values, "known");
  std::string date = date_of(values);
  if (!file && !date.empty()) throw UsageError("--date goes with --known", "");
  if (!file) return std::nullopt;
  return KnownRequest{*file, std::move(date)};
}

std::string policy_key(const scenarios::CaseSpec& played) {
  constexpr std::string_view kWorld = "cloud.";
  std::map<std::string, std::string> knobs;
  for (const auto& [key, value] : played.set) {
    if (!key.starts_with(kWorld)) knobs[key] = value;
  }
  std::string name = played.policy.name.empty() ? played.policy_name : played.policy.name;
  for (const auto& [key, value] : knobs) name += fmt::format(",{}={}", key, value);
  return name;
}

std::string model_version(const model::Policy& policy) {
  constexpr std::uint64_t kSeeds = 3;
  const auto world = scenarios::decode_scenario("open-world", built_in_text("open-world").value_or(""));
  const scenarios::CaseSpec played = scenarios::case_under(world.value.value(), policy);
  scenarios::RunOptions options;
  options.keep_record = false;
  options.full_calm = false;
  scenarios::Workbench workbench;
  sim::RollingHash hash;
  for (std::uint64_t seed = 0; seed <= kSeeds; ++seed) {
    sim::Tape tape;
    if (seed > 0) tape.set_seed(seed);
    hash.add(fmt::format("{:016x}", scenarios::run(*world.value, played, tape, options, workbench).trace_hash));
  }
  return fmt::format("{} {:08x}", scenarios::tool_name(), static_cast<std::uint32_t>(hash.value() >> 32U));
}

KnownFindings::KnownFindings(KnownRequest request, std::string campaign)
    : request_(std::move(request)), campaign_(std::move(campaign)) {
  const bool writes = !request_.date.empty();
  memory_ = std::make_unique<MemoryFile>(request_.file, writes ? MemoryFile::Use::write : MemoryFile::Use::read);
  before_ = memory_->findings();
  const std::string latest = memory_->latest_date();
  // Nights come in the order of their dates: an older one would fix and reopen what later ones have settled.
  if (writes && request_.date < latest)
    throw UsageError(fmt::format("--date {}: {} has been written for {} already", request_.date, request_.file, latest),
                     "");
}

const RememberedFinding* KnownFindings::find(const FindingKey& key) const {
  const auto found =
      std::find_if(before_.begin(), before_.end(), [&](const RememberedFinding& one) { return one.key == key; });
  return found == before_.end() ? nullptr : &*found;
}

reports::MemoryReport KnownFindings::note(const std::string& policy, const std::string& model,
                                          std::vector<scenarios::TapeShown> tapes,
                                          std::vector<scenarios::SeenFinding> seen) {
  const scenarios::Night night{{request_.date, campaign_, model}, std::move(tapes), std::move(seen)};
  reports::MemoryReport report{
      .file = request_.file, .policy = policy, .by = night.by, .findings = {}, .not_judged = {}};
  if (request_.date.empty()) {
    report.findings = scenarios::after_night(before_, night);
    return report;
  }
  memory_->change([&](const std::vector<RememberedFinding>& before) {
    report.findings = scenarios::after_night(before, night);
    MemoryChange change{{}, {night.by, {{policy, {}}}}};
    for (const NightFinding& one : report.findings) {
      change.findings.push_back(one.now);
      ++change.entry.counts.front().of[one.now.state];
    }
    return change;
  });
  return report;
}

}  // namespace drydock::cli
