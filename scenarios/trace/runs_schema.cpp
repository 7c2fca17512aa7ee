#include "scenarios/trace/runs_schema.hpp"

#include <array>

namespace drydock::scenarios {
namespace {

constexpr auto kQueries = std::to_array<NamedQuery>({
    {"search", "what was searched, and how many of its runs have a row",
     "SELECT key, value FROM search WHERE key <> 'document' ORDER BY key"},
    {"runs", "the runs, what they broke, and the command that plays each again", "SELECT * FROM runs ORDER BY number"},
    {"broken", "the runs that broke something", "SELECT * FROM runs WHERE verdict = 'broken' ORDER BY number"},
    {"delete-meets-launch", "runs in which a workspace was deleted while an instance of it was being launched",
     "SELECT * FROM runs WHERE number IN (SELECT m.run FROM run_state m JOIN state s ON s.id = m.state "
     "JOIN state_operation l ON l.state = s.id WHERE l.operation IN ('provision', 'restart cycle') "
     "AND (s.status IN ('removed', 'pending_removal') OR s.operations LIKE '%delete cleanup%')) ORDER BY number"},
    {"meetings", "work on one workspace that was under way at once, in how many runs, and how many of them broke",
     "SELECT a.operation AS work, b.operation AS met, count(DISTINCT m.run) AS runs, "
     "count(DISTINCT iif(r.verdict = 'broken', m.run, NULL)) AS broken "
     "FROM state_operation a JOIN state_operation b ON b.state = a.state AND a.operation < b.operation "
     "JOIN run_state m ON m.state = a.state JOIN run r ON r.number = m.run "
     "GROUP BY a.operation, b.operation ORDER BY runs DESC, work, met"},
    {"promises", "of each promise, in how many drawn runs it was broken, and how often that may be",
     "SELECT invariant, broken, drawn, round(at_least, 6) AS at_least, round(at_most, 6) AS at_most FROM promise "
     "ORDER BY broken DESC, invariant"},
    {"effects", "faults and requests: in how many runs they came, and how many of these broke something",
     "SELECT e.what, e.name, count(DISTINCT a.run) AS runs, count(DISTINCT iif(r.verdict = 'broken', a.run, NULL)) "
     "AS broken FROM effect e JOIN added a ON a.effect = e.id JOIN run r ON r.number = a.run "
     "GROUP BY e.id ORDER BY runs DESC, e.id"},
    {"never", "listed faults and requests that no run at all had, or of which nobody noticed anything",
     "SELECT what, name, fired, noticed FROM effect WHERE fired = 0 OR noticed = 0 ORDER BY what, name"},
    {"rare-states", "the abstract states that fewest runs reached",
     "SELECT id, runs, first_run, status, instance, live, wished, operations FROM state ORDER BY runs, first_run, id "
     "LIMIT 20"},
});

}  // namespace

// Comments stand inside the statements: SQLite keeps a statement's text, and nothing of what is between two.
const char* runs_schema() {
  return R"sql(
CREATE TABLE search (
  -- What was searched, by how many runs, and of how many of them there are rows.
  key TEXT PRIMARY KEY,  -- tool, scenario, case, policy, strategy, seed, runs, sample, rows, file, document
  value  -- document: JSON, all that it takes to play its runs again
) WITHOUT ROWID;

CREATE TABLE run (
  -- The runs of the sample, one a row.
  number INTEGER PRIMARY KEY,  -- in the search, from 0
  strategy TEXT,  -- that played it: random, pct, swarm, coverage or exhaustive
  verdict TEXT,  -- held, broken, or `cut short` by a bound
  broken INTEGER,  -- ways in which promises were broken
  faults INTEGER,  -- that struck
  requests INTEGER,  -- that the search sent
  decisions INTEGER,  -- that were not the boring ones
  states INTEGER,  -- abstract ones that it reached
  transitions INTEGER,  -- between them
  starts INTEGER,  -- metrics, as `drydock list metrics` explains them
  stops INTEGER,
  ec2_calls INTEGER,
  ec2_errors INTEGER,
  lost_writes INTEGER,
  hash TEXT,  -- of everything that happened
  tape TEXT  -- JSON: [[site, occurrence, value, occurrence, value, …], …]; NULL where the number says it
) STRICT;

CREATE TABLE finding (
  -- Ways in which promises were broken, by any run of the search.
  id INTEGER PRIMARY KEY,
  invariant TEXT,
  signature TEXT,  -- the promise and the kinds of event along the chain of causes
  runs INTEGER,  -- in how many runs of the whole search; NULL where it is no finding of it
  first_run INTEGER  -- the first of them
) STRICT;

CREATE TABLE violation (
  -- Which run broke a promise, in which way.
  run INTEGER,
  finding INTEGER,
  PRIMARY KEY (run, finding)
) STRICT, WITHOUT ROWID;

CREATE TABLE effect (
  -- The faults and requests that the scenario lists, and what became of them in the whole search.
  id INTEGER PRIMARY KEY,
  what TEXT,  -- fault or request
  name TEXT,  -- as `explore` of the scenario lists it
  runs INTEGER,  -- in how many runs; NULL of a request
  fired INTEGER,  -- how often
  noticed INTEGER,  -- how often somebody met it
  mattered INTEGER  -- 1: some run would have ended otherwise without it; NULL: it never fired, or is a request
) STRICT;

CREATE TABLE added (
  -- The faults and requests that a run had.
  run INTEGER,
  nth INTEGER,  -- of the run: faults first
  effect INTEGER,
  at_us INTEGER,  -- µs of virtual time
  fired INTEGER,
  noticed INTEGER,
  PRIMARY KEY (run, nth)
) STRICT, WITHOUT ROWID;

CREATE TABLE state (
  -- The abstract states of a workspace that any run of the search reached.
  id INTEGER PRIMARY KEY,
  status TEXT,  -- of the row; none: there is no row
  has_url INTEGER,
  instance TEXT,  -- the state of the instance that the row names; none: it names none
  live INTEGER,  -- how many of its instances live; 3: or more
  wished TEXT,  -- by its client: run, rest or nothing
  operations TEXT,  -- under way, sorted
  runs INTEGER,  -- that reached it, of the whole search
  first_run INTEGER  -- the first of them
) STRICT;

CREATE TABLE state_operation (
  -- The work that is under way in a state.
  state INTEGER,
  operation TEXT,  -- provision, restart, restart cycle, pause, delete cleanup, …
  PRIMARY KEY (state, operation)
) STRICT, WITHOUT ROWID;

CREATE TABLE transition (
  -- What led from one state to another, in any run of the search.
  id INTEGER PRIMARY KEY,
  from_state INTEGER,  -- NULL: nothing had happened before; of an answer: it is no step
  to_state INTEGER,  -- NULL: it is the answer to a request
  because TEXT,  -- row, instance, stop, stop failed, operation or answer
  runs INTEGER,
  first_run INTEGER
) STRICT;

CREATE TABLE run_state (
  -- Which run reached which state.
  run INTEGER,
  state INTEGER,
  PRIMARY KEY (run, state)
) STRICT, WITHOUT ROWID;

CREATE TABLE run_transition (
  -- Which run took which transition.
  run INTEGER,
  transition INTEGER,
  PRIMARY KEY (run, transition)
) STRICT, WITHOUT ROWID;

CREATE TABLE promise (
  -- In how many of the runs that were drawn independently of each other a promise was broken.
  invariant TEXT PRIMARY KEY,
  drawn INTEGER,  -- runs
  broken INTEGER,  -- of them
  at_least REAL,  -- the chance per run: Wilson's interval, 95 %
  at_most REAL
) STRICT, WITHOUT ROWID;

CREATE VIEW runs AS
  -- Runs with what they broke, and the command that plays each again.
  SELECT r.number, r.verdict, r.strategy, r.faults, r.requests, r.decisions,
    (SELECT group_concat(DISTINCT f.invariant) FROM violation v JOIN finding f ON f.id = v.finding
     WHERE v.run = r.number) AS broken,
    (SELECT value FROM search WHERE key = 'again') || r.number AS again
  FROM run r ORDER BY r.number;
)sql";
}

std::span<const NamedQuery> runs_queries() { return kQueries; }

}  // namespace drydock::scenarios
