#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace drydock::reports {

/// A case of a scenario, by its names as the files have them.
struct CaseName {
  std::string scenario;
  std::string case_name;
};

/// Drydock's own failure in one run.
struct InternalError {
  CaseName played;
  std::string what;
};

/// A file that `--report KIND=PATH` asks for.
struct ReportFile {
  std::string kind;
  std::string path;
};

/// The same once it is known what such a file holds (`written_reports`).
struct WrittenReport {
  std::string kind;
  std::string path;
  bool one_run = false;  // it holds the one run that `shown_run` names, else all of them
};

/// What there is to say of a whole `run` beside its outcomes.
struct Ending {
  bool interrupted = false;
  std::vector<CaseName> not_played;  // what the interruption left over
  std::vector<InternalError> internal_errors;
  std::vector<WrittenReport> files;  // every report that is written of these runs
  std::int64_t started_unix_us = 0;  // by the clock on the wall; 0 where nobody looked
};

/// `scenario / case: what`.
[[nodiscard]] inline std::string to_text(const InternalError& error) {
  return error.played.scenario + " / " + error.played.case_name + ": " + error.what;
}

}  // namespace drydock::reports
