#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/explore/exploration.hpp"
#include "scenarios/explore/theatre.hpp"
#include "scenarios/scenario.hpp"
#include "server/session_clock.hpp"
#include "sim/choices.hpp"
#include "sim/search/reading.hpp"
#include "sim/time.hpp"

namespace drydock::server {

/// The client that a search plays, and how.
struct PlayedClient {
  std::vector<std::string> command;                // its words; the first one is looked for as a shell does
  std::string text;                                // the same as it was written
  SessionClock clock;                              // `step` or `manual`: the wall's time must decide nothing
  sim::Duration longest = std::chrono::hours{24};  // no request is heard later
  double patience_s = 10;                          // wall time after which it is killed
  bool twice = false;                              // every run is compared with a second one
  bool full_calm = false;                          // see RunOptions
};

/// Plays each run of a search as a session of its own: a fresh world behind an endpoint, and the client, which is
/// started and asks it. When the client has ended, or was killed, the session is over, and is judged as any session.
/// Readings are those of the session's run, so the strategies, the enumeration and the shrinker know of no client.
///
/// A run depends on its tape as far as its client does: so some runs are played a second time, and what the client then
/// asked otherwise is noted. Values of ClientToken, which SDKs draw by chance, may differ.
class ClientTheatre final : public scenarios::Theatre {
 public:
  /// Scenario and case outlive the theatre.
  ClientTheatre(const scenarios::Scenario& scenario, const scenarios::CaseSpec& played, PlayedClient client);
  ~ClientTheatre() override;

  [[nodiscard]] std::unique_ptr<sim::search::Player> player(const sim::search::FillParameters& parameters,
                                                            scenarios::StageOptions options) override;
  [[nodiscard]] scenarios::KeptRun keep(const sim::Tape& tape, const sim::search::Broken& broken) override;

  /// Says what became of the clients so far.
  [[nodiscard]] scenarios::ClientUse use() const;
  /// Plays the client once where nothing goes wrong. Returns why it is no use searching with it, and its last words;
  /// empty where it ended with exit code 0. Throws std::system_error where it cannot be started.
  [[nodiscard]] std::string rehearse();

 private:
  struct Run;
  class SessionPlayer;

  [[nodiscard]] std::unique_ptr<Run> play(const sim::Tape& tape, sim::Fill* fill, bool full_calm,
                                          scenarios::Workbench& workbench, const std::function<bool()>& stop);
  [[nodiscard]] bool compare(const Run& first, const Run& second);
  void remember(const Run& run, const sim::search::Reading& reading);
  [[nodiscard]] scenarios::KeptRun remembered(const sim::search::Broken& broken);

  /// A session in which a promise was broken for the first time: its log and its decisions.
  struct Remembered {
    std::string log;
    sim::Tape tape;
  };

  const scenarios::Scenario& scenario_;
  const scenarios::CaseSpec& played_;
  const PlayedClient client_;
  mutable std::mutex mutex_;
  scenarios::ClientUse use_;
  std::map<sim::search::Broken, Remembered> first_seen_;
};

/// Returns the lines of a session's log after its head, with each value of a ClientToken replaced by its number in the
/// order of their first use.
[[nodiscard]] std::string comparable_log(std::string_view log);

}  // namespace drydock::server
