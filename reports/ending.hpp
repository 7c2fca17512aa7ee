#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "reports/memory.hpp"

namespace drydock::reports {

/// Names a case of a scenario as the files do.
struct CaseName {
  std::string scenario;
  std::string case_name;
  std::string file{};  // the scenario's, as it was given; empty where there is none
};

/// An `InternalFailure` is a failure of Drydock itself in one run.
struct InternalFailure {
  CaseName played;
  std::string what;
};

/// A `ReportFile` is a file that `--report KIND=PATH` asks for.
struct ReportFile {
  std::string kind;
  std::string path;
};

/// A `WrittenReport` is a report file of which it is known how many runs it holds (`written_reports`).
struct WrittenReport {
  std::string kind;
  std::string path;
  bool one_run = false;  // it holds the one run that `shown_run` names, else all of them
};

/// An `Ending` is what there is to say of a whole `run` beside its outcomes.
struct Ending {
  bool interrupted = false;
  std::vector<CaseName> not_played;  // what the interruption left over
  std::vector<InternalFailure> internal_errors;
  std::vector<WrittenReport> files;  // every report that is written of these runs
  std::vector<MemoryReport> memory;  // with --known: how findings stand, by policy
  std::int64_t started_unix_us = 0;  // by the clock on the wall; 0 where nobody looked
};

/// Writes an error as `scenario / case: what`.
[[nodiscard]] inline std::string to_text(const InternalFailure& error) {
  return error.played.scenario + " / " + error.played.case_name + ": " + error.what;
}

}  // namespace drydock::reports
