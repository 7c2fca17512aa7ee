#include "scenarios/explore/runs_database.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "model/store/sqlite_setup.hpp"
#include "scenarios/explore/abstract_states.hpp"
#include "scenarios/explore/explorer.hpp"
#include "scenarios/tool.hpp"
#include "scenarios/trace/inserter.hpp"
#include "scenarios/trace/runs_schema.hpp"
#include "sim/check.hpp"
#include "sim/search/residual.hpp"
#include "sim/time.hpp"

namespace drydock::scenarios {
namespace {

namespace search = sim::search;

std::int64_t whole(std::uint64_t number) { return static_cast<std::int64_t>(number); }

/// Numbers things from 1, in the order of their keys.
template <typename Map>
std::map<std::uint64_t, std::int64_t> ids_of(const Map& seen) {
  std::map<std::uint64_t, std::int64_t> ids;
  for (const auto& [key, what] : seen) ids.emplace(key, whole(ids.size() + 1));
  return ids;
}

class RunsWriter {
 public:
  RunsWriter(const Exploration& found, const RunsOrigin& origin) : found_(found), origin_(origin) {
    model::set_up_sqlite();
    const int opened = sqlite3_open_v2(":memory:", &handle_,
                                       SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
    DRYDOCK_CHECK(opened == SQLITE_OK, "SQLite cannot open a database in memory");
  }
  RunsWriter(const RunsWriter&) = delete;
  RunsWriter& operator=(const RunsWriter&) = delete;
  ~RunsWriter() { sqlite3_close(handle_); }

  std::string write() {
    // Nothing is ever rolled back.
    execute("PRAGMA journal_mode = OFF");
    execute(fmt::format("PRAGMA application_id = {}", kRunsApplicationId).c_str());
    execute(fmt::format("PRAGMA user_version = {}", kRunsVersion).c_str());
    execute(runs_schema());
    execute("BEGIN");
    write_search();
    write_findings();
    write_effects();
    write_states();
    write_transitions();
    write_promises();
    write_runs();
    execute("COMMIT");
    return bytes();
  }

 private:
  void execute(const char* sql) const {
    char* message = nullptr;
    const int result = sqlite3_exec(handle_, sql, nullptr, nullptr, &message);
    const std::string said = message != nullptr ? message : "";
    sqlite3_free(message);
    DRYDOCK_CHECK(result == SQLITE_OK, "{}", said);
  }

  [[nodiscard]] std::string bytes() const {
    sqlite3_int64 size = 0;
    const std::unique_ptr<unsigned char, void (*)(void*)> copy(sqlite3_serialize(handle_, "main", &size, 0),
                                                               sqlite3_free);
    DRYDOCK_CHECK(copy != nullptr, "SQLite cannot serialise a database of {} bytes", size);
    return {reinterpret_cast<const char*>(copy.get()), static_cast<std::size_t>(size)};
  }

  void write_search() const {
    Inserter rows(handle_, "INSERT INTO search VALUES (?, ?)");
    const std::string tool = tool_name();
    for (const auto& [key, text] : {std::pair<std::string_view, const std::string&>{"tool", tool},
                                    {"scenario", found_.scenario},
                                    {"policy", found_.policy},
                                    {"strategy", found_.strategy},
                                    {"document", origin_.document},
                                    {"again", origin_.again}})
      rows.add(key).add(std::string_view{text}).insert();
    rows.add(std::string_view{"case"}).add_or_null(origin_.case_name).insert();
    for (const auto& [key, number] : {std::pair<std::string_view, std::uint64_t>{"seed", found_.seed},
                                      {"runs", found_.runs},
                                      {"sample", found_.sample},
                                      {"rows", found_.rows.size()}})
      rows.add(key).add(whole(number)).insert();
  }

  void write_findings() {
    for (const Finding& finding : found_.findings) add_way({finding.invariant, finding.signature});
    for (const search::RunRow& row : found_.rows) {
      for (const search::Broken& broken : row.broken) add_way(broken);
    }
    Inserter rows(handle_, "INSERT INTO finding VALUES (?, ?, ?, ?, ?)");
    std::int64_t last = 0;
    for (auto& [way, id] : ways_) {
      id = ++last;
      const auto finding = finding_of(way);
      const bool is_found = finding != found_.findings.end();
      rows.add(id).add(std::string_view{way.promise}).add(std::string_view{way.signature});
      rows.add(is_found ? std::optional{whole(finding->times)} : std::nullopt);
      rows.add(is_found ? std::optional{whole(finding->first_run)} : std::nullopt).insert();
    }
  }
  [[nodiscard]] std::vector<Finding>::const_iterator finding_of(const search::Broken& way) const {
    return std::find_if(found_.findings.begin(), found_.findings.end(), [&](const Finding& one) {
      return one.invariant == way.promise && one.signature == way.signature;
    });
  }
  void add_way(const search::Broken& way) { ways_.try_emplace(way, 0); }

  /// Effects are numbered as families are: faults in the order of the list, then requests in that of theirs.
  void write_effects() const {
    Inserter rows(handle_, "INSERT INTO effect VALUES (?, ?, ?, ?, ?, ?, ?)");
    std::int64_t id = 0;
    for (const FaultUse& fault : found_.faults) {
      rows.add(id++)
          .add(std::string_view{"fault"})
          .add(std::string_view{fault.name})
          .add(whole(fault.runs))
          .add(whole(fault.fired));
      rows.add(whole(fault.noticed));
      rows.add(fault.mattered ? std::optional<std::int64_t>{*fault.mattered ? 1 : 0} : std::nullopt).insert();
    }
    for (const std::string& request : found_.listed_requests) {
      const std::int64_t sent = whole(found_.requests.at(request));
      rows.add(id++)
          .add(std::string_view{"request"})
          .add(std::string_view{request})
          .add_null()
          .add(sent)
          .add(sent)
          .add_null()
          .insert();
    }
  }

  void write_states() {
    state_ids_ = ids_of(found_.coverage.seen_states());
    Inserter rows(handle_, "INSERT INTO state VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
    Inserter operations(handle_, "INSERT OR IGNORE INTO state_operation VALUES (?, ?)");
    for (const auto& [key, seen] : found_.coverage.seen_states()) {
      const AbstractState state = AbstractState::parse(seen.name);
      const std::int64_t id = state_ids_.at(key);
      const std::string under_way = fmt::format("{}", fmt::join(state.operations, ", "));
      rows.add(id).add(std::string_view{state.status}).add(std::int64_t{state.has_url ? 1 : 0});
      rows.add(std::string_view{state.instance}).add(std::int64_t{state.live}).add(std::string_view{state.wished});
      rows.add(std::string_view{under_way}).add(std::int64_t{seen.runs}).add(whole(seen.first)).insert();
      for (const std::string& operation : state.operations)
        operations.add(id).add(std::string_view{operation}).insert();
    }
  }

  void write_transitions() {
    transition_ids_ = ids_of(found_.coverage.seen_transitions());
    const auto state = [&](std::uint64_t key) -> std::optional<std::int64_t> {
      const auto id = state_ids_.find(key);
      return id == state_ids_.end() ? std::nullopt : std::optional{id->second};
    };
    Inserter rows(handle_, "INSERT INTO transition VALUES (?, ?, ?, ?, ?, ?)");
    for (const auto& [key, seen] : found_.coverage.seen_transitions()) {
      rows.add(transition_ids_.at(key)).add(state(seen.step.from)).add(state(seen.step.to));
      rows.add(std::string_view{seen.step.because}).add(std::int64_t{seen.runs}).add(whole(seen.first)).insert();
    }
  }

  void write_promises() const {
    Inserter rows(handle_, "INSERT INTO promise VALUES (?, ?, ?, ?, ?)");
    for (const auto& [promise, bound] : found_.residual.upper_95) {
      const auto broken = found_.broken_runs.find(promise);
      const std::uint64_t times = broken == found_.broken_runs.end() ? 0 : broken->second;
      const auto [low, high] = search::wilson_95(found_.independent_runs, times);
      rows.add(std::string_view{promise}).add(whole(found_.independent_runs)).add(whole(times)).add(low).add(high);
      rows.insert();
    }
  }

  void write_runs() const {
    Inserter runs(handle_, "INSERT INTO run VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    Inserter violations(handle_, "INSERT INTO violation VALUES (?, ?)");
    Inserter added(handle_, "INSERT INTO added VALUES (?, ?, ?, ?, ?, ?)");
    Inserter states(handle_, "INSERT INTO run_state VALUES (?, ?)");
    Inserter transitions(handle_, "INSERT INTO run_transition VALUES (?, ?)");
    for (const search::RunRow& row : found_.rows) {
      const std::int64_t number = whole(row.number);
      write_run(runs, row);
      for (const search::Broken& way : row.broken) violations.add(number).add(ways_.at(way)).insert();
      std::int64_t nth = 0;
      for (const search::AddedEffect& one : row.added) {
        added.add(number).add(nth++).add(std::int64_t{one.family}).add((one.at - sim::kTimeZero).count());
        added.add(whole(one.fired)).add(whole(one.noticed)).insert();
      }
      for (const std::uint64_t state : row.states) states.add(number).add(state_ids_.at(state)).insert();
      for (const std::uint64_t taken : row.transitions) transitions.add(number).add(transition_ids_.at(taken)).insert();
    }
  }

  void write_run(Inserter& runs, const search::RunRow& row) const {
    const auto faults = static_cast<std::uint32_t>(found_.faults.size());
    std::int64_t struck = 0;
    std::int64_t sent = 0;
    for (const search::AddedEffect& one : row.added) (one.family < faults ? struck : sent) += whole(one.fired);
    const std::string_view verdict = row.cut_short ? "cut short" : row.broken.empty() ? "held" : "broken";
    const std::string hash = fmt::format("{:016x}", row.hash);
    runs.add(whole(row.number)).add(to_text(row.strategy)).add(verdict).add(whole(row.broken.size()));
    runs.add(struck).add(sent).add(whole(row.decisions)).add(whole(row.states.size()));
    runs.add(whole(row.transitions.size()));
    for (std::size_t i = 0; i < 5; ++i)
      runs.add(i < row.measures.size() ? std::optional{row.measures[i]} : std::nullopt);
    runs.add(std::string_view{hash}).add_or_null(row.tape).insert();
  }

  const Exploration& found_;
  const RunsOrigin& origin_;
  sqlite3* handle_ = nullptr;
  std::map<search::Broken, std::int64_t> ways_;
  std::map<std::uint64_t, std::int64_t> state_ids_;
  std::map<std::uint64_t, std::int64_t> transition_ids_;
};

}  // namespace

std::string runs_database(const Exploration& found, const RunsOrigin& origin) {
  return RunsWriter(found, origin).write();
}

}  // namespace drydock::scenarios
