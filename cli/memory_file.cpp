#include "cli/memory_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>

#include "cli/output.hpp"
#include "model/store/harden.hpp"
#include "model/store/sqlite_setup.hpp"
#include "scenarios/files/file_use.hpp"
#include "scenarios/trace/database_kind.hpp"

namespace drydock::cli {
namespace {

namespace fs = std::filesystem;
using scenarios::FindingState;
using scenarios::Occasion;
using scenarios::RememberedFinding;

// `PRAGMA application_id` is "DryF", `PRAGMA user_version` the schema's version.
constexpr scenarios::DatabaseKind kMemoryKind{.application_id = 0x44727946,
                                              .version = 1,
                                              .name = "memory of findings",
                                              .made_by = "drydock explore --known FILE --date DATE"};

/// So long a process waits for others that change the file. A change takes milliseconds.
constexpr int kPatienceMs = 60'000;

constexpr const char* kMemorySchema = R"sql(
CREATE TABLE finding (             -- a way in which a promise is broken, under a policy
  id INTEGER PRIMARY KEY,          -- in the order in which they were first noted
  name TEXT NOT NULL,              -- the promise and a hash of the signature: no-orphan-1f9b2c07
  policy TEXT NOT NULL,            -- with the knobs that were set: latest,restart.debounce_window=60s
  promise TEXT NOT NULL,           -- drydock list invariants
  signature TEXT NOT NULL,         -- the promise and the kinds of event along the chain of causes
  state TEXT NOT NULL CHECK (state IN ('new', 'known', 'fixed', 'reopened', 'does not replay')),
  why TEXT,                        -- why it stands so, where that needs a word
  accepted TEXT,                   -- the date; null: nobody has accepted it
  retired TEXT,                    -- the date; null: its tape is played
  note TEXT,                       -- yours
  link TEXT,                       -- yours
  scenario TEXT,                   -- in which its tape was found
  message TEXT,                    -- what happened, in a sentence
  size INTEGER NOT NULL,           -- decisions of the tape
  first_date TEXT NOT NULL,        -- when it was first seen, by --date
  first_campaign TEXT NOT NULL,    -- the directory of --campaign, else the command and what it played
  first_model TEXT NOT NULL,       -- Drydock's version, and a hash of how its platform behaves
  last_date TEXT NOT NULL,         -- when it was last seen
  last_campaign TEXT NOT NULL,
  last_model TEXT NOT NULL,
  tape TEXT,                       -- the text of a tape file: drydock findings export; null: there can be none
  UNIQUE (policy, promise, signature)
);
CREATE TABLE history (             -- each change of a finding's state, and by whom
  finding INTEGER NOT NULL REFERENCES finding (id),
  date TEXT NOT NULL,
  state TEXT NOT NULL,             -- from now on; also accepted, retired
  why TEXT,
  campaign TEXT NOT NULL,
  model TEXT
);
CREATE TABLE night (               -- each command that noted what it saw
  date TEXT NOT NULL,
  campaign TEXT NOT NULL,
  model TEXT NOT NULL,
  policy TEXT NOT NULL,
  new INTEGER NOT NULL,            -- how many findings it left in this state
  known INTEGER NOT NULL,
  fixed INTEGER NOT NULL,
  reopened INTEGER NOT NULL,
  does_not_replay INTEGER NOT NULL
);
)sql";

/// A statement, from its making to its end.
class MemoryStatement {
 public:
  MemoryStatement(sqlite3* handle, const char* sql) {
    if (sqlite3_prepare_v2(handle, sql, -1, &statement_, nullptr) != SQLITE_OK) statement_ = nullptr;
  }
  MemoryStatement(const MemoryStatement&) = delete;
  MemoryStatement& operator=(const MemoryStatement&) = delete;
  ~MemoryStatement() { sqlite3_finalize(statement_); }

