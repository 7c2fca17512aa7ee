#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <string>
#include <vector>

namespace drydock::bench {

/// Every call that a run makes to SQLite, recorded through the linker's --wrap and played again bare: the same
/// statements with the same values in the same order, and nothing around them. What a run costs above that is ours.
class SqliteTape {
 public:
  enum class Op : std::uint8_t {
    bind_integer,
    bind_text,
    bind_real,
    bind_null,
    step,
    reset,
    clear,
    integer,
    text,
    bytes,
    real,
    type,
    changes
  };
  struct Call {
    Op op;
    int index;
    sqlite3_stmt* statement;
    sqlite3* handle;
    std::int64_t integer;
    double real;
    std::string text;
  };

  void start() { recording_ = true; }
  void stop() { recording_ = false; }
  void add(Call call) {
    if (recording_) calls_.push_back(std::move(call));
  }
  [[nodiscard]] bool recording() const { return recording_; }
  [[nodiscard]] const std::vector<Call>& calls() const { return calls_; }
  void play() const;

  /// The one that the wrapped functions write to.
  static SqliteTape& instance();

 private:
  bool recording_ = false;
  std::vector<Call> calls_;
};

}  // namespace drydock::bench
