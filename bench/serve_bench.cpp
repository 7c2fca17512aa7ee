// Requests per second of `drydock serve --ec2` (BM_Served) beside cpp-httplib with a constant body of the same size
// (BM_Bare), over eight connections that are kept (aim: at least 0.6 times as many). The rate is to be the same after
// many requests (BM_ServedMany) and, per instance, for large answers (BM_ServedInstances).

#include <arpa/inet.h>
#include <benchmark/benchmark.h>
#include <httplib.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "scenarios/files/decode.hpp"
#include "server/front.hpp"
#include "server/http_server.hpp"
#include "server/live_session.hpp"

namespace {

using namespace drydock;

constexpr int kConnections = 8;
constexpr int kRequestsEach = 500;  // of a connection, an iteration
constexpr const char* kDescribe = "Action=DescribeInstances&Version=2016-11-15";
constexpr const char* kScenario =
    R"({"format":"drydock.scenario/1","name":"bench","horizon":"1h","cloud":{"throttle":"off"},
        "cases":[{"policy":"latest","expect":[]}]})";

/// A client that keeps its connection, and reads answers by their Content-Length.
class KeptConnection {
 public:
  explicit KeptConnection(int port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int on = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
      throw std::runtime_error("cannot connect");
  }
  KeptConnection(const KeptConnection&) = delete;
  KeptConnection& operator=(const KeptConnection&) = delete;
  ~KeptConnection() { ::close(socket_); }

  /// Returns the length of the answer's body.
  std::size_t ask(const std::string& request) {
    if (::send(socket_, request.data(), request.size(), MSG_NOSIGNAL) < 0) throw std::runtime_error("cannot send");
    std::string answer;
    std::size_t whole = 0;
    std::size_t length = 0;
    while (whole == 0 || answer.size() < whole) {
      std::array<char, 65536> block{};
      const ssize_t got = ::recv(socket_, block.data(), block.size(), 0);
      if (got <= 0) throw std::runtime_error("the connection ended");
      answer.append(block.data(), static_cast<std::size_t>(got));
      const std::size_t head = answer.find("\r\n\r\n");
      if (whole != 0 || head == std::string::npos) continue;
      const std::size_t at = answer.find("Content-Length: ");
      length = std::strtoul(answer.c_str() + at + 16, nullptr, 10);
      whole = head + 4 + length;
    }
    return length;
  }

 private:
  int socket_;
};

std::string request_of(std::string_view body) {
  return "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + std::string{body};
}

/// Measures requests over eight kept connections.
void measure(benchmark::State& state, int port) {
  const std::string request = request_of(kDescribe);
  std::vector<std::unique_ptr<KeptConnection>> connections;
  for (int i = 0; i < kConnections; ++i) connections.push_back(std::make_unique<KeptConnection>(port));
  for (auto _ : state) {
    std::vector<std::thread> clients;
    for (auto& connection : connections) {
      clients.emplace_back([&request, &connection] {
        for (int i = 0; i < kRequestsEach; ++i) connection->ask(request);
      });
    }
    for (std::thread& client : clients) client.join();
  }
  state.SetItemsProcessed(state.iterations() * kConnections * kRequestsEach);
}

/// A session with so many instances behind its front.
class Served {
 public:
  explicit Served(std::int64_t instances)
      : log_(""),
        scenario_(*scenarios::decode_scenario("bench", kScenario).value),
        session_(scenario_, scenario_.cases.front(), {}, {}, log_),
        front_(session_, false),
        http_(
            {}, [this](cloud::query::Request asked) { return front_.answer(std::move(asked)); },
            [this](const cloud::query::Request& asked) { return front_.waits(asked); }) {
    KeptConnection client(http_.port());
    for (std::int64_t i = 0; i < instances; ++i)
      client.ask(
          request_of("Action=RunInstances&Version=2016-11-15&ImageId=ami-0abcdef1234567890&MinCount=1&MaxCount=1"));
  }
  [[nodiscard]] int port() const { return http_.port(); }
  [[nodiscard]] std::size_t events() { return session_.event_count(); }

 private:
  server::SessionLog log_;
  scenarios::Scenario scenario_;
  server::LiveSession session_;
  server::Front front_;
  server::HttpServer http_;
};

/// The length of an answer about one instance.
std::size_t usual_length() {
  const Served served(1);
  return KeptConnection(served.port()).ask(request_of(kDescribe));
}

void BM_Bare(benchmark::State& state) {
  const std::string body(usual_length(), 'x');
  httplib::Server bare;
  bare.set_tcp_nodelay(true);
  bare.set_keep_alive_max_count(1'000'000'000);
  bare.Post("/", [&body](const httplib::Request&, httplib::Response& response) {
    response.set_content(body, "text/xml;charset=UTF-8");
  });
  const int port = bare.bind_to_any_port("127.0.0.1");
  std::thread serving([&bare] { bare.listen_after_bind(); });
  while (!bare.is_running()) std::this_thread::yield();
  measure(state, port);
  bare.stop();
  serving.join();
}
BENCHMARK(BM_Bare)->MeasureProcessCPUTime()->UseRealTime();

void BM_Served(benchmark::State& state) {
  const Served served(1);
  measure(state, served.port());
}
BENCHMARK(BM_Served)->MeasureProcessCPUTime()->UseRealTime();

/// Memory of this process that is in RAM, in bytes.
double resident() {
  std::ifstream file("/proc/self/statm");
  std::size_t pages = 0;
  file >> pages >> pages;
  return static_cast<double>(pages) * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

/// Asks so often over eight kept connections; returns how often a second.
double rate_of(int port, std::int64_t requests) {
  const std::string request = request_of(kDescribe);
  const auto begun = std::chrono::steady_clock::now();
  std::vector<std::thread> clients;
  for (int i = 0; i < kConnections; ++i) {
    clients.emplace_back([&] {
      KeptConnection connection(port);
      for (std::int64_t asked = 0; asked < requests / kConnections; ++asked) connection.ask(request);
    });
  }
  for (std::thread& client : clients) client.join();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  return static_cast<double>(requests) / took.count();
}

/// One server, and so many requests in ten parts: how many a second in the first and in the last part, and what memory
/// and events each has left.
void BM_ServedMany(benchmark::State& state) {
  constexpr int kParts = 10;
  for (auto _ : state) {
    Served served(1);
    rate_of(served.port(), kConnections * kRequestsEach);
    const double memory = resident();
    const auto events = static_cast<double>(served.events());
    std::vector<double> rates;
    for (int part = 0; part < kParts; ++part) rates.push_back(rate_of(served.port(), state.range(0) / kParts));
    const auto requests = static_cast<double>(state.range(0));
    state.counters["first_per_second"] = rates.front();
    state.counters["last_per_second"] = rates.back();
    state.counters["resident_before"] = memory;
    state.counters["resident_after"] = resident();
    state.counters["bytes_per_request"] = (resident() - memory) / requests;
    state.counters["events_per_request"] = (static_cast<double>(served.events()) - events) / requests;
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_ServedMany)->Arg(100'000)->Arg(1'000'000)->Iterations(1)->UseRealTime()->Unit(benchmark::kSecond);

void BM_ServedInstances(benchmark::State& state) {
  const Served served(state.range(0));
  measure(state, served.port());
  state.counters["instances_per_second"] = benchmark::Counter(
      static_cast<double>(state.items_processed()) * static_cast<double>(state.range(0)), benchmark::Counter::kIsRate);
}
BENCHMARK(BM_ServedInstances)->Arg(10)->Arg(100)->Arg(1000)->UseRealTime();

}  // namespace