  /// An empty text is NULL where it may be.
  MemoryStatement& text_or_null(const std::string& text) {
    if (!text.empty()) return this->text(text);
    sqlite3_bind_null(statement_, ++bound_);
    return *this;
  }
  MemoryStatement& text(std::string_view text) {
    sqlite3_bind_text(statement_, ++bound_, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
    return *this;
  }
  MemoryStatement& number(std::uint64_t number) {
    sqlite3_bind_int64(statement_, ++bound_, static_cast<std::int64_t>(number));
    return *this;
  }
  MemoryStatement& occasion(const Occasion& seen) { return text(seen.date).text(seen.campaign).text(seen.model); }

  /// Moves to the next row.
  [[nodiscard]] bool row() { return step() == SQLITE_ROW; }
  /// Tells whether it ran to its end.
  [[nodiscard]] bool run() { return step() == SQLITE_DONE; }
  /// Tells whether the last step was the end, and no error.
  [[nodiscard]] bool is_done() const { return last_ == SQLITE_DONE; }

  [[nodiscard]] std::string text_at(int column) {
    const auto* const bytes = sqlite3_column_text(statement_, column);
    const int size = sqlite3_column_bytes(statement_, column);
    return bytes == nullptr ? std::string{} : std::string(reinterpret_cast<const char*>(bytes), size);
  }
  [[nodiscard]] std::uint64_t number_at(int column) {
    return static_cast<std::uint64_t>(sqlite3_column_int64(statement_, column));
  }

 private:
  int step() { return last_ = statement_ == nullptr ? SQLITE_ERROR : sqlite3_step(statement_); }

  sqlite3_stmt* statement_ = nullptr;
  int bound_ = 0;
  int last_ = SQLITE_OK;
};

constexpr const char* kRead = R"sql(
SELECT policy, promise, signature, state, why, accepted, retired, note, link, scenario, message, size, tape,
       first_date, first_campaign, first_model, last_date, last_campaign, last_model
  FROM finding ORDER BY id)sql";

constexpr const char* kPut = R"sql(
INSERT INTO finding (policy, promise, signature, state, why, accepted, retired, note, link, scenario, message, size,
                     tape, first_date, first_campaign, first_model, last_date, last_campaign, last_model, name)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)
ON CONFLICT (policy, promise, signature) DO UPDATE
   SET state = excluded.state, why = excluded.why, accepted = excluded.accepted, retired = excluded.retired,
       note = excluded.note, link = excluded.link, scenario = excluded.scenario, message = excluded.message,
       size = excluded.size, tape = excluded.tape, first_date = excluded.first_date,
       first_campaign = excluded.first_campaign, first_model = excluded.first_model, last_date = excluded.last_date,
       last_campaign = excluded.last_campaign, last_model = excluded.last_model)sql";

constexpr const char* kHistory = R"sql(
INSERT INTO history (finding, date, state, why, campaign, model)
SELECT id, ?4, ?5, ?6, ?7, ?8 FROM finding WHERE policy = ?1 AND promise = ?2 AND signature = ?3 -- one row)sql";

constexpr const char* kPast = R"sql(
SELECT history.state, history.why, history.date, campaign, model
  FROM history JOIN finding ON finding.id = history.finding
 WHERE policy = ?1 AND promise = ?2 AND signature = ?3
 ORDER BY history.rowid)sql";

constexpr const char* kNight = R"sql(
INSERT INTO night (date, campaign, model, policy, new, known, fixed, reopened, does_not_replay)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9))sql";

RememberedFinding finding_in(MemoryStatement& row) {
  RememberedFinding finding;
  int column = 0;
  const auto text = [&] { return row.text_at(column++); };
  for (std::string* part : {&finding.key.policy, &finding.key.promise, &finding.key.signature}) *part = text();
  finding.state = scenarios::parse_finding_state(text()).value_or(FindingState::is_new);
  for (std::string* part : {&finding.why, &finding.accepted, &finding.retired, &finding.note, &finding.link,
                            &finding.scenario, &finding.message})
    *part = text();
  finding.size = row.number_at(column++);
  finding.tape = text();
  for (Occasion* seen : {&finding.first, &finding.last}) {
    for (std::string* part : {&seen->date, &seen->campaign, &seen->model}) *part = text();
  }
  return finding;
}

