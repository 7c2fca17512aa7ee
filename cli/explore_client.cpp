#include "cli/explore_client.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <string_view>

#include <boost/program_options/parsers.hpp>

#include "faults/vocabulary.hpp"
#include "scenarios/files/decode.hpp"
#include "sim/check.hpp"
#include "sim/hash.hpp"

namespace drydock::cli {
namespace {

using scenarios::Json;
using scenarios::Strategy;

constexpr std::array kOptionsOfClient{"clock", "client-timeout", "longest-session"};

/// These draw a run whatever it shows; the others go by states, or by an order of tasks, which a client does not have.
constexpr std::array kStrategiesOfClient{Strategy::random, Strategy::swarm, Strategy::exhaustive};

/// What may go wrong on the way, at every action; that the action took effect all the same, where it has one.
constexpr std::array<std::string_view, 3> kLosses{"closed", "reset", "http-503"};

/// Tells whether a shell would find the program.
bool is_found(const std::string& program) {
  const auto runs = [](const std::filesystem::path& path) {
    return std::filesystem::is_regular_file(path) && ::access(path.c_str(), X_OK) == 0;
  };
  if (program.find('/') != std::string::npos) return runs(program);
  const char* path = std::getenv("PATH");
  std::string_view rest = path == nullptr ? std::string_view{} : std::string_view{path};
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(':'), rest.size());
    if (runs(std::filesystem::path{rest.substr(0, end)} / program)) return true;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return false;
}

std::vector<std::string> words_of(const std::string& command) {
  std::vector<std::string> words = po::split_unix(command);
  if (words.empty()) throw UsageError("--client takes a command", "");
  if (!is_found(words.front())) throw UsageError(fmt::format("--client: there is no program '{}'", words.front()), "");
  return words;
}

server::SessionClock client_clock(const po::variables_map& values) {
  const std::string text = one_of(values, "clock").value_or("step=1s");
  const auto clock = server::parse_session_clock(text);
  if (!clock || clock->kind == server::SessionClock::Kind::scale)
    throw UsageError("--clock takes step=DURATION or manual beside --client, not '" + text + "'", "");
  return *clock;
}

sim::Duration longest_session(const po::variables_map& values) {
  const std::string text = one_of(values, "longest-session").value_or("24h");
  const auto longest = sim::parse_duration(text);
  if (!longest || *longest <= sim::Duration{})
    throw UsageError("--longest-session takes a duration such as 2h, not '" + text + "'", "");
  return *longest;
}

void choose_strategy(const po::variables_map& values, scenarios::ExploreOptions& search) {
  if (values.count("strategy") == 0) search.strategy = Strategy::random;
  if (std::find(kStrategiesOfClient.begin(), kStrategiesOfClient.end(), search.strategy) != kStrategiesOfClient.end())
    return;
  throw UsageError(fmt::format("--client goes with --strategy random, swarm or exhaustive, not with {}",
                               scenarios::to_text(search.strategy)),
                   "");
}

Json wire_faults() {
  Json faults = Json::array();
  for (const std::string_view action : faults::ec2_actions()) {
    const std::string on = fmt::format("ec2.{}", action);
    for (const std::string_view loss : kLosses) {
      faults.push_back(fmt::format("{}:{}", on, loss));
      const auto fault = faults::find_fault(on, loss);
      if (fault && fault->applied_fits) faults.push_back(fmt::format("{}:{}:applied", on, loss));
    }
    faults.push_back(on + ":RequestLimitExceeded");
  }
  faults.push_back("ec2.RunInstances:InsufficientInstanceCapacity");
  faults.push_back("ec2.CreateSnapshot:SnapshotCreationPerVolumeRateExceeded");
  return faults;
}

}  // namespace

std::optional<server::PlayedClient> played_client(const po::variables_map& values, scenarios::ExploreOptions& search) {
  const auto command = one_of(values, "client");
  if (!command) {
    for (const char* option : kOptionsOfClient) {
      if (values.count(option) != 0) throw UsageError(fmt::format("--{} is for --client", option), "");
    }
    return std::nullopt;
  }
  choose_strategy(values, search);
  server::PlayedClient client;
  client.text = *command;
  client.command = words_of(*command);
  client.clock = client_clock(values);
  client.longest = longest_session(values);
  if (const auto time = one_of(values, "client-timeout"))
    client.patience_s = wall_seconds_of("--client-timeout", *time);
  client.twice = search.twice;
  client.full_calm = search.full_calm;
  // The theatre plays runs twice itself: where the two differ, that is the client's doing.
  search.twice = false;
  return client;
}

std::uint64_t client_inputs(const server::PlayedClient& client) {
  sim::RollingHash hash;
  hash.add(client.text);
  hash.add(client.clock.kind == server::SessionClock::Kind::manual ? "manual"
                                                                   : sim::format_duration(client.clock.step));
  hash.add(sim::format_duration(client.longest));
  return hash.value();
}

scenarios::Scenario with_wire_faults(const scenarios::Scenario& scenario) {
  if (scenario.explore) return scenario;
  Json document = scenario.document;
  document["explore"] = {{"faults", wire_faults()}};
  auto decoded = scenarios::decode_scenario(scenario.name, document.dump());
  DRYDOCK_CHECK(decoded.value.has_value(), "a scenario cannot be searched for faults of the wire");
  return *std::move(decoded.value);
}

}  // namespace drydock::cli
