#include "server/http_server.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
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
using std::chrono::milliseconds;

/// A client that is amid a request may be silent for so long.
constexpr milliseconds kPatience{30'000};
/// What a client still sends when its answer is on its way is dropped for so long.
constexpr milliseconds kFarewell{2'000};

cloud::query::Request request_of(const httplib::Request& request, std::string body) {
  cloud::query::Request out{request.method, request.target, {}, std::move(body)};
  for (const auto& header : request.headers) out.headers.emplace_back(header);
  return out;
}

/// Has the thread that accepts a connection hand it over.
class HandingOver final : public httplib::TaskQueue {
 public:
  void enqueue(std::function<void()> hand_over) override { hand_over(); }
  void shutdown() override {}
};

}  // namespace

/// cpp-httplib reads the requests; the loop over a connection is ours, since its answer may be none.
class HttpServer::Impl final : public httplib::Server {
 public:
  Impl(const Listen& listen, Answering answering, Waiting waits)
      : answering_(std::move(answering)),
        waits_(std::move(waits)),
        threads_({listen.connections, listen.idle, kPatience},
                 [this](Connection& connection) { return serve_next(connection); }) {
    set_payload_max_length(listen.longest_body);
    set_tcp_nodelay(true);
    // By default cpp-httplib lets two servers share a port.
    set_socket_options([](socket_t socket) {
      const int on = 1;
      ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    });
    set_keep_alive_max_count(1'000'000'000);
    set_keep_alive_timeout(std::chrono::duration_cast<std::chrono::seconds>(listen.idle).count());
    new_task_queue = [] { return new HandingOver; };
    set_error_handler([](const httplib::Request&, httplib::Response& response) { explain(response); });
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

  void end_connections() { threads_.shutdown(); }

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
    cloud::query::Request asked = request_of(request, std::move(body));
    if (waits_ && waits_(asked)) served_->about_to_wait();
    Answer answer = answering_(std::move(asked));
    response.status = answer.status;
    response.body = std::move(answer.body);
    for (auto& [name, value] : answer.headers) response.set_header(name, value);
    served_->end_with(answer.ending);
  }

  /// Says in EC2's way what cpp-httplib refused by itself, and that the connection is closed after it.
  static void explain(httplib::Response& response) {
    if (served_->has_ending()) return;
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

  /// Serves the next request of a connection that has sent something. Returns whether the connection goes on.
  bool serve_next(Connection& connection) {
    if (!connection.take_sent()) return false;
    if (!connection.has_more()) return true;
    bool client_closes = false;
    bool unread = false;
    served_ = &connection;
    const bool served = process_request(connection, false, client_closes, [&unread](httplib::Request& request) {
      unread = leaves_body(request);
      if (unread) announce_close(request);
      prepare(request);
    });
    // What follows a body that was not read to its end is no request.
    unread = unread || !connection.has_ending() || !served;
    const bool delivered = connection.deliver();
    if (delivered && unread) connection.hear_out(kFarewell);
    return delivered && !unread && !client_closes;
  }

  bool process_and_close_socket(socket_t socket) override {
    threads_.add(socket);
    return true;
  }

  /// cpp-httplib hands a request on without its connection: it is the one that the thread serves.
  static thread_local Connection* served_;

  Answering answering_;
  Waiting waits_;
  ConnectionThreads threads_;
};

thread_local Connection* HttpServer::Impl::served_ = nullptr;

HttpServer::HttpServer(const Listen& listen, Answering answering, Waiting waits)
    : impl_(std::make_unique<Impl>(listen, std::move(answering), std::move(waits))) {
  const std::optional<int> port = impl_->bind(listen);
  if (!port) throw std::runtime_error(fmt::format("cannot listen on {}:{}", listen.host, listen.port));
  port_ = *port;
  thread_ = std::thread([this] { impl_->listen_after_bind(); });
  while (!impl_->is_running()) std::this_thread::yield();
}

HttpServer::~HttpServer() {
  impl_->stop();
  thread_.join();
  impl_->end_connections();
}

}  // namespace drydock::server
