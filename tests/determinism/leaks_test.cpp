// Five leaks, each planted into a run that is otherwise like any other: `--twice` must find each,
// name the event in which it first shows, and find nothing once the leak is stopped. Two plays in
// one process are often lucky (the allocator gives the same memory, the clock did not move), so
// each leak comes with what changes its luck.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <new>
#include <unordered_map>

#include "model/kinds.hpp"
#include "model/store/database.hpp"
#include "sim/hash.hpp"
#include "tests/determinism/catalogue.hpp"
#include "tests/determinism/shaken.hpp"

namespace drydock::determinism {
namespace {

using namespace std::chrono_literals;
using Names = std::vector<std::string>;

const Names kWorkspaces{"zoe", "pm", "dev", "ann", "bob", "cid", "abe", "kim", "lou", "max"};

/// What a task found out and acts upon: whom it restarts, in which order, and with what number.
struct Found {
  Names order{"pm"};
  std::int64_t number = 0;
};

/// `play` counts from 1: what differs between two plays (the process's past, the allocator, the
/// hour) is made from it.
using Leak = std::function<Found(int play, model::Database& database)>;

/// The test double of a world: one task that wakes, looks, and acts upon what it saw.
class LeakyRun {
 public:
  LeakyRun(const Leak& leak, int play, model::Database& database) : leak_(leak), play_(play), database_(database) {}

  Outcome play() {
    scheduler_.spawn(tasks_, "sweep", sweep());
    scheduler_.run_until(sim::kTimeZero + 1h);
    Outcome outcome;
    outcome.trace_hash = record_.hash();
    for (const sim::Event& event : record_.events()) {
      outcome.events.push_back({.seq = event.seq,
                                .cause = event.cause,
                                .at = event.at,
                                .kind = std::string{record_.kind_name(event.kind)},
                                .actor = record_.text(event.actor),
                                .workspace = record_.text(event.workspace),
                                .instance = {},
                                .detail = sim::to_json(record_.details(event))});
    }
    return outcome;
  }

 private:
  sim::Task<void> sweep() {
    co_await scheduler_.pause(1s);
    record_.emit(model::kind::sweep_tick, record_.name("platform"), {});
    const Found found = leak_(play_, database_);
    for (const std::string& workspace : found.order) {
      co_await scheduler_.pause(1s);
      record_.emit(model::kind::restart_triggered, record_.name("platform"), {record_.name(workspace), sim::Name::none},
                   {{"number", found.number}});
    }
  }

