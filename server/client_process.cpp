#include "server/client_process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <string_view>
#include <system_error>

namespace drydock::server {
namespace {

/// Variables that would lead a client to another endpoint, account or configuration.
constexpr std::array<std::string_view, 22> kNotPassedOn{"DRYDOCK_ENDPOINT",
                                                        "AWS_ENDPOINT_URL",
                                                        "AWS_ENDPOINT_URL_EC2",
                                                        "AWS_ACCESS_KEY_ID",
                                                        "AWS_SECRET_ACCESS_KEY",
                                                        "AWS_SESSION_TOKEN",
                                                        "AWS_REGION",
                                                        "AWS_DEFAULT_REGION",
                                                        "AWS_PROFILE",
                                                        "AWS_DEFAULT_PROFILE",
                                                        "AWS_CONFIG_FILE",
                                                        "AWS_SHARED_CREDENTIALS_FILE",
                                                        "AWS_EC2_METADATA_DISABLED",
                                                        "AWS_MAX_ATTEMPTS",
                                                        "AWS_RETRY_MODE",
                                                        "HTTP_PROXY",
                                                        "http_proxy",
                                                        "HTTPS_PROXY",
                                                        "https_proxy",
                                                        "NO_PROXY",
                                                        "no_proxy",
                                                        "ALL_PROXY"};

/// So much of what a client writes to its standard error is told.
constexpr off_t kLastWords = 600;

[[noreturn]] void fail_with(int error, const std::string& what) {
  throw std::system_error(error, std::generic_category(), what);
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

/// What is done between fork and exec.
class SpawnPlan {
 public:
  explicit SpawnPlan(int errors) {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&actions_, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions_, errors, STDERR_FILENO);
    // Sockets of ours that it held open would never seem closed to those who wait for that.
    ::posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
    ::posix_spawnattr_init(&attributes_);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    ::posix_spawnattr_setpgroup(&attributes_, 0);
    sigset_t all;
    ::sigfillset(&all);
    ::posix_spawnattr_setsigdefault(&attributes_, &all);
    sigset_t none;
    ::sigemptyset(&none);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;
  ~SpawnPlan() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }

  [[nodiscard]] const posix_spawn_file_actions_t* actions() const { return &actions_; }
  [[nodiscard]] const posix_spawnattr_t* attributes() const { return &attributes_; }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

}  // namespace

std::vector<std::string> client_environment(const std::string& endpoint) {
  std::vector<std::string> environment;
  for (char** each = environ; each != nullptr && *each != nullptr; ++each) {
    const std::string_view entry{*each};
    const std::string_view name = entry.substr(0, entry.find('='));
    if (std::find(kNotPassedOn.begin(), kNotPassedOn.end(), name) == kNotPassedOn.end())
      environment.emplace_back(entry);
  }
  for (const char* name : {"DRYDOCK_ENDPOINT", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_EC2"})
    environment.push_back(fmt::format("{}={}", name, endpoint));
  for (const char* entry :
       {"AWS_ACCESS_KEY_ID=any", "AWS_SECRET_ACCESS_KEY=any", "AWS_REGION=us-east-1", "AWS_DEFAULT_REGION=us-east-1",
        "AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null", "AWS_EC2_METADATA_DISABLED=true",
        "NO_PROXY=127.0.0.1", "no_proxy=127.0.0.1"})
    environment.emplace_back(entry);
  return environment;
}

ClientProcess::ClientProcess(const std::vector<std::string>& command, const std::string& endpoint) {
  errors_ = ::memfd_create("drydock-client", MFD_CLOEXEC);
  if (errors_ < 0) fail_with(errno, "what the client writes");
  std::vector<std::string> words = command;
  std::vector<std::string> environment = client_environment(endpoint);
  const std::vector<char*> arguments = pointers_to(words);
  const std::vector<char*> variables = pointers_to(environment);
  const SpawnPlan plan(errors_);
  const int error = ::posix_spawnp(&process_, arguments.front(), plan.actions(), plan.attributes(), arguments.data(),
                                   variables.data());
  if (error != 0) {
    ::close(errors_);
    fail_with(error, command.front());
  }
  // glibc 2.36 declares pidfd_open as a function of C++'s, which it is not.
  watched_ = static_cast<int>(::syscall(SYS_pidfd_open, process_, 0));
  if (watched_ >= 0) return;
  const int why = errno;
  end();
  ::close(errors_);
  fail_with(why, command.front());
}

ClientProcess::~ClientProcess() {
  end();
  ::close(watched_);
  ::close(errors_);
}

bool ClientProcess::wait(std::chrono::milliseconds most) {
  if (over_) return true;
  pollfd polled{.fd = watched_, .events = POLLIN, .revents = 0};
  if (::poll(&polled, 1, static_cast<int>(most.count())) <= 0) return false;
  end();
  return true;
}

/// The group is ended before the process is reaped: until then nobody else can have its number.
void ClientProcess::end() {
  if (over_) return;
  ::kill(-process_, SIGKILL);
  while (::waitpid(process_, &status_, 0) < 0 && errno == EINTR) {
  }
  over_ = true;
}

std::string ClientProcess::how_it_ended() const {
  if (WIFSIGNALED(status_)) return fmt::format("signal {}", WTERMSIG(status_));
  return fmt::format("exit code {}", WEXITSTATUS(status_));
}

std::string ClientProcess::last_words() const {
  struct stat status {};
  if (::fstat(errors_, &status) != 0) return {};
  const off_t from = std::max<off_t>(0, status.st_size - kLastWords);
  std::string text(static_cast<std::size_t>(status.st_size - from), '\0');
  const ssize_t read = ::pread(errors_, text.data(), text.size(), from);
  text.resize(static_cast<std::size_t>(std::max<ssize_t>(read, 0)));
  return text;
}

}  // namespace drydock::server
