#include "server/client_theatre.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <optional>
#include <utility>

#include "scenarios/explore/tape_player.hpp"
#include "scenarios/run.hpp"
#include "scenarios/session/log.hpp"
#include "scenarios/world.hpp"
#include "server/client_process.hpp"
#include "server/front.hpp"
#include "server/http_server.hpp"
#include "server/live_session.hpp"
#include "server/session_log.hpp"
#include "sim/hash.hpp"

namespace drydock::server {
namespace {

namespace search = sim::search;
using scenarios::KeptRun;
using std::chrono::milliseconds;
using WallClock = std::chrono::steady_clock;

/// Who waits for a client looks so often whether it is to be killed.
constexpr milliseconds kGlance{20};
/// A player compares its first run, and then one in so many.
constexpr std::uint64_t kCompared = 64;
/// A run that is to be kept is played so often before the one in which it was first seen is taken.
constexpr int kTries = 3;
constexpr std::size_t kMostRemembered = 1000;

/// Where a value of a request ends, in a line of a log.
constexpr std::string_view kEndOfValue = "&\"\n ";

/// Replaces the value of parameters, wherever it is the whole value.
void replace_values(std::string& text, const std::string& value, std::string_view with) {
  const std::string whole = "=" + value;
  for (std::size_t at = text.find(whole); at != std::string::npos; at = text.find(whole, at + 1)) {
    const std::size_t end = at + whole.size();
    if (end == text.size() || kEndOfValue.find(text[end]) != std::string_view::npos)
      text.replace(at + 1, value.size(), with);
  }
}

/// Returns the first line in which the two differ, as each has it.
std::pair<std::string, std::string> first_difference(std::string_view one, std::string_view other) {
  const auto same = std::mismatch(one.begin(), one.end(), other.begin(), other.end());
  const auto line_at = [](std::string_view text, std::size_t at) {
    const std::size_t before = text.rfind('\n', at == 0 ? 0 : at - 1);
    const std::size_t from = at == 0 || before == std::string_view::npos ? 0 : before + 1;
    return std::string{text.substr(from, text.find('\n', from) - from)};
  };
  return {line_at(one, static_cast<std::size_t>(same.first - one.begin())),
          line_at(other, static_cast<std::size_t>(same.second - other.begin()))};
}

bool shows(const scenarios::Outcome& outcome, const search::Broken& broken) {
  return std::any_of(outcome.violations.begin(), outcome.violations.end(), [&](const auto& shown) {
    return shown.invariant == broken.promise && shown.signature == broken.signature;
  });
}

KeptRun kept_run(PlayedSession played, std::string log) {
  KeptRun kept;
  kept.outcome = std::move(played.outcome);
  kept.session = std::make_shared<const scenarios::RecordedSession>(
      scenarios::RecordedSession{std::move(played.file), std::move(log)});
  return kept;
}

}  // namespace

std::string comparable_log(std::string_view log) {
  constexpr std::string_view kToken = "ClientToken=";
  const std::size_t head = log.find('\n');
  std::string lines{head == std::string_view::npos ? std::string_view{} : log.substr(head + 1)};
  std::vector<std::string> tokens;
  for (std::size_t at = lines.find(kToken); at != std::string::npos; at = lines.find(kToken, at + 1)) {
    const std::size_t from = at + kToken.size();
    std::string token = lines.substr(from, lines.find_first_of(kEndOfValue, from) - from);
    if (!token.empty() && std::find(tokens.begin(), tokens.end(), token) == tokens.end())
      tokens.push_back(std::move(token));
  }
  for (std::size_t i = 0; i < tokens.size(); ++i) replace_values(lines, tokens[i], fmt::format("token-{}", i + 1));
  return lines;
}

/// A session that is over, and how its client ended.
struct ClientTheatre::Run {
  explicit Run(std::string log_path) : log(std::move(log_path)) {}

