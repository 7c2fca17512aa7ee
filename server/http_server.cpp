#include "server/http_server.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <utility>

#include <httplib.h>

#include "server/connection.hpp"
#include "server/connection_threads.hpp"
#include "sim/cloud/query/http.hpp"

namespace drydock::server {
namespace {

using cloud::query::Answer;
using cloud::query::Ending;
using std::chrono::milliseconds;

/// A connection that asks nothing is kept for so long; real clients reuse theirs for about as long.
constexpr milliseconds kIdle{75'000};
/// A client that is amid a request may be silent for so long.
constexpr milliseconds kPatience{30'000};
/// What a client still sends when its answer is on its way is dropped for so long.
constexpr milliseconds kFarewell{2'000};

cloud::query::Request request_of(const httplib::Request& request, std::string body) {
  cloud::query::Request out{request.method, request.target, {}, std::move(body)};
  for (const auto& header : request.headers) out.headers.emplace_back(header);
  return out;
}

}  // namespace

/// cpp-httplib reads the requests; the loop over a connection is ours, since its answer may be none.
class HttpServer::Impl final : public httplib::Server {
 public:
  Impl(const Listen& listen, Answering answering) : answering_(std::move(answering)) {
    set_payload_max_length(listen.longest_body);
    set_tcp_nodelay(true);
    // By default cpp-httplib lets two servers share a port.
    set_socket_options([](socket_t socket) {
      const int on = 1;
      ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    });
    set_keep_alive_max_count(1'000'000'000);
    set_keep_alive_timeout(std::chrono::duration_cast<std::chrono::seconds>(kIdle).count());
    new_task_queue = [most = listen.connections] { return new ConnectionThreads(most); };
    set_error_handler(
        [this](const httplib::Request& request, httplib::Response& response) { explain(request, response); });
    route();
  }

  /// Listens at the port, or at any; returns which, or nothing where that cannot be. cpp-httplib lets five clients wait
  /// to be let in, and a sixth tries again after a second; listening once more lets more of them wait.
  std::optional<int> bind(const Listen& listen) {
    const bool any = listen.port == 0;
    const int port = any ? bind_to_any_port(listen.host) : listen.port;
    const bool bound = any ? port > 0 : bind_to_port(listen.host, port);
    if (!bound || ::listen(svr_sock_, SOMAXCONN) != 0) return std::nullopt;
    return port;
  }

  void end() {
    stopping_ = true;
    stop();
  }

 private:
  /// Every method and path goes to the one handler. Bodies are read raw: cpp-httplib would take forms of up to 8 KiB
  /// only, and EC2 takes user data of 16 KiB.
  void route() {
    constexpr const char* kAny = "/";  // see `prepare`
    const auto bare = [this](const httplib::Request& request, httplib::Response& response) {
      serve(request, response, {});
    };
    const auto with_body = [this](const httplib::Request& request, httplib::Response& response,
                                  const httplib::ContentReader& read) {
      std::string body;
      // cpp-httplib compares the limit with a Content-Length, and a body in chunks has none.
      const bool whole = read([&](const char* data, std::size_t size) {
        body.append(data, size);
        return body.size() <= payload_max_length_;
      });
      if (whole) return serve(request, response, std::move(body));
      if (body.size() > payload_max_length_) response.status = 413;
    };
    Get(kAny, bare);
    Options(kAny, bare);
    Post(kAny, with_body);
    Put(kAny, with_body);
    Patch(kAny, with_body);
    Delete(kAny, with_body);
  }

  void serve(const httplib::Request& request, httplib::Response& response, std::string body) {
    Answer answer = answering_(request_of(request, std::move(body)));
    response.status = answer.status;
    response.body = std::move(answer.body);
    for (auto& [name, value] : answer.headers) response.set_header(name, value);
    const std::scoped_lock lock(mutex_);
    endings_[request.remote_port] = answer.ending;
  }

  /// Says in EC2's way what cpp-httplib refused by itself, and that the connection is closed after it.
  void explain(const httplib::Request& request, httplib::Response& response) {
    const std::scoped_lock lock(mutex_);
    if (endings_.contains(request.remote_port)) return;
    const char* code = response.status == 413 ? "RequestEntityTooLarge" : "MalformedHttpRequest";
    const std::string message = fmt::format("The request was refused with status {}.", response.status);
    const Answer refused =
        cloud::query::error_document({code, response.status, message, {}}, "", cloud::query::kNoRequestId);
    response.set_content(refused.body, refused.headers.front().second);
    response.set_header("Connection", "close");
  }

  /// Takes from a request what cpp-httplib would go by: the path (it looks for a handler by regular expressions; ours
  /// goes by the target), and a missing length (such a request has no body, RFC 9112 §6.3; cpp-httplib would read on
  /// until the client hangs up).
  static void prepare(httplib::Request& request) {
    request.path = "/";
    if (!has_body(request)) request.set_header("Content-Length", "0");
  }

  static bool has_body(const httplib::Request& request) {
    return request.has_header("Content-Length") || request.has_header("Transfer-Encoding");
  }

  /// Says of a request that is not yet answered whether cpp-httplib leaves its body unread.
  static bool leaves_body(const httplib::Request& request) {
    constexpr std::array kRead{"POST", "PUT", "PATCH", "DELETE"};
    return has_body(request) && std::find(kRead.begin(), kRead.end(), request.method) == kRead.end();
  }

  /// Has cpp-httplib say in the answer that the connection is closed after it.
  static void announce_close(httplib::Request& request) {
    request.headers.erase("Connection");
    request.set_header("Connection", "close");
  }

  /// Returns how the answer ends; nothing where cpp-httplib refused the request by itself.
  std::optional<Ending> take_ending(socket_t socket) {
    const std::scoped_lock lock(mutex_);
    const auto found = endings_.extract(socket);
    return found.empty() ? std::nullopt : std::optional{found.mapped()};
  }

  bool process_and_close_socket(socket_t socket) override {
    Connection connection(socket, kPatience, stopping_);
    bool goes_on = true;
    while (goes_on && connection.wait_for_request(kIdle)) {
      bool client_closes = false;
      bool unread = false;
      const bool served = process_request(connection, false, client_closes, [&unread](httplib::Request& request) {
        unread = leaves_body(request);
        if (unread) announce_close(request);
        prepare(request);
      });
      const std::optional<Ending> ending = take_ending(socket);
      // What follows a body that was not read to its end is no request.
      unread = unread || !ending || !served;
      const bool delivered = connection.deliver(ending.value_or(Ending::whole));
      goes_on = delivered && !unread && !client_closes;
      if (delivered && unread) connection.hear_out(kFarewell);
    }
    ::close(socket);
    return true;
  }

  Answering answering_;
  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;
  std::map<int, Ending> endings_;  // of answers that are being written, by their connection
};

HttpServer::HttpServer(const Listen& listen, Answering answering)
    : impl_(std::make_unique<Impl>(listen, std::move(answering))) {
  const std::optional<int> port = impl_->bind(listen);
  if (!port) throw std::runtime_error(fmt::format("cannot listen on {}:{}", listen.host, listen.port));
  port_ = *port;
  thread_ = std::thread([this] { impl_->listen_after_bind(); });
  while (!impl_->is_running()) std::this_thread::yield();
}

HttpServer::~HttpServer() {
  impl_->end();
  thread_.join();
}

}  // namespace drydock::server
