#pragma once

#include <atomic>
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
};

/// Answers a request; called from the thread of its connection.
using Answering = std::function<cloud::query::Answer(cloud::query::Request)>;

/// An HTTP/1.1 server whose answers may end as a broken connection's do. It serves from its construction to its end.
class HttpServer {
 public:
  /// Throws std::runtime_error where it cannot listen there.
  HttpServer(const Listen& listen, Answering answering);
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