  SessionLog log;
  std::unique_ptr<LiveSession> session;
  std::string end;
  std::string last_words;
  std::string text;             // of the log
  bool ended_by_itself = true;  // or by the virtual time that it may take: not by time on the wall
  bool cut_short = false;
  bool stopped = false;
};

/// The player of one thread.
class ClientTheatre::SessionPlayer final : public search::Player {
 public:
  SessionPlayer(ClientTheatre& theatre, const search::FillParameters& parameters, std::function<bool()> stop)
      : theatre_(theatre), parameters_(parameters), stop_(std::move(stop)) {}

  search::Reading play(const sim::Tape& tape, sim::Fill* fill, const search::ReadingOptions& wanted) override {
    std::unique_ptr<Run> run = theatre_.play(tape, fill, theatre_.client_.full_calm, workbench_, stop_);
    search::Reading reading = read(*run, wanted);
    const bool compared = theatre_.client_.twice || played_ % kCompared == 0;
    ++played_;
    if (reading.stopped) return reading;
    theatre_.remember(*run, reading);
    if (compared) compare(std::move(run), reading);
    return reading;
  }

 private:
  [[nodiscard]] search::Reading read(Run& run, const search::ReadingOptions& wanted) const {
    search::Reading reading;
    reading.stopped = run.stopped;
    reading.cut_short = run.cut_short;
    if (run.stopped) return reading;
    scenarios::read_run(run.session->world(), parameters_, wanted, reading);
    reading.hash = sim::hash_text(comparable_log(run.text));
    if (!theatre_.played_.sql_invariants.empty()) judge_own_promises(run, reading);
    return reading;
  }

  /// What a user promises is SQL over the whole record, which a session does not keep.
  static void judge_own_promises(Run& run, search::Reading& reading) {
    for (const scenarios::ShownViolation& shown : run.session->played().outcome.violations)
      reading.broken.push_back({shown.invariant, shown.signature});
    std::sort(reading.broken.begin(), reading.broken.end());
    reading.broken.erase(std::unique(reading.broken.begin(), reading.broken.end()), reading.broken.end());
  }

  /// Plays the run again from its tape. One world at a time borrows the workbench.
  void compare(std::unique_ptr<Run> first, const search::Reading& reading) {
    first->session.reset();
    const std::unique_ptr<Run> second =
        theatre_.play(search::tape_of(reading.tape), nullptr, theatre_.client_.full_calm, workbench_, stop_);
    if (!second->stopped) static_cast<void>(theatre_.compare(*first, *second));
  }

