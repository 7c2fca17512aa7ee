#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include <httplib.h>

#include "sim/cloud/query/message.hpp"

namespace drydock::server {

/// One connection of a client, as cpp-httplib reads requests from it and writes answers to it. An answer is kept until
/// it is whole and then sent in one piece, or not sent as its ending says. The socket stays its owner's.
class Connection final : public httplib::Stream {
 public:
  /// A client that is amid a request may be silent for so long. `stopping` ends every wait soon.
  Connection(socket_t socket, std::chrono::milliseconds patience, const std::atomic<bool>& stopping);

  /// Waits until the client sends something, for at most so long. Returns false when it does not, or hangs up.
  [[nodiscard]] bool wait_for_request(std::chrono::milliseconds most);
  /// Sends what was written since the last call, as the ending says. Returns false where the connection is over.
  [[nodiscard]] bool deliver(cloud::query::Ending ending);
  /// Says that nothing more is sent, and drops what the client still sends until it hangs up, for at most so long: to
  /// close a socket with unread bytes resets it, and the client may lose the answer.
  void hear_out(std::chrono::milliseconds most);

  // httplib::Stream
  [[nodiscard]] bool is_readable() const override;
  [[nodiscard]] bool is_writable() const override { return true; }
  ssize_t read(char* to, std::size_t size) override;
  ssize_t write(const char* from, std::size_t size) override;
  /// The port is the number of the socket, by which the server tells its open connections apart.
  void get_remote_ip_and_port(std::string& ip, int& port) const override;
  void get_local_ip_and_port(std::string& ip, int& port) const override;
  [[nodiscard]] socket_t socket() const override { return socket_; }

 private:
  ssize_t take_more(std::chrono::milliseconds most);
  [[nodiscard]] bool wait_until_readable(std::chrono::milliseconds most) const;
  [[nodiscard]] bool send_all(std::string_view text) const;
  void drop_rest(std::chrono::milliseconds most);

  socket_t socket_;
  std::chrono::milliseconds patience_;
  const std::atomic<bool>& stopping_;
  std::string received_;
  std::size_t read_ = 0;  // of `received_`
  std::string written_;
};

}  // namespace drydock::server