  const Leak& leak_;
  int play_;
  model::Database& database_;
  sim::Choices choices_{sim::Tape{}};
  sim::Scheduler scheduler_{choices_};
  sim::Record record_{scheduler_, model::kind_table(), true, 1000};
  sim::TaskGroup tasks_{scheduler_};
};

std::string said_of(const Leak& leak) {
  int play = 0;
  const cli::JobPlayer player = [&](const Job&, Workbench& workbench) {
    workbench.database().begin_run();
    Outcome outcome = LeakyRun(leak, ++play, workbench.database()).play();
    workbench.database().end_run();
    return outcome;
  };
  return said_by_twice(Job{}, player);
}

void expect_found(const Leak& leaking, const Leak& honest) {
  const std::string said = said_of(leaking);
  EXPECT_EQ(said.find("two plays of one tape differ: event 2 differs: at 2s restart.triggered"), 0U)
      << "said: " << said;
  EXPECT_EQ(said_of(honest), "");
}

// --- 1. the order of an unordered container

struct SaltedHash {
  std::uint64_t salt = 0;
  std::size_t operator()(const std::string& text) const { return sim::mix(salt, sim::hash_text(text)); }
};

template <typename Map>
Names keys_of(Map map) {
  for (const std::string& name : kWorkspaces) map.emplace(name, 0);
  Names keys;
  for (const auto& [name, nothing] : map) keys.push_back(name);
  return keys;
}

TEST(PlantedLeak, AnUnorderedContainersOrderIsFound) {
  // As with libraries that salt their hashes, per process or per table.
  expect_found(
      [](int play, auto&) {
        const SaltedHash hash{static_cast<std::uint64_t>(play)};
        return Found{keys_of(std::unordered_map<std::string, int, SaltedHash>(8, hash))};
      },
      [](int, auto&) { return Found{keys_of(std::map<std::string, int>())}; });
}

// --- 2. an address as a key

struct Workspace {
  std::string name;
};

TEST(PlantedLeak, AnAddressAsAKeyIsFound) {
  // The second play is given the same memory in the opposite order, as an allocator may do.
  std::array<Workspace, 2> memory;
  const auto place = [&memory](int play) {
    std::array<Workspace*, 2> places{&memory[0], &memory[1]};
    if (play == 2) std::swap(places[0], places[1]);
    places[0]->name = "pm";
    places[1]->name = "dev";
    return places;
  };
  expect_found(
      [&](int play, auto&) {
        std::map<Workspace*, int> by_address;
        for (Workspace* workspace : place(play)) by_address.emplace(workspace, 0);
        Found found{{}, 0};
        for (const auto& [workspace, nothing] : by_address) found.order.push_back(workspace->name);
        return found;
      },
      [&](int play, auto&) {
        std::map<int, Workspace*> by_key;
        for (Workspace* workspace : place(play)) {
          by_key.emplace(static_cast<int>(by_key.size()), workspace);
        }
        Found found{{}, 0};
        for (const auto& [key, workspace] : by_key) found.order.push_back(workspace->name);
        return found;
      });
}

// --- 3. the wall clock

TEST(PlantedLeak, AReadOfTheWallClockIsFound) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point before = Clock::now();
  expect_found(
      [before](int, auto&) {
        const Clock::time_point now = Clock::now();
        while (Clock::now() == now) {
        }
        return Found{{"pm"}, std::chrono::nanoseconds(now - before).count()};
      },
      [](int, auto&) {
        return Found{{"pm"}, std::chrono::nanoseconds(1s).count()};
      });
}

// --- 4. a member without an initialiser

struct Attempts {
  std::uint8_t made;  // the leak
};

struct InitialisedAttempts {
  std::uint8_t made = 0;
};

/// How many attempts a fresh object says were made, in memory where something else was before. The
/// read is volatile: what is read is up to the memory, not to the optimiser.
template <typename T>
std::int64_t attempts_made(unsigned char what_was_there) {
  alignas(T) std::array<unsigned char, sizeof(T)> memory;
  volatile unsigned char* bytes = memory.data();
  for (std::size_t i = 0; i < sizeof(T); ++i) bytes[i] = what_was_there;
  const T* made = new (memory.data()) T;
  return *const_cast<const volatile std::uint8_t*>(&made->made);
}

TEST(PlantedLeak, AMemberWithoutAnInitialiserIsFound) {
  const auto before = [](int play) { return static_cast<unsigned char>(play == 1 ? 0x5a : 0xa5); };
  expect_found(
      [&](int play, auto&) {
        return Found{{"pm"}, attempts_made<Attempts>(before(play))};
      },
      [&](int play, auto&) {
        return Found{{"pm"}, attempts_made<InitialisedAttempts>(before(play))};
      });
}

// --- 5. SQL without ORDER BY

void fill(model::Database& database) {
  database.query("CREATE TABLE leak (key INTEGER PRIMARY KEY, alias TEXT, status TEXT) STRICT").run();
  for (const std::string& name : kWorkspaces) {
    database.query("INSERT INTO leak (alias, status) VALUES (?, 'online')").bind(name).run();
  }
}

Names read(model::Query query) {
  Names names;
  while (query.step()) names.push_back(query.text(0));
  return names;
}

Found unordered_rows(model::Database& database) {
  return {read(database.query("SELECT alias FROM leak WHERE status = 'online'"))};
}

Found ordered_rows(model::Database& database) {
  return {read(database.query("SELECT alias FROM leak WHERE status = 'online' ORDER BY key"))};
}

TEST(PlantedLeak, RowsWithoutOrderByAreFoundOnAShakenDatabase) {
  const auto plant = [](Found (*rows)(model::Database&)) {
    return [rows](int play, model::Database& database) {
      if (play == 2) shake(database, Shake::reverse_unordered_rows);
      fill(database);
      return rows(database);
    };
  };
  expect_found(plant(unordered_rows), plant(ordered_rows));
}

TEST(PlantedLeak, RowsWithoutOrderByAreFoundWhenAnIndexComes) {
  const auto plant = [](Found (*rows)(model::Database&)) {
    return [rows](int play, model::Database& database) {
      fill(database);
      if (play == 2) database.query("CREATE INDEX leak_by_status ON leak(status, alias)").run();
      return rows(database);
    };
  };
  expect_found(plant(unordered_rows), plant(ordered_rows));
}

// --- and what two plays say when a leak changes more than one event's text

TEST(PlantedLeak, ADifferentNumberOfEventsIsFound) {
  const std::string said = said_of([](int play, auto&) { return Found{Names(static_cast<std::size_t>(play), "pm")}; });
  EXPECT_EQ(said.find("two plays of one tape differ: "), 0U) << said;
  EXPECT_NE(said.find("event "), std::string::npos) << said;
}

}  // namespace
}  // namespace drydock::determinism
