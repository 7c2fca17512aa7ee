#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <httplib.h>

#include "sim/cloud/query/message.hpp"

namespace drydock::server {

/// One connection of a client, as cpp-httplib reads requests from it and writes answers to it. An answer is kept until
/// it is whole and then sent in one piece, or not sent as its ending says. The socket stays its owner's.
class Connection final : public httplib::Stream {
 public:
  /// A client that is amid a request may be silent for so long. `stopping` ends every wait soon. `before_waiting` is
  /// called before each wait for this client.
  Connection(socket_t socket, std::chrono::milliseconds patience, const std::atomic<bool>& stopping,
             std::function<void()> before_waiting);

  /// Takes what the client has sent. Returns false where it has hung up.
  [[nodiscard]] bool take_sent();
  /// Tells whether more was taken than what has been read.
  [[nodiscard]] bool has_more() const { return read_ < received_; }
  /// Says that what follows may take long, or wait for others than the client.
  void about_to_wait() const { before_waiting_(); }
  /// Says how the answer ends that is being written.
  void end_with(cloud::query::Ending ending) { ending_ = ending; }
  [[nodiscard]] bool has_ending() const { return ending_.has_value(); }
  /// Sends what was written since the last call, as its ending says. Returns false where the connection is over.
  [[nodiscard]] bool deliver();
  /// Says that nothing more is sent, and drops what the client still sends until it hangs up, for at most so long: to
  /// close a socket with unread bytes resets it, and the client may lose the answer.
  void hear_out(std::chrono::milliseconds most);

  // httplib::Stream
  [[nodiscard]] bool is_readable() const override;
  [[nodiscard]] bool is_writable() const override { return true; }
  ssize_t read(char* to, std::size_t size) override;
  ssize_t write(const char* from, std::size_t size) override;
  void get_remote_ip_and_port(std::string& ip, int& port) const override;
  void get_local_ip_and_port(std::string& ip, int& port) const override;
  [[nodiscard]] socket_t socket() const override { return socket_; }

 private:
  ssize_t take();
  ssize_t await_more();
  [[nodiscard]] bool wait_until(short event, std::chrono::milliseconds most) const;
  [[nodiscard]] bool send_all(std::string_view text) const;
  [[nodiscard]] bool send_as(cloud::query::Ending ending);
  void drop_rest(std::chrono::milliseconds most);

  socket_t socket_;
  std::chrono::milliseconds patience_;
  const std::atomic<bool>& stopping_;
  std::function<void()> before_waiting_;
  std::vector<char> block_;
  std::size_t received_ = 0;  // of `block_`
  std::size_t read_ = 0;      // of `received_`
  std::string written_;
  std::optional<cloud::query::Ending> ending_;
};

}  // namespace drydock::server