/// Says in the words of the history what has become of a finding; empty where nothing has.
std::vector<std::string> changes_of(const RememberedFinding& before, const RememberedFinding& after) {
  std::vector<std::string> words;
  if (before.state != after.state) words.emplace_back(scenarios::to_text(after.state));
  if (before.accepted.empty() && !after.accepted.empty()) words.emplace_back("accepted");
  if (before.retired.empty() && !after.retired.empty()) words.emplace_back("retired");
  return words;
}

const RememberedFinding* with_key(const std::vector<RememberedFinding>& all, const scenarios::FindingKey& key) {
  for (const RememberedFinding& one : all) {
    if (one.key == key) return &one;
  }
  return nullptr;
}

/// Makes an empty file where there is none. Throws CannotWrite.
void make_file(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (descriptor < 0) throw CannotWrite(fmt::format("cannot write {}: {}", path, std::strerror(errno)));
  ::close(descriptor);
}

/// No report of this command may replace the file. Done before SQLite opens it: closing any descriptor of a file gives
/// up the locks that the process has on it.
void note_use(const std::string& path) {
  const scenarios::OpenFile file(path);
  if (file.get() < 0) return;
  if (const std::string other = scenarios::note_read(path, file.get()); !other.empty())
    throw UsageError(fmt::format("--known {} is to be written by {}", path, other), "");
}

}  // namespace

const char* memory_schema() { return kMemorySchema; }

MemoryFile::MemoryFile(const std::string& path, Use use) : path_(path) {
  std::error_code error;
  const bool is_empty = fs::is_regular_file(path, error) && fs::file_size(path, error) == 0;
  const bool is_made = use == Use::write && (!fs::exists(path, error) || is_empty);
  if (is_made) {
    make_file(path);
  } else if (const std::string why = scenarios::why_not_database(path, kMemoryKind); !why.empty()) {
    throw MemoryRefused(fmt::format("{} {}", path, why));
  }
  note_use(path);
  try {
    open(path, use);
    if (use == Use::write) try_writing();
  } catch (...) {
    sqlite3_close(handle_);
    throw;
  }
}

MemoryFile::~MemoryFile() { sqlite3_close(handle_); }

/// A file that is only read is opened for writing where that is allowed: what a killed process has left half-written is
/// taken back by whoever comes next.
void MemoryFile::open(const std::string& path, Use use) {
  model::set_up_sqlite();
  // An absolute path: to SQLite some names are no files.
  const std::string file = fs::absolute(path).string();
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
  int opened = sqlite3_open_v2(file.c_str(), &handle_, flags, nullptr);
  if (opened != SQLITE_OK && use == Use::read) {
    sqlite3_close(handle_);
    opened = sqlite3_open_v2(file.c_str(), &handle_, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nullptr);
  }
  if (opened != SQLITE_OK && use == Use::read)
    throw MemoryRefused(fmt::format("{} cannot be read: {}", path_, sqlite3_errmsg(handle_)));
  if (opened != SQLITE_OK) fail();
  model::harden(handle_);  // the file may be anybody's
  sqlite3_busy_timeout(handle_, kPatienceMs);
  if (use == Use::write && sqlite3_db_readonly(handle_, "main") != 0)
    throw CannotWrite(fmt::format("cannot write {}: it may only be read", path_));
}

/// Finds out before a search, and not after it, that the file cannot be written; makes the tables where there are none.
void MemoryFile::try_writing() {
  execute("BEGIN IMMEDIATE");
  MemoryStatement tables(handle_, "SELECT count(*) FROM sqlite_schema");
  if (!tables.row()) fail();
  const bool is_new = tables.number_at(0) == 0;
  (void)tables.run();
  if (is_new) execute(kMemorySchema);
  // Writing it, with the value that it has, is what takes a journal beside the file.
  execute(fmt::format("PRAGMA application_id = {}", kMemoryKind.application_id).c_str());
  execute(fmt::format("PRAGMA user_version = {}", kMemoryKind.version).c_str());
  execute("COMMIT");
}