  ClientTheatre& theatre_;
  const search::FillParameters& parameters_;
  const std::function<bool()> stop_;
  scenarios::Workbench workbench_;
  std::uint64_t played_ = 0;
};

ClientTheatre::ClientTheatre(const scenarios::Scenario& scenario, const scenarios::CaseSpec& played,
                             PlayedClient client)
    : scenario_(scenario), played_(played), client_(std::move(client)) {
  use_.command = client_.text;
}

ClientTheatre::~ClientTheatre() = default;

std::unique_ptr<search::Player> ClientTheatre::player(const search::FillParameters& parameters,
                                                      scenarios::StageOptions options) {
  return std::make_unique<SessionPlayer>(*this, parameters, std::move(options.stop));
}

/// Plays a session from its beginning to its end.
std::unique_ptr<ClientTheatre::Run> ClientTheatre::play(const sim::Tape& tape, sim::Fill* fill, bool full_calm,
                                                        scenarios::Workbench& workbench,
                                                        const std::function<bool()>& stop) {
  auto run = std::make_unique<Run>("");
  run->session = std::make_unique<LiveSession>(
      scenario_, played_, tape, client_.clock, run->log,
      SessionOptions{
          .searched = true, .fill = fill, .longest = client_.longest, .full_calm = full_calm, .workbench = &workbench});
  LiveSession& session = *run->session;
  {
    Front front(session, false);
    const HttpServer http({}, [&front](cloud::query::Request asked) { return front.answer(std::move(asked)); });
    ClientProcess client(client_.command, fmt::format("http://127.0.0.1:{}", http.port()));
    const auto until = WallClock::now() + std::chrono::duration<double>(client_.patience_s);
    while (!client.wait(kGlance)) {
      run->stopped = stop && stop();
      const bool late = WallClock::now() >= until;
      if (!run->stopped && !late && !session.is_too_long()) continue;
      client.end();
      run->ended_by_itself = session.is_too_long();
      run->end = session.is_too_long()
                     ? fmt::format("killed after {} of virtual time", sim::format_duration(client_.longest))
                     : fmt::format("killed after {:g}s", client_.patience_s);
      break;
    }
    if (run->end.empty()) run->end = client.how_it_ended();
    run->last_words = client.last_words();
  }
  if (run->stopped) return run;
  run->cut_short = !session.end().empty();
  run->text = run->log.text();
  const std::scoped_lock lock(mutex_);
  ++use_.played;
  ++use_.ends[run->end];
  return run;
}

std::string ClientTheatre::rehearse() {
  scenarios::Workbench workbench;
  const std::unique_ptr<Run> run = play({}, nullptr, false, workbench, {});
  if (run->end == "exit code 0") return {};
  return fmt::format("where nothing goes wrong, its end is: {}\n{}", run->end, run->last_words);
}

/// Notes whether the client asked the same in both runs, which had the same tape. Where it was killed by the clock on
/// the wall, nothing can be said.
bool ClientTheatre::compare(const Run& first, const Run& second) {
  if (!first.ended_by_itself || !second.ended_by_itself) return true;
  const std::string one = comparable_log(first.text);
  const std::string other = comparable_log(second.text);
  const std::scoped_lock lock(mutex_);
  ++use_.compared;
  if (one == other) return true;
  ++use_.differed;
  if (!use_.difference.empty()) return false;
  const auto [here, there] = first_difference(one, other);
  use_.difference = fmt::format("{}\n{}", here, there);
  return false;
}

// --- what is kept ---------------------------------------------------------------------------------------------------

void ClientTheatre::remember(const Run& run, const search::Reading& reading) {
  if (reading.broken.empty()) return;
  const std::scoped_lock lock(mutex_);
  for (const search::Broken& broken : reading.broken) {
    if (first_seen_.size() >= kMostRemembered) return;
    first_seen_.try_emplace(broken, Remembered{run.text, search::tape_of(reading.tape)});
  }
}

/// Plays a session again in which the promise was first seen to break; without its client, so it breaks again.
KeptRun ClientTheatre::remembered(const search::Broken& broken) {
  std::unique_lock lock(mutex_);
  const auto found = first_seen_.find(broken);
  DRYDOCK_CHECK(found != first_seen_.end(), "nobody has seen {} broken", broken.promise);
  const Remembered seen = found->second;
  lock.unlock();
  std::string log = scenarios::with_decisions(seen.log, seen.tape);
  auto decoded = scenarios::decode_session_log("session.ndjson", log);
  DRYDOCK_CHECK(decoded.value.has_value(), "a session wrote down what cannot be read");
  PlayedSession played{.file = std::move(*decoded.value), .outcome = {}};
  played.file.played.sql_invariants = played_.sql_invariants;
  scenarios::Workbench workbench;
  played.outcome = scenarios::run(played.file.scenario, played.file.played, played.file.tape, {}, workbench);
  return kept_run(std::move(played), std::move(log));
}

KeptRun ClientTheatre::keep(const sim::Tape& tape, const search::Broken& broken) {
  scenarios::Workbench workbench;
  for (int i = 0; i < kTries; ++i) {
    const std::unique_ptr<Run> run = play(tape, nullptr, true, workbench, {});
    PlayedSession played = run->session->played();
    if (shows(played.outcome, broken)) return kept_run(std::move(played), run->text);
  }
  return remembered(broken);
}

scenarios::ClientUse ClientTheatre::use() const {
  const std::scoped_lock lock(mutex_);
  return use_;
}

}  // namespace drydock::server
