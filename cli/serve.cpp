#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <system_error>
#include <thread>

#include "cli/common.hpp"
#include "cli/input.hpp"
#include "cli/interrupt.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"
#include "cli/selection.hpp"
#include "cli/single_run.hpp"
#include "reports/layout.hpp"
#include "reports/text.hpp"
#include "server/front.hpp"
#include "server/http_server.hpp"
#include "server/live_session.hpp"

namespace drydock::cli {
namespace {

constexpr Usage kServeUsage{"drydock serve [FILE] --ec2 [options]",
                            "  drydock serve --ec2\n"
                            "  drydock serve restart-snapshot-limit --ec2 --clock scale=60\n"
                            "  drydock serve my-cloud.json --ec2 --clock manual --record session\n"
                            "  aws --endpoint-url http://127.0.0.1:8470 ec2 run-instances \\\n"
                            "      --image-id ami-0abcdef1234567890\n"
                            "  drydock replay session/session.ndjson\n",
                            "Serves the EC2 Query API of a simulated region over HTTP, to whatever client:\n"
                            "signatures are not checked. Without FILE the region is empty; the workspaces,\n"
                            "steps and faults of a scenario play beside the clients. The platform's own API\n"
                            "(/workspaces/...) is served too, and what is told about the session:\n\n"
                            "  GET  /_drydock/status       the virtual time, and what was asked\n"
                            "  GET  /_drydock/events       the events so far, a line of JSON each\n"
                            "  GET  /_drydock/violations   the promises that are broken so far\n"
                            "  GET  /_drydock/report       the run so far as an HTML report\n"
                            "  GET  /_drydock/trace        the run so far as a trace database\n"
                            "  POST /_drydock/advance      {\"by\": \"5m\"}: lets virtual time pass\n"
                            "  POST /_drydock/faults       faults as a scenario lists them, from now on\n\n"
                            "A session is a run: every request is heard at an instant of virtual time and is\n"
                            "written down before. Ctrl-C ends it; then its verdict is told, and with --record\n"
                            "the session is left as a scenario and a tape.\n\n"
                            "Exit codes: 0 every promise held, 1 a promise was broken, 2 bad command line or\n"
                            "input, 3 inconclusive, 70 internal error, 74 cannot write.\n"};

/// Is played where no FILE is given.
constexpr const char* kEmptyRegion = "empty-region";

struct ServeRequest {
  SelectionRequest wanted;
  server::Listen listen;
  server::SessionClock clock;
  std::optional<std::string> record;  // a directory
  bool check_clock = false;
  reports::TextStyle style;
  bool quiet = false;
};

po::options_description serve_options() {
  return described(
      {{"ec2", "", "serve the EC2 Query API"},
       {"listen", "HOST:PORT", "where to listen; port 0: any (default: 127.0.0.1:8470)"},
       {"clock", "CLOCK", "step=DURATION a request, scale=N seconds a second, or manual (default: step=1s)"},
       {"check-clock", "", "answer RequestExpired where X-Amz-Date is not the virtual time"},
       {"record", "DIR", "leave the session there: log, scenario and tape"},
       {"policy", "NAME|FILE", "the platform's policy (default: latest)"},
       {"case", "PATTERN", "the case of the file to play: its policy, settings and faults"},
       set_option(),
       invariant_option(),
       {"seed", "N", "what nature's decisions are drawn from (default: none, the boring ones)"},
       {"quiet", "", "print only where it listens, and the verdict"},
       colour_option()});
}

server::Listen listen_of(const po::variables_map& values) {
  constexpr std::uint64_t kMostPort = 65535;
  server::Listen listen;
  const std::string text = one_of(values, "listen").value_or("127.0.0.1:8470");
  const auto colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0) throw UsageError("--listen takes HOST:PORT, not '" + text + "'", "");
  listen.host = text.substr(0, colon);
  listen.port = static_cast<int>(number_of("--listen", text.substr(colon + 1), kMostPort));
  return listen;
}

server::SessionClock clock_of(const po::variables_map& values) {
  const std::string text = one_of(values, "clock").value_or("step=1s");
  const auto clock = server::parse_session_clock(text);
  if (!clock) throw UsageError("--clock takes step=DURATION, scale=N or manual, not '" + text + "'", "");
  return *clock;
}

ServeRequest serve_request(const po::variables_map& values, const Console& console) {
  if (values.count("ec2") == 0) throw UsageError("say what to serve: --ec2", "");
  ServeRequest request;
  request.wanted = requested_case(values);
  if (request.wanted.files.empty()) request.wanted.files = {kEmptyRegion};
  request.wanted.seed = seed_of(values);
  request.listen = listen_of(values);
  request.clock = clock_of(values);
  request.record = one_of(values, "record");
  request.check_clock = values.count("check-clock") > 0;
  request.style.colour = colour_of(values, console.terminal);
  request.quiet = values.count("quiet") > 0;
  return request;
}

/// Makes the directory of a session, and returns the path of its log. Throws CannotWrite.
std::string log_path(const std::optional<std::string>& record) {
  if (!record) return {};
  std::error_code error;
  std::filesystem::create_directories(*record, error);
  if (error) throw CannotWrite(*record + ": " + error.message());
  return *record + "/session.ndjson";
}

std::unique_ptr<server::SessionLog> open_log(const ServeRequest& request) {
  const std::string path = log_path(request.record);
  try {
    return std::make_unique<server::SessionLog>(path);
  } catch (const std::system_error& error) {
    throw CannotWrite(error.what());
  }
}

/// Listens. A session that nobody can reach leaves no log.
std::unique_ptr<server::HttpServer> listen_at(const ServeRequest& request, server::Front& front) {
  using cloud::query::Request;
  try {
    return std::make_unique<server::HttpServer>(
        request.listen, [&front](Request asked) { return front.answer(std::move(asked)); },
        [&front](const Request& asked) { return front.waits(asked); });
  } catch (const std::runtime_error& error) {
    std::error_code ignored;
    if (request.record) std::filesystem::remove(log_path(request.record), ignored);
    throw UsageError(fmt::format("--listen: {}; is the port taken?", error.what()), "");
  }
}

void await_the_end() {
  while (!interrupted()) std::this_thread::sleep_for(std::chrono::milliseconds{50});
}

void leave(const std::string& directory, const server::PlayedSession& played) {
  write_whole(directory + "/scenario.json", played.file.scenario.document.dump(2) + "\n");
  write_whole(directory + "/session.tape.json",
              scenarios::encode_tape(played.file.scenario, played.file.played, played.outcome));
}

/// The command that plays the session again; where it was not kept, the one that would have kept it.
std::string again(const ServeRequest& request) {
  if (request.record) return "drydock replay " + reports::shell_quote(*request.record + "/session.ndjson");
  return "drydock serve --ec2 --record DIR (this session was not kept)";
}

int say(const ServeRequest& request, const server::PlayedSession& played, Console& console) {
  const scenarios::Outcome outcome = judged_bare(played.outcome);
  reports::Invocation invocation;
  invocation.command = again(request);
  console.out << reports::case_line(outcome, reports::kWidth / 2, request.style);
  if (!outcome.passed && !request.quiet)
    console.out << reports::case_block({outcome, invocation, reports::about(played.file.scenario)}, request.style);
  console.out << std::flush;
  return exit_code_of(outcome, false);
}

}  // namespace

int serve_command(const Arguments& arguments, Console& console) {
  const auto values = read_options(arguments, kServeUsage, serve_options(), {"FILE", 0, 1}, console);
  if (!values) return kHeld;
  const ServeRequest request = serve_request(*values, console);
  const Selection selection = select(request.wanted);
  if (!selection.errors.empty()) return report_errors(selection.errors, Format::text, console);
  if (selection.jobs.empty()) return report_nothing_selected("serve", request.wanted, selection, Format::text, console);
  const Job& job = only_job(selection, request.wanted);
  const auto log = open_log(request);
  server::LiveSession session(*job.scenario, job.played, job.tape, request.clock, *log);
  server::Front front(session, request.check_clock);
  auto http = listen_at(request, front);
  console.out << fmt::format("listening on http://{}:{}\n", request.listen.host, http->port()) << std::flush;
  await_the_end();
  http.reset();
  const server::PlayedSession played = session.finish();
  if (request.record) leave(*request.record, played);
  return say(request, played, console);
}

}  // namespace drydock::cli
