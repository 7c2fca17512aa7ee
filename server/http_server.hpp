#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "sim/cloud/query/message.hpp"

namespace drydock::server {

/// Says where a server listens, and what it bears.
struct Listen {
  std::string host = "127.0.0.1";
  int port = 0;                        // 0: any that is free
  std::size_t connections = 1000;      // served at once; further ones wait
  std::size_t longest_body = 1 << 20;  // bytes; a longer one is answered 413
  /// A connection that asks nothing is kept for so long; real clients reuse theirs for about as long.
  std::chrono::milliseconds idle{75'000};
};

/// Answers a request; called from any thread.
using Answering = std::function<cloud::query::Answer(cloud::query::Request)>;
/// Tells whether the answer to a request may take long: others are answered meanwhile.
using Waiting = std::function<bool(const cloud::query::Request&)>;

/// An HTTP/1.1 server whose answers may end as a broken connection's do. It serves from its construction to its end.
class HttpServer {
 public:
  /// Throws std::runtime_error where it cannot listen there. Without `waits` no answer takes long.
  HttpServer(const Listen& listen, Answering answering, Waiting waits = {});
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;
  /// Stops: connections are closed once their request is answered.
  ~HttpServer();

  [[nodiscard]] int port() const { return port_; }

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
  int port_ = 0;
  std::thread thread_;
};

}  // namespace drydock::server
