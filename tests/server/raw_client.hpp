#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace drydock::test {

/// What a client sees of an answer that it reads to the end of its connection.
struct Heard {
  std::string text;
  bool reset = false;   // the connection was reset
  bool silent = false;  // nothing more came for a while, and the connection stayed open
};

/// A client that sends bytes and reads what comes.
class RawClient {
 public:
  explicit RawClient(int port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;
  ~RawClient() { hang_up(); }

  [[nodiscard]] bool connected() const { return connected_; }
  /// Returns whether the server took them all.
  bool send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  /// Sends a POST of a form to `/` that asks to close the connection afterwards, or to keep it.
  void post(std::string_view body, bool close = true, std::string_view target = "/") const {
    send("POST " + std::string{target} + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n" +
         (close ? "Connection: close\r\n" : "") + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         std::string{body});
  }
  /// Reads until the connection ends, or nothing comes for `most_ms`.
  [[nodiscard]] Heard hear(int most_ms = 5000) const {
    Heard heard;
    while (hear_block(heard, most_ms)) {
    }
    return heard;
  }
  /// Reads one answer by its Content-Length; less of it where the connection ends, or nothing comes for `most_ms`.
  [[nodiscard]] Heard hear_one(int most_ms = 5000) const {
    Heard heard;
    while (heard.text.size() < whole_length(heard.text)) {
      if (!hear_block(heard, most_ms)) break;
    }
    return heard;
  }
  void end_sending() const { ::shutdown(socket_, SHUT_WR); }
  /// Ends both directions, so that who sends or reads meanwhile stops.
  void shut() const { ::shutdown(socket_, SHUT_RDWR); }
  void hang_up() {
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
  }

 private:
  /// Reads what is there; returns whether something was.
  bool hear_block(Heard& heard, int most_ms) const {
    std::array<char, 65536> block{};
    pollfd polled{.fd = socket_, .events = POLLIN, .revents = 0};
    if (::poll(&polled, 1, most_ms) <= 0) {
      heard.silent = true;
      return false;
    }
    const ssize_t got = ::recv(socket_, block.data(), block.size(), 0);
    if (got < 0) heard.reset = errno == ECONNRESET;
    if (got <= 0) return false;
    heard.text.append(block.data(), static_cast<std::size_t>(got));
    return true;
  }

  /// Returns the length of the answer that begins so, headers included; one more than there is while it is not known.
  static std::size_t whole_length(std::string_view answer) {
    const std::size_t end = answer.find("\r\n\r\n");
    if (end == std::string_view::npos) return answer.size() + 1;
    constexpr std::string_view kLength = "Content-Length: ";
    const std::size_t at = answer.substr(0, end).find(kLength);
    if (at == std::string_view::npos) return end + 4;
    return end + 4 + std::strtoul(answer.data() + at + kLength.size(), nullptr, 10);
  }

  int socket_;
  bool connected_ = false;
};

/// The part of an answer behind its headers.
inline std::string body_of(const std::string& answer) {
  const auto end = answer.find("\r\n\r\n");
  return end == std::string::npos ? std::string{} : answer.substr(end + 4);
}

}  // namespace drydock::test
