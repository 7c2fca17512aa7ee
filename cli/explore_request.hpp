#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/common.hpp"
#include "cli/known_search.hpp"
#include "cli/options.hpp"
#include "cli/selection.hpp"
#include "reports/style.hpp"
#include "scenarios/explore/explorer.hpp"
#include "server/client_theatre.hpp"

namespace drydock::cli {

/// Holds what the command line of `drydock explore` asks for.
struct ExploreRequest {
  SelectionRequest wanted;
  scenarios::ExploreOptions search;
  std::optional<server::PlayedClient> client;
  std::vector<std::string> merge;
  std::vector<std::string> beyond;  // tapes, and directories of them
  std::optional<std::string> save;
  std::optional<std::string> campaign;  // the directory that keeps the search
  std::optional<KnownRequest> known;    // the memory of findings
  bool partial = false;                 // what cannot be merged is named and left out
  std::vector<ReportFile> report_files;
  Format format = Format::text;
  reports::TextStyle style;
  bool quiet = false;
  bool strict = false;
};

/// Reads the command line; empty where it asked for help, which was given. Throws UsageError.
[[nodiscard]] std::optional<ExploreRequest> explore_request(const Arguments& arguments, Console& console);

}  // namespace drydock::cli
