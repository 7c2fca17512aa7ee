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

Connection::Connection(socket_t socket, milliseconds patience, const std::atomic<bool>& stopping)
    : socket_(socket), patience_(patience), stopping_(stopping) {}

bool Connection::wait_until_readable(milliseconds most) const {
  const auto until = Clock::now() + most;
  while (!stopping_) {
    pollfd polled{.fd = socket_, .events = POLLIN, .revents = 0};
    const auto left = std::chrono::duration_cast<milliseconds>(until - Clock::now());
    const int ready = ::poll(&polled, 1, static_cast<int>(std::clamp(left, milliseconds{0}, kLook).count()));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return false;
    if (Clock::now() >= until) return false;
  }
  return false;
}

/// Waits for bytes and takes them; returns how many, 0 where the client has hung up, and -1 where none came.
ssize_t Connection::take_more(milliseconds most) {
  if (!wait_until_readable(most)) return -1;
  received_.resize(kBlock);
  const ssize_t got = ::recv(socket_, received_.data(), received_.size(), 0);
  received_.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  read_ = 0;
  return got;
}

bool Connection::wait_for_request(milliseconds most) { return read_ < received_.size() || take_more(most) > 0; }

bool Connection::is_readable() const { return read_ < received_.size() || wait_until_readable(patience_); }

ssize_t Connection::read(char* to, std::size_t size) {
  if (read_ == received_.size()) {
    // What is written while a request is read is "100 Continue", for which its client waits.
    if (!written_.empty() && !send_all(std::exchange(written_, {}))) return -1;
    const ssize_t got = take_more(patience_);
    if (got <= 0) return got;
  }
  const std::size_t taken = std::min(size, received_.size() - read_);
  std::copy_n(received_.data() + read_, taken, to);
  read_ += taken;
  return static_cast<ssize_t>(taken);
}

ssize_t Connection::write(const char* from, std::size_t size) {
  written_.append(from, size);
  return static_cast<ssize_t>(size);
}

bool Connection::send_all(std::string_view text) const {
  while (!text.empty()) {
    const ssize_t sent = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

/// Reads and drops what the client still sends, until it hangs up or the server stops, for at most so long.
void Connection::drop_rest(milliseconds most) {
  const auto until = Clock::now() + most;
  while (Clock::now() < until && take_more(most) > 0) {
  }
}

void Connection::hear_out(milliseconds most) {
  ::shutdown(socket_, SHUT_WR);
  drop_rest(most);
}

bool Connection::deliver(Ending ending) {
  const std::string answer = std::exchange(written_, {});
  switch (ending) {
    case Ending::whole:
      return send_all(answer);
    case Ending::cut:
      static_cast<void>(send_all(cut_short(answer)));
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
  port = socket_;
}

void Connection::get_local_ip_and_port(std::string& ip, int& port) const {
  ip.clear();
  port = 0;
}

}  // namespace drydock::server
