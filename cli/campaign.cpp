#include "cli/campaign.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string_view>
#include <system_error>
#include <utility>

#include "cli/findings.hpp"
#include "cli/output.hpp"
#include "model/policy.hpp"
#include "reports/layout.hpp"
#include "scenarios/explore/line_file.hpp"
#include "scenarios/files/tape_file.hpp"
#include "scenarios/tool.hpp"
#include "sim/hash.hpp"

namespace drydock::cli {
namespace {

namespace fs = std::filesystem;
using scenarios::Json;
using sim::search::Line;
using sim::search::LinePlan;

constexpr std::string_view kCampaignFormat = "drydock.campaign/1";

// Bytes of the claims that stand for no line.
constexpr std::uint64_t kSetup = std::uint64_t{1} << 62U;
constexpr std::uint64_t kWriting = kSetup + 1;

/// Holds one of these locks.
class HeldClaim {
 public:
  HeldClaim(ClaimFile& claims, std::uint64_t byte, bool shared) : claims_(claims), byte_(byte) {
    claims_.lock(byte_, shared);
  }
  HeldClaim(const HeldClaim&) = delete;
  HeldClaim& operator=(const HeldClaim&) = delete;
  ~HeldClaim() { claims_.unlock(byte_); }

 private:
  ClaimFile& claims_;
  std::uint64_t byte_;
};

std::string hex(std::uint64_t number) { return fmt::format("{:016x}", number); }

std::uint64_t from_hex(const Json& json) {
  const std::string text = json.get<std::string>();
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number, 16);
  return number;
}

Json knobs_json(const model::Policy& policy) {
  Json out = Json::object();
  for (const model::Knob& knob : model::knobs()) out[std::string{knob.name}] = model::knob_text(policy, knob);
  return out;
}

Json beyond_json(const std::vector<scenarios::KnownFinding>& beyond) {
  Json out = Json::array();
  for (const scenarios::KnownFinding& known : beyond) {
    Json tape = Json::array();
    for (const auto& [key, value] : known.tape.entries()) tape.push_back(Json::array({key.first, key.second, value}));
    out.push_back({{"invariant", known.invariant}, {"signature", known.signature}, {"tape", std::move(tape)}});
  }
  return out;
}

Json invocation_json(const Job& job) {
  const reports::Invocation& made = job.invocation;
  return {{"file", made.file},
          {"policy", made.policy ? Json(*made.policy) : Json(nullptr)},
          {"tape", made.tape ? Json(*made.tape) : Json(nullptr)},
          {"set", made.set},
          {"invariants", made.invariants},
          {"seeded", job.played.in_file && job.played.seed.has_value()}};
}

/// Says how a value differs; empty where it does not.
std::string other(const char* what, const Json& kept, const Json& asked, const char* key) {
  const Json a = kept.value(key, Json());
  const Json b = asked.value(key, Json());
  if (a == b) return {};
  const auto text = [](const Json& value) {
    if (value.is_null()) return std::string{"none"};
    return value.is_string() ? value.get<std::string>() : value.dump();
  };
  return fmt::format("another {} ({} there, {} here)", what, text(a), text(b));
}

std::string other_setting(const Json& kept, const Json& asked) {
  const Json a = kept.value("knobs", Json::object());
  const Json b = asked.value("knobs", Json::object());
  for (const auto& [knob, value] : b.items()) {
    if (std::string differs = other(knob.c_str(), a, b, knob.c_str()); !differs.empty()) return differs;
  }
  return {};
}

/// Says what of the scenario differs, by its first key that does.
std::string other_scenario(const Json& kept, const Json& asked) {
  const Json a = kept.value("search", Json::object()).value("scenario", Json::object());
  const Json b = asked.value("search", Json::object()).value("scenario", Json::object());
  if (a == b || !a.is_object() || !b.is_object()) return {};
  for (const auto& [key, value] : b.items()) {
    if (a.value(key, Json()) != value) return fmt::format("the scenario has changed, in its \"{}\"", key);
  }
  return "the scenario has changed";
}

/// Hashes what of a campaign's document its lines depend on.
std::uint64_t search_hash(const Json& document) {
  sim::RollingHash hash;
  for (const char* key :
       {"tool", "inputs", "model", "strategy", "seed", "deviations", "promise", "full_calm", "sample"})
    hash.add(document.value(key, Json()).dump());
  return hash.value();
}

std::string line_path(const std::string& directory, std::uint64_t line) {
  return (fs::path{directory} / "lines" / fmt::format("{:08}.json", line)).string();
}

/// Returns the lines that a directory has, ascending.
std::vector<std::uint64_t> lines_in(const std::string& directory) {
  std::vector<std::uint64_t> lines;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(fs::path{directory} / "lines", error)) {
    const std::string name = entry.path().filename().string();
    std::uint64_t line = 0;
    const auto [end, bad] = std::from_chars(name.data(), name.data() + name.size(), line);
    if (bad == std::errc{} && std::string_view{end} == ".json") lines.push_back(line);
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

/// Reads a file of the directory, which is the campaign's own: it may be written again.
std::optional<std::string> text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

/// Tells how far a line was played; empty where there is no such line, or a bad one.
std::optional<std::uint64_t> kept_next(const std::string& directory, std::uint64_t line, std::uint64_t search) {
  std::ifstream file(line_path(directory, line), std::ios::binary);
  std::array<char, scenarios::kLineHead> head{};
  file.read(head.data(), head.size());
  const auto many = static_cast<std::size_t>(file.gcount());
  file.clear();
  std::array<char, 2> tail{};
  file.seekg(-2, std::ios::end);
  file.read(tail.data(), tail.size());
  if (!file) return std::nullopt;
  return scenarios::next_of_line({head.data(), many}, {tail.data(), tail.size()}, search, line);
}

scenarios::DecodedLine line_in(const std::string& directory, std::uint64_t line, std::uint64_t search) {
  const auto text = text_of(line_path(directory, line));
  if (!text) return {std::nullopt, "cannot be read"};
  return scenarios::decode_line(*text, search, line);
}

struct ReadDocument {
  std::optional<Json> document;  // empty, without an error: there is none
  std::string error;
};

ReadDocument read_document(const std::string& directory) {
  const std::string path = (fs::path{directory} / "campaign.json").string();
  std::error_code error;
  if (!fs::exists(path, error)) return {};
  const auto text = text_of(path);
  if (!text) return {std::nullopt, "its campaign.json cannot be read"};
  Json json = Json::parse(*text, nullptr, false);
  if (!json.is_object() || json.value("format", Json()) != kCampaignFormat)
    return {std::nullopt, fmt::format("its campaign.json is no {}", kCampaignFormat)};
  return {std::move(json), ""};
}

}  // namespace

Json campaign_document(const scenarios::ExploreOptions& search, const Job& job, std::uint64_t inputs) {
  scenarios::Outcome nothing;  // a tape without a decision: the search's scenario, policy and settings
  Json invariants = Json::array();
  for (const scenarios::SqlInvariant& promise : job.played.sql_invariants)
    invariants.push_back({{"name", promise.name}, {"promise", promise.promise}, {"sql", promise.sql}});
  const bool is_exhaustive = search.strategy == scenarios::Strategy::exhaustive;
  return {{"format", kCampaignFormat},
          {"tool", scenarios::tool_name()},
          {"scenario", job.scenario->name},
          {"policy", job.played.policy_name},
          {"case", job.played.in_file ? Json(job.played.name) : Json(nullptr)},
          {"knobs", knobs_json(job.played.policy)},
          {"inputs", hex(inputs)},
          {"strategy", scenarios::to_text(search.strategy)},
          {"seed", search.seed},
          {"deviations", is_exhaustive ? Json(search.deviations) : Json(nullptr)},
          {"promise", search.promise.empty() ? Json(nullptr) : Json(search.promise)},
          {"full_calm", search.full_calm},
          {"sample", search.sample == 0 ? Json(nullptr) : Json(search.sample)},
          {"beyond", beyond_json(search.beyond)},
          {"invariants", std::move(invariants)},
          {"invocation", invocation_json(job)},
          {"search", Json::parse(scenarios::encode_tape(*job.scenario, job.played, nothing))}};
}

Job campaign_job(const Json& document, const std::string& path) {
  const Json& made = document.at("invocation");
  // Policies that the scenario names by their files are looked for where they were.
  std::string file = made.at("file").get<std::string>();
  if (file.empty()) file = path;
  auto search = scenarios::decode_tape(file, document.at("search").dump());
  if (!search.value || !search.errors.empty())
    throw CampaignRefused(fmt::format("{}: its search cannot be read", path));
  Job job;
  job.scenario = std::make_shared<const scenarios::Scenario>(std::move(search.value->scenario));
  job.played = std::move(search.value->played);
  for (const Json& promise : document.at("invariants")) {
    job.played.sql_invariants.push_back({promise.at("name").get<std::string>(),
                                         promise.at("promise").get<std::string>(),
                                         promise.at("sql").get<std::string>()});
  }
  job.invocation.file = made.at("file").get<std::string>();
  if (!made.at("policy").is_null()) job.invocation.policy = made.at("policy").get<std::string>();
  if (!made.at("tape").is_null()) job.invocation.tape = made.at("tape").get<std::string>();
  job.invocation.set = made.at("set").get<std::vector<std::string>>();
  job.invocation.invariants = made.at("invariants").get<std::vector<std::string>>();
  job.judges_expectations = !made.at("policy").is_null();
  if (made.at("seeded").get<bool>()) job.played.seed = 0;  // that there was one is all that a report needs
  return job;
}

scenarios::ExploreOptions campaign_options(const Json& document) {
  scenarios::ExploreOptions options;
  options.strategy = scenarios::parse_strategy(document.at("strategy").get<std::string>()).value();
  options.seed = document.at("seed").get<std::uint64_t>();
  if (!document.at("deviations").is_null()) options.deviations = document.at("deviations").get<std::uint32_t>();
  if (!document.at("promise").is_null()) options.promise = document.at("promise").get<std::string>();
  options.full_calm = document.at("full_calm").get<bool>();
  if (const Json sample = document.value("sample", Json()); !sample.is_null())
    options.sample = sample.get<std::uint64_t>();
  for (const Json& known : document.at("beyond")) {
    scenarios::KnownFinding finding{
        known.at("invariant").get<std::string>(), known.at("signature").get<std::string>(), {}};
    for (const Json& each : known.at("tape"))
      finding.tape.set(each.at(0).get<std::string>(), each.at(1).get<std::uint32_t>(), each.at(2).get<std::uint32_t>());
    options.beyond.push_back(std::move(finding));
  }
  return options;
}

std::string why_another_search(const Json& kept, const Json& asked) {
  for (std::string why :
       {other("version of Drydock", kept, asked, "tool"), other("scenario", kept, asked, "scenario"),
        other("policy", kept, asked, "policy"), other("case", kept, asked, "case"),
        other("strategy", kept, asked, "strategy"), other("seed", kept, asked, "seed"),
        other("bound of deviations", kept, asked, "deviations"), other("--promise", kept, asked, "promise"),
        other("--full-calm", kept, asked, "full_calm"), other("--trace-sample", kept, asked, "sample"),
        other_setting(kept, asked), other_scenario(kept, asked)}) {
    if (!why.empty()) return why;
  }
  if (kept.value("beyond", Json()) != asked.value("beyond", Json())) return "other findings to go --beyond";
  if (kept.value("invariants", Json()) != asked.value("invariants", Json())) return "another --invariant";
  return kept.value("inputs", Json()) == asked.value("inputs", Json()) ? "" : "another setting (--set)";
}

// ---- one directory ----

CampaignDirectory::CampaignDirectory(std::string directory, Json document, std::optional<std::uint64_t> runs,
                                     std::ostream& notes)
    : directory_(std::move(directory)), document_(std::move(document)), runs_(runs), notes_(notes) {
  make();
  const HeldClaim setup(*claims_, kSetup, false);
  const ReadDocument kept = read_document(directory_);
  if (!kept.error.empty()) throw CampaignRefused(fmt::format("--campaign {}: {}", directory_, kept.error));
  check(kept.document);
  remove_temporaries();
}

/// Makes what is missing of the directory. A directory of something else stays as it is.
void CampaignDirectory::make() {
  const fs::path directory{directory_};
  std::error_code error;
  if (fs::exists(directory, error) && !fs::is_directory(directory, error))
    throw CampaignRefused(fmt::format("--campaign {}: it is no directory", directory_));
  fs::create_directories(directory, error);
  if (error) cannot_write(directory_, error.value());
  // The claims are the first thing that a campaign has: who is killed here, or comes second, finds them or nothing.
  const bool is_empty = fs::is_empty(directory, error);
  if (!is_empty && !fs::exists(directory / "claims", error))
    throw CampaignRefused(fmt::format("--campaign {}: the directory holds something else", directory_));
  claims_.emplace((directory / "claims").string());
  for (const char* part : {"lines", "findings"}) {
    fs::create_directories(directory / part, error);
    if (error) cannot_write((directory / part).string(), error.value());
  }
}

/// Throws CampaignRefused where what is kept is another search.
void CampaignDirectory::check(const std::optional<Json>& kept) const {
  if (!kept) return;
  const std::string why = why_another_search(*kept, document_);
  if (!why.empty()) throw CampaignRefused(fmt::format("--campaign {}: it holds another search: {}", directory_, why));
}

/// Removes what processes that were killed left half-written: nobody writes while this process has the lock alone.
void CampaignDirectory::remove_temporaries() {
  const HeldClaim alone(*claims_, kWriting, false);
  std::error_code error;
  for (const fs::path& where :
       {fs::path{directory_}, fs::path{directory_} / "lines", fs::path{directory_} / "findings"}) {
    std::vector<fs::path> left;
    for (const auto& entry : fs::directory_iterator(where, error)) {
      const std::string name = entry.path().filename().string();
      if (name.starts_with('.') && name.ends_with(".tmp")) left.push_back(entry.path());
    }
    for (const fs::path& path : left) fs::remove(path, error);
  }
}

void CampaignDirectory::begin(std::uint64_t model) {
  const HeldClaim setup(*claims_, kSetup, false);
  const ReadDocument kept = read_document(directory_);
  if (!kept.error.empty()) throw CampaignRefused(fmt::format("--campaign {}: {}", directory_, kept.error));
  check(kept.document);
  document_["model"] = hex(model);
  if (kept.document && kept.document->value("model", Json()) != document_["model"]) {
    throw CampaignRefused(
        fmt::format("--campaign {}: it holds another search: another version of the model (its calm run has the hash "
                    "{} there, {} here)",
                    directory_, kept.document->value("model", ""), hex(model)));
  }
  document_["runs"] = runs_ ? Json(*runs_) : Json(nullptr);
  search_ = search_hash(document_);
  if (kept.document && *kept.document == document_) return;
  const HeldClaim writing(*claims_, kWriting, true);
  // What it takes to see the first command again stays as it was: only how many runs are wanted may change.
  Json written = kept.document.value_or(document_);
  written["runs"] = document_["runs"];
  write_whole((fs::path{directory_} / "campaign.json").string(), written.dump(1) + "\n");
}

bool CampaignDirectory::is_finished(std::uint64_t line, std::uint64_t wanted) const {
  const auto next = kept_next(directory_, line, search_);
  return next && *next >= wanted;
}

std::optional<Line> CampaignDirectory::claim(const LinePlan& plan) {
  length_ = plan.length;
  others_ = 0;
  const std::uint64_t lines = plan.lines();
  for (std::uint64_t line = plan.shard - 1; line < lines; line += plan.shards) {
    if (settled_.contains(line)) continue;
    if (!claims_->try_lock(line)) {
      ++others_;
      continue;
    }
    // Only now: whoever had the line until a moment ago has kept it before giving it up.
    if (!is_finished(line, plan.wanted(line))) return kept_line(line, plan);
    settled_.insert(line);
    claims_->unlock(line);
  }
  return std::nullopt;
}

/// Returns a line as far as it was played.
Line CampaignDirectory::kept_line(std::uint64_t line, const LinePlan& plan) {
  Line fresh;
  fresh.number = line;
  std::error_code error;
  if (!fs::exists(line_path(directory_, line), error)) return fresh;
  scenarios::DecodedLine kept = line_in(directory_, line, search_);
  if (!kept.line) {
    notes_ << "note: " << reports::printable(line_path(directory_, line)) << " " << kept.error
           << ": its runs are played again\n";
    return fresh;
  }
  return kept.line->next % plan.step == 0 ? *std::move(kept.line) : fresh;
}

void CampaignDirectory::keep(const Line& line) {
  const HeldClaim writing(*claims_, kWriting, true);
  write_whole(line_path(directory_, line.number), scenarios::encode_line(line, search_, line.next == length_));
}

void CampaignDirectory::release(const Line& line) { claims_->unlock(line.number); }

void CampaignDirectory::read(const std::function<void(Line& line)>& each) {
  for (const std::uint64_t number : lines_in(directory_)) {
    scenarios::DecodedLine kept = line_in(directory_, number, search_);
    if (kept.line) each(*kept.line);
  }
}

void CampaignDirectory::keep_finding(const Job& job, const scenarios::Finding& finding, bool replaced) {
  const std::string path = (fs::path{directory_} / "findings" / (file_stem(finding) + ".tape.json")).string();
  std::error_code error;
  if (!replaced && fs::exists(path, error)) return;
  const std::string text = tape_of(*job.scenario, job.played, finding);
  const HeldClaim writing(*claims_, kWriting, true);
  write_whole(path, text);
}

// ---- several directories ----

MergedCampaigns::MergedCampaigns(const std::vector<std::string>& directories,
                                 std::vector<scenarios::Diagnostic>& problems)
    : problems_(problems) {
  for (const std::string& directory : directories) {
    const ReadDocument read = read_document(directory);
    if (!read.document) {
      problems_.push_back(scenarios::problem_in(
          directory, read.error.empty() ? "is no campaign: it has no campaign.json" : read.error));
      continue;
    }
    if (directories_.empty()) {
      document_ = *read.document;
    } else {
      std::string why = why_another_search(document_, *read.document);
      if (why.empty()) why = other("version of the model", document_, *read.document, "model");
      if (!why.empty()) {
        problems_.push_back(scenarios::problem_in(
            directory, fmt::format("is no part of the search in {}: {}", directories_.front(), why)));
        continue;
      }
    }
    if (const Json runs = read.document->value("runs", Json()); runs.is_number_unsigned())
      runs_ = std::max(runs_.value_or(0), runs.get<std::uint64_t>());
    directories_.push_back(directory);
  }
}

Job MergedCampaigns::job() const {
  return campaign_job(document_, (fs::path{directories_.front()} / "campaign.json").string());
}

scenarios::ExploreOptions MergedCampaigns::options() const {
  scenarios::ExploreOptions options = campaign_options(document_);
  options.runs = runs_;
  return options;
}

Json MergedCampaigns::document() const {
  Json document = document_;
  // What a campaign adds to it.
  for (const char* key : {"model", "runs"}) document.erase(key);
  return document;
}

std::uint64_t MergedCampaigns::inputs() const { return from_hex(document_.at("inputs")); }

void MergedCampaigns::begin(std::uint64_t model) {
  if (document_.value("model", Json()) == hex(model)) return;
  throw CampaignRefused(fmt::format("{} was searched with another version of the model", directories_.front()));
}

void MergedCampaigns::read(const std::function<void(Line& line)>& each) {
  const std::uint64_t search = search_hash(document_);
  std::map<std::uint64_t, std::vector<std::pair<std::uint64_t, std::size_t>>> lines;  // how far, and where
  for (std::size_t i = 0; i < directories_.size(); ++i) {
    for (const std::uint64_t line : lines_in(directories_[i]))
      lines[line].emplace_back(kept_next(directories_[i], line, search).value_or(0), i);
  }
  for (auto& [number, where] : lines) {
    std::sort(where.rbegin(), where.rend());
    for (const auto& [next, i] : where) {
      scenarios::DecodedLine kept = line_in(directories_[i], number, search);
      if (kept.line) {
        each(*kept.line);
        break;
      }
      problems_.push_back(scenarios::problem_in(line_path(directories_[i], number), kept.error));
    }
  }
}

}  // namespace drydock::cli
