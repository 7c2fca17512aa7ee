#include "server/connection.hpp"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <string_view>
#include <utility>

namespace drydock::server {
namespace {

using cloud::query::Ending;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

/// A wait looks so often whether the server stops.
constexpr milliseconds kLook{100};

constexpr milliseconds kForever = std::chrono::hours{24 * 365};

constexpr std::size_t kBlock = 16 << 10;

/// A connection keeps so much room for its next answer.
constexpr std::size_t kKept = 64 << 10;

/// The bytes of an answer up to somewhere in its body: the headers, and half of what follows.
std::string_view cut_short(std::string_view answer) {
  const std::size_t end = answer.find("\r\n\r\n");
  if (end == std::string_view::npos) return answer.substr(0, answer.size() / 2);
  const std::size_t body = end + 4;
  return answer.substr(0, body + (answer.size() - body) / 2);
}

/// Closing the socket from here on resets the connection.
void reset_on_close(socket_t socket) {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

}  // namespace

Connection::Connection(socket_t socket, milliseconds patience, const std::atomic<bool>& stopping,
                       std::function<void()> before_waiting)
    : socket_(socket),
      patience_(patience),
      stopping_(stopping),
      before_waiting_(std::move(before_waiting)),
      block_(kBlock) {}

bool Connection::wait_until(short event, milliseconds most) const {
  before_waiting_();
  const auto until = Clock::now() + most;
  while (!stopping_) {
    pollfd polled{.fd = socket_, .events = event, .revents = 0};
    const auto left = std::chrono::duration_cast<milliseconds>(until - Clock::now());
    const int ready = ::poll(&polled, 1, static_cast<int>(std::clamp(left, milliseconds{0}, kLook).count()));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return false;
    if (Clock::now() >= until) return false;
  }
  return false;
}

/// Takes the bytes that are there; returns how many, 0 where the client has hung up, and -1 where there are none.
ssize_t Connection::take() {
  const ssize_t got = ::recv(socket_, block_.data(), block_.size(), MSG_DONTWAIT);
  received_ = got > 0 ? static_cast<std::size_t>(got) : 0;
  read_ = 0;
  return got;
}

ssize_t Connection::await_more() {
  const ssize_t got = take();
  const bool none = got < 0 && (errno == EAGAIN || errno == EINTR);
  return none && wait_until(POLLIN, patience_) ? take() : got;
}

bool Connection::take_sent() {
  if (has_more()) return true;
  const ssize_t got = take();
  return got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR));
}

bool Connection::is_readable() const { return has_more() || wait_until(POLLIN, patience_); }

ssize_t Connection::read(char* to, std::size_t size) {
  if (!has_more()) {
    // What is written while a request is read is "100 Continue", for which its client waits.
    if (!written_.empty() && !send_all(std::exchange(written_, {}))) return -1;
    const ssize_t got = await_more();
    if (got <= 0) return got;
  }
  // cpp-httplib reads lines a byte at a time.
  if (size == 1) {
    *to = block_[read_++];
    return 1;
  }
  const std::size_t taken = std::min(size, received_ - read_);
  std::copy_n(block_.data() + read_, taken, to);
  read_ += taken;
  return static_cast<ssize_t>(taken);
}

ssize_t Connection::write(const char* from, std::size_t size) {
  written_.append(from, size);
  return static_cast<ssize_t>(size);
}

bool Connection::send_all(std::string_view text) const {
  while (!text.empty()) {
    const ssize_t sent = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    const bool full = sent < 0 && (errno == EAGAIN || errno == EINTR);
    if (full && wait_until(POLLOUT, patience_)) continue;
    if (sent <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

/// Reads and drops what the client still sends, until it hangs up or the server stops, for at most so long.
void Connection::drop_rest(milliseconds most) {
  const auto until = Clock::now() + most;
  while (Clock::now() < until && wait_until(POLLIN, most) && take() > 0) {
  }
}

void Connection::hear_out(milliseconds most) {
  ::shutdown(socket_, SHUT_WR);
  drop_rest(most);
}

bool Connection::deliver() {
  const std::optional<Ending> ending = std::exchange(ending_, std::nullopt);
  const bool delivered = send_as(ending.value_or(Ending::whole));
  written_.clear();
  if (written_.capacity() > kKept) written_.shrink_to_fit();
  return delivered;
}

bool Connection::send_as(Ending ending) {
  switch (ending) {
    case Ending::whole:
      return send_all(written_);
    case Ending::cut:
      static_cast<void>(send_all(cut_short(written_)));
      return false;
    case Ending::reset:
      reset_on_close(socket_);
      return false;
    case Ending::silent:
      drop_rest(kForever);
      return false;
    case Ending::closed:
      return false;
  }
  return false;
}

void Connection::get_remote_ip_and_port(std::string& ip, int& port) const {
  ip.clear();
  port = 0;
}

void Connection::get_local_ip_and_port(std::string& ip, int& port) const {
  ip.clear();
  port = 0;
}

}  // namespace drydock::server