void MemoryFile::execute(const char* sql) {
  if (sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) fail();
}

void MemoryFile::fail() const {
  const int code = sqlite3_errcode(handle_) & 0xFF;
  const std::string message = sqlite3_errmsg(handle_);
  const bool is_damaged = code == SQLITE_CORRUPT || code == SQLITE_NOTADB || code == SQLITE_ERROR;
  if (is_damaged) throw MemoryRefused(fmt::format("{} cannot be read: {}", path_, message));
  throw CannotWrite(fmt::format("cannot write {}: {}", path_, message));
}

std::vector<RememberedFinding> MemoryFile::findings() const {
  std::vector<RememberedFinding> all;
  MemoryStatement rows(handle_, kRead);
  while (rows.row()) all.push_back(finding_in(rows));
  if (!rows.is_done()) throw MemoryRefused(fmt::format("{} cannot be read: {}", path_, sqlite3_errmsg(handle_)));
  return all;
}

std::vector<PastChange> MemoryFile::history(const scenarios::FindingKey& key) const {
  std::vector<PastChange> all;
  MemoryStatement rows(handle_, kPast);
  rows.text(key.policy).text(key.promise).text(key.signature);
  while (rows.row())
    all.push_back({rows.text_at(0), rows.text_at(1), {rows.text_at(2), rows.text_at(3), rows.text_at(4)}});
  return all;
}

std::string MemoryFile::latest_date() const {
  MemoryStatement latest(handle_, R"sql(
SELECT max(date) FROM (SELECT date FROM history UNION ALL SELECT date FROM night) -- one row)sql");
  return latest.row() ? latest.text_at(0) : std::string{};
}

void MemoryFile::change(const std::function<MemoryChange(const std::vector<RememberedFinding>&)>& change) {
  execute("BEGIN IMMEDIATE");
  try {
    const std::vector<RememberedFinding> before = findings();
    write(before, change(before));
    execute("COMMIT");
  } catch (...) {
    sqlite3_exec(handle_, "ROLLBACK", nullptr, nullptr, nullptr);
    throw;
  }
}

void MemoryFile::write(const std::vector<RememberedFinding>& before, const MemoryChange& change) {
  for (const RememberedFinding& finding : change.findings) put(with_key(before, finding.key), finding, change.entry.by);
  for (const NightCounts& counts : change.entry.counts) {
    MemoryStatement night(handle_, kNight);
    night.occasion(change.entry.by).text(counts.policy);
    for (const FindingState state : {FindingState::is_new, FindingState::known, FindingState::fixed,
                                     FindingState::reopened, FindingState::does_not_replay}) {
      const auto found = counts.of.find(state);
      night.number(found == counts.of.end() ? 0 : found->second);
    }
    if (!night.run()) fail();
  }
}

void MemoryFile::put(const RememberedFinding* before, const RememberedFinding& finding, const Occasion& by) {
  std::vector<std::string> words{std::string{scenarios::to_text(finding.state)}};
  if (before != nullptr) words = changes_of(*before, finding);
  MemoryStatement row(handle_, kPut);
  row.text(finding.key.policy).text(finding.key.promise).text(finding.key.signature);
  row.text(scenarios::to_text(finding.state));
  for (const std::string* part : {&finding.why, &finding.accepted, &finding.retired, &finding.note, &finding.link,
                                  &finding.scenario, &finding.message})
    row.text_or_null(*part);
  row.number(finding.size).text_or_null(finding.tape);
  row.occasion(finding.first).occasion(finding.last).text(finding.name());
  if (!row.run()) fail();
  for (const std::string& word : words) {
    MemoryStatement history(handle_, kHistory);
    history.text(finding.key.policy).text(finding.key.promise).text(finding.key.signature);
    history.text(by.date).text(word).text_or_null(finding.why).text(by.campaign).text_or_null(by.model);
    if (!history.run()) fail();
  }
}

}  // namespace drydock::cli
