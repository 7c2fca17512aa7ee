// The file of a memory of findings: what it keeps, and what becomes of it when processes are killed, come at once, or
// find no room.

#include "cli/memory_file.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sqlite3.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <functional>

#include "cli/output.hpp"
#include "tests/cli/processes.hpp"
#include "tests/cli/support.hpp"

namespace drydock::cli {
namespace {

namespace fs = std::filesystem;
using scenarios::FindingState;
using scenarios::RememberedFinding;
using Use = MemoryFile::Use;

RememberedFinding a_finding(const std::string& promise, FindingState state = FindingState::is_new) {
  RememberedFinding finding;
  finding.key = {"latest", promise, promise + ":a<b"};
  finding.state = state;
  finding.message = "it's broken\nin two lines";
  finding.scenario = "small";
  finding.size = 3;
  finding.tape = "{\"a\": 1}";
  finding.first = finding.last = {"2026-12-01", "night", "drydock 0.1.0 00c0ffee"};
  return finding;
}

void put(MemoryFile& memory, const std::vector<RememberedFinding>& findings, const std::string& date = "2026-12-01") {
  memory.change([&](const auto&) {
    return MemoryChange{findings, {{date, "night", "m"}, {{"latest", {{FindingState::is_new, findings.size()}}}}}};
  });
}

class MemoryFileTest : public CliTest {
 protected:
  /// Asks the file as a person does, with SQLite alone.
  [[nodiscard]] std::string ask(const std::string& sql) const {
    sqlite3* handle = nullptr;
    EXPECT_EQ(sqlite3_open_v2(file().c_str(), &handle, SQLITE_OPEN_READONLY, nullptr), SQLITE_OK);
    std::string text;
    const auto each = [](void* out, int columns, char** values, char**) {
      for (int i = 0; i < columns; ++i)
        *static_cast<std::string*>(out) += std::string{values[i] == nullptr ? "NULL" : values[i]} + "|";
      return 0;
    };
    char* error = nullptr;
    EXPECT_EQ(sqlite3_exec(handle, sql.c_str(), each, &text, &error), SQLITE_OK) << error;
    sqlite3_free(error);
    sqlite3_close(handle);
    return text;
  }
  void alter(const std::string& sql) const {
    sqlite3* handle = nullptr;
    sqlite3_open_v2(file().c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
    EXPECT_EQ(sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(handle);
    sqlite3_close(handle);
  }
  [[nodiscard]] std::string file() const { return path("findings.db"); }

  /// Plays in a process of its own, and returns its exit code; the signal's number, negated, where one ended it.
  static int in_process(const std::function<int()>& act) {
    const pid_t child = fork();
    if (child == 0) _exit(act());
    return code_of(child);
  }
  static int code_of(pid_t child) {
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }

  static std::string refusal(const std::string& path, Use use) {
    try {
      const MemoryFile memory(path, use);
    } catch (const MemoryRefused& error) {
      return error.what();
    } catch (const CannotWrite& error) {
      return std::string{"74: "} + error.what();
    }
    return "none";
  }
};

TEST_F(MemoryFileTest, KeepsFindingsAsTheyAre) {
  RememberedFinding one = a_finding("no-orphan", FindingState::does_not_replay);
  one.why = "its tape";
  one.accepted = "2026-12-02";
  one.retired = "2026-12-03";
  one.note = "a 'note'";
  one.link = "https://example.org/1";
  one.last = {"2026-12-04", "c", "m"};
  {
    MemoryFile memory(file(), Use::write);
    put(memory, {one, a_finding("a-promise")});
  }
  const MemoryFile memory(file(), Use::read);
  const auto all = memory.findings();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[1].key.promise, "a-promise") << "in the order in which they came";
  const RememberedFinding& kept = all[0];
  EXPECT_EQ(kept.key, one.key);
  EXPECT_EQ(kept.state, one.state);
  EXPECT_EQ(std::tie(kept.why, kept.accepted, kept.retired, kept.note, kept.link, kept.scenario, kept.message),
            std::tie(one.why, one.accepted, one.retired, one.note, one.link, one.scenario, one.message));
  EXPECT_EQ(std::tie(kept.size, kept.tape, kept.first, kept.last), std::tie(one.size, one.tape, one.first, one.last));
}

TEST_F(MemoryFileTest, WritesDownEachChangeOfAState) {
  MemoryFile memory(file(), Use::write);
  RememberedFinding one = a_finding("no-orphan");
  put(memory, {one});
  put(memory, {one}, "2026-12-02");
  one.accepted = "2026-12-02";
  one.state = FindingState::known;
  put(memory, {one}, "2026-12-03");
  one.state = FindingState::fixed;
  one.why = "because";
  put(memory, {one}, "2026-12-04");
  std::string words;
  for (const PastChange& change : memory.history(one.key)) words += change.by.date + " " + change.state + ", ";
  EXPECT_EQ(words, "2026-12-01 new, 2026-12-03 known, 2026-12-03 accepted, 2026-12-04 fixed, ");
  EXPECT_EQ(memory.history(one.key).back().why, "because");
  EXPECT_EQ(memory.latest_date(), "2026-12-04");
  put(memory, {one}, "2026-12-05");
  EXPECT_EQ(memory.latest_date(), "2026-12-05") << "a night that changes nothing was one";
  EXPECT_EQ(memory.findings().size(), 1U);
}

TEST_F(MemoryFileTest, IsReadByHand) {
  MemoryFile memory(file(), Use::write);
  put(memory, {a_finding("no-orphan")});
  EXPECT_EQ(ask("SELECT state, policy, promise, accepted, note, size, first_date, last_campaign FROM finding"),
            "new|latest|no-orphan|NULL|NULL|3|2026-12-01|night|");
  EXPECT_EQ(ask("SELECT name FROM finding"), a_finding("no-orphan").name() + "|");
  EXPECT_EQ(ask("SELECT date, policy, new, known, fixed, reopened, does_not_replay FROM night"),
            "2026-12-01|latest|1|0|0|0|0|");
  EXPECT_EQ(ask("SELECT name, history.state FROM history JOIN finding ON finding.id = history.finding"),
            a_finding("no-orphan").name() + "|new|");
  EXPECT_EQ(ask("PRAGMA integrity_check"), "ok|");
  EXPECT_TRUE(contains(ask("SELECT sql FROM sqlite_schema WHERE name = 'finding'"), "-- yours"))
      << "columns say what they are";
}

TEST_F(MemoryFileTest, AChangeThatFailsChangesNothing) {
  MemoryFile memory(file(), Use::write);
  put(memory, {a_finding("no-orphan")});
  EXPECT_THROW(memory.change([](const auto&) -> MemoryChange { throw std::runtime_error("amid it"); }),
               std::runtime_error);
  put(memory, {a_finding("a-promise")});
  EXPECT_EQ(memory.findings().size(), 2U);
}

TEST_F(MemoryFileTest, OfAKilledProcessIsAsItWasBefore) {
  {
    MemoryFile memory(file(), Use::write);
    put(memory, {a_finding("no-orphan")});
  }
  // Amid a change: some of it is written, and nothing is committed. SQLite's cache is small, so pages reach the disk.
  const int code = in_process([&] {
    sqlite3* handle = nullptr;
    sqlite3_open_v2(file().c_str(), &handle, SQLITE_OPEN_READWRITE, nullptr);
    sqlite3_exec(handle, "PRAGMA cache_size = 1; BEGIN IMMEDIATE; UPDATE finding SET state = 'fixed'", nullptr, nullptr,
                 nullptr);
    for (int i = 0; i < 200; ++i) {
      const std::string sql =
          "INSERT INTO night VALUES ('" + std::string(4000, 'x') + "', 'c', 'm', 'p', 0, 0, 0, 0, 0)";
      sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr);
    }
    ::kill(::getpid(), SIGKILL);
    return 0;
  });
  EXPECT_EQ(code, -SIGKILL);
  ASSERT_TRUE(fs::exists(file() + "-journal")) << "it was killed amid a change";
  EXPECT_EQ(MemoryFile(file(), Use::read).findings().at(0).state, FindingState::is_new) << "whoever only reads";
  EXPECT_EQ(ask("SELECT count(*) FROM night"), "1|");
}

TEST_F(MemoryFileTest, ThatWasMadeAndNeverWrittenIsANewOne) {
  (void)write("findings.db", "");
  EXPECT_TRUE(MemoryFile(file(), Use::write).findings().empty());
  EXPECT_EQ(refusal(file(), Use::read), "none");
}

TEST_F(MemoryFileTest, OfTwoProcessesHasWhatBothNoted) {
  { const MemoryFile made(file(), Use::write); }
  std::vector<pid_t> children;
  constexpr int kEach = 20;
  for (const char* name : {"a", "b", "c"}) {
    const pid_t child = fork();
    if (child == 0) {
      MemoryFile memory(file(), Use::write);
      for (int i = 0; i < kEach; ++i) put(memory, {a_finding(name + std::to_string(i)), a_finding("shared")});
      _exit(0);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) EXPECT_EQ(code_of(child), 0);
  EXPECT_EQ(MemoryFile(file(), Use::read).findings().size(), 3U * kEach + 1);
  EXPECT_EQ(ask("SELECT count(*) FROM history JOIN finding ON finding.id = history.finding WHERE promise = 'shared'"),
            "1|")
      << "the second and later ones saw that it was there";
}

TEST_F(MemoryFileTest, IsNotHeldBetweenChanges) {
  MemoryFile first(file(), Use::write);
  MemoryFile second(file(), Use::write);
  put(first, {a_finding("a")});
  put(second, {a_finding("b")});
  EXPECT_EQ(first.findings().size(), 2U);
}

// --- files that are none -------------------------------------------------------------------------

TEST_F(MemoryFileTest, ThatIsNoneIsRefusedAndLeftAlone) {
  const std::string text =
      write("text", "not a database, though it is as long as the head of one: " + std::string(80, '.'));
  EXPECT_TRUE(contains(refusal(text, Use::write), "is no SQLite database")) << refusal(text, Use::write);
  EXPECT_TRUE(read(text).starts_with("not a database"));
  alter("CREATE TABLE t(x)");
  const std::string before = read(file());
  for (const Use use : {Use::read, Use::write})
    EXPECT_TRUE(contains(refusal(file(), use), "but no memory of findings of drydock's")) << refusal(file(), use);
  EXPECT_EQ(read(file()), before);
  fs::create_directory(path("d"));
  EXPECT_TRUE(contains(refusal(path("d"), Use::write), "Is a directory")) << refusal(path("d"), Use::write);
}

TEST_F(MemoryFileTest, OfANewerVersionIsRefused) {
  { const MemoryFile made(file(), Use::write); }
  alter("PRAGMA user_version = 2");
  for (const Use use : {Use::read, Use::write})
    EXPECT_TRUE(
        contains(refusal(file(), use), "was written by a newer drydock: it has version 2, and this one reads 1"))
        << refusal(file(), use);
}

TEST_F(MemoryFileTest, ThatIsDamagedIsRefused) {
  { const MemoryFile made(file(), Use::write); }
  std::string bytes = read(file());
  for (std::size_t at = 100; at < bytes.size(); ++at) bytes[at] = 'x';
  (void)write("findings.db", bytes);
  EXPECT_TRUE(contains(refusal(file(), Use::write), "cannot be read")) << refusal(file(), Use::write);
  EXPECT_THROW((void)MemoryFile(file(), Use::read).findings(), MemoryRefused);
}

TEST_F(MemoryFileTest, ThatDoesNotExistIsMadeOnlyToBeWritten) {
  EXPECT_TRUE(contains(refusal(file(), Use::read), "No such file")) << refusal(file(), Use::read);
  EXPECT_FALSE(fs::exists(file()));
  EXPECT_TRUE(refusal(path("none/findings.db"), Use::write).starts_with("74: cannot write"));
  EXPECT_EQ(refusal(file(), Use::write), "none");
  EXPECT_TRUE(fs::exists(file()));
}

/// To SQLite some names are databases that nobody keeps.
TEST_F(MemoryFileTest, IsAFileWhateverItsName) {
  const fs::path here = fs::current_path();
  fs::current_path(path(""));
  {
    MemoryFile memory(":memory:", Use::write);
    put(memory, {a_finding("a")});
  }
  const std::size_t kept = MemoryFile(":memory:", Use::read).findings().size();
  fs::current_path(here);
  EXPECT_EQ(kept, 1U);
  EXPECT_TRUE(fs::exists(path(":memory:")));
}

// --- no room -------------------------------------------------------------------------------------

TEST_F(MemoryFileTest, ThatMayOnlyBeReadIsReadAndNotWritten) {
  fs::create_directories(path("disk"));
  const int code = on_own_disk(path("disk"), "size=2m", [&] {
    const std::string here = path("disk/findings.db");
    {
      MemoryFile memory(here, Use::write);
      put(memory, {a_finding("a")});
    }
    mount("none", path("disk").c_str(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr);
    if (MemoryFile(here, Use::read).findings().size() != 1) return 1;
    return refusal(here, Use::write).starts_with("74: cannot write") ? 0 : 2;
  });
  if (code == -1) GTEST_SKIP() << "no file system can be mounted here";
  EXPECT_EQ(code, 0);
}

TEST_F(MemoryFileTest, ThatFindsNoRoomIsWhatItWas) {
  fs::create_directories(path("disk"));
  const int code = on_own_disk(path("disk"), "size=256k", [&] {
    const std::string here = path("disk/findings.db");
    MemoryFile memory(here, Use::write);
    put(memory, {a_finding("a")});
    RememberedFinding large = a_finding("b");
    large.tape = std::string(std::size_t{1} << 20U, 'x');
    try {
      put(memory, {large});
      return 1;
    } catch (const CannotWrite& error) {
      if (!contains(error.what(), "full")) return 2;
    }
    put(memory, {a_finding("c")});
    return MemoryFile(here, Use::read).findings().size() == 2 ? 0 : 3;
  });
  if (code == -1) GTEST_SKIP() << "no file system can be mounted here";
  EXPECT_EQ(code, 0);
}

}  // namespace
}  // namespace drydock::cli
