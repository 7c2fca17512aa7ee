#include "scenarios/trace/sql_functions.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <array>
#include <memory>
#include <span>
#include <string>

#include "model/store/harden.hpp"
#include "model/store/sqlite_setup.hpp"
#include "sim/check.hpp"

namespace drydock::scenarios {
namespace {

using Arguments = std::span<sqlite3_value*>;

/// SQLite has no way to call a function of its own that another one has replaced: a second connection calls it.
class PlainConnection {
 public:
  PlainConnection() {
    model::set_up_sqlite();
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    DRYDOCK_CHECK(sqlite3_open_v2(":memory:", &handle_, flags, nullptr) == SQLITE_OK, "SQLite cannot open a database");
    model::harden(handle_);
    sqlite3_limit(handle_, SQLITE_LIMIT_LENGTH, static_cast<int>(kLongestSqlValue));
  }
  PlainConnection(const PlainConnection&) = delete;
  PlainConnection& operator=(const PlainConnection&) = delete;
  ~PlainConnection() { sqlite3_close_v2(handle_); }

  [[nodiscard]] sqlite3* handle() const { return handle_; }

 private:
  sqlite3* handle_ = nullptr;
};

/// A connection is made when the first function is called: most statements call none of these.
using SharedConnection = std::shared_ptr<std::unique_ptr<PlainConnection>>;

/// One replaced function, and the statement that calls SQLite's own.
class BoundFunction {
 public:
  /// Says why a call is refused; empty where it is not.
  using Refusal = std::string (*)(const char* name, Arguments arguments);

  BoundFunction(const char* name, Refusal refusal, SharedConnection plain)
      : name_(name), refusal_(refusal), plain_(std::move(plain)) {}
  BoundFunction(const BoundFunction&) = delete;
  BoundFunction& operator=(const BoundFunction&) = delete;
  ~BoundFunction() { sqlite3_finalize(call_); }

  void answer(sqlite3_context* context, Arguments arguments) {
    if (const std::string why = refusal_(name_, arguments); !why.empty()) {
      sqlite3_result_error(context, why.c_str(), -1);
      return sqlite3_result_error_code(context, SQLITE_AUTH);
    }
    if (call_ == nullptr || static_cast<std::size_t>(sqlite3_bind_parameter_count(call_)) != arguments.size())
      prepare(arguments.size());
    for (std::size_t at = 0; at < arguments.size(); ++at)
      sqlite3_bind_value(call_, static_cast<int>(at) + 1, arguments[at]);
    if (sqlite3_step(call_) == SQLITE_ROW) {
      sqlite3_result_value(context, sqlite3_column_value(call_, 0));
    } else {
      sqlite3_result_error(context, sqlite3_errmsg((*plain_)->handle()), -1);
    }
    sqlite3_reset(call_);
  }

 private:
  void prepare(std::size_t arguments) {
    if (*plain_ == nullptr) *plain_ = std::make_unique<PlainConnection>();
    sqlite3_finalize(call_);
    std::string sql = fmt::format("SELECT {}(", name_);
    for (std::size_t at = 0; at < arguments; ++at) sql += at == 0 ? "?" : ",?";
    sql += ") -- one row";
    const int prepared = sqlite3_prepare_v2((*plain_)->handle(), sql.c_str(), -1, &call_, nullptr);
    DRYDOCK_CHECK(prepared == SQLITE_OK, "{}", sqlite3_errmsg((*plain_)->handle()));
  }

  const char* name_;
  Refusal refusal_;
  SharedConnection plain_;
  sqlite3_stmt* call_ = nullptr;
};

/// The product takes SQLite a second or so at most.
constexpr std::int64_t kLargestProduct = 1 << 28;

std::string refuse_long(const char* name, Arguments arguments) {
  const std::int64_t product =
      std::int64_t{sqlite3_value_bytes(arguments[0])} * std::int64_t{sqlite3_value_bytes(arguments[1])};
  return product <= kLargestProduct ? "" : fmt::format("{}() of texts so long takes too long", name);
}

bool is_text(sqlite3_value* value, const char* word) {
  const int type = sqlite3_value_type(value);
  if (type != SQLITE_TEXT && type != SQLITE_BLOB) return false;
  const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value));
  return text != nullptr && sqlite3_stricmp(text, word) == 0;
}

/// SQLite's modifiers are case-blind, and `utc` takes a local time for granted
/// (https://www.sqlite.org/lang_datefunc.html).
std::string refuse_clock(const char* name, Arguments arguments) {
  const bool has_format = std::string_view{name} == "strftime";
  bool asks_clock = arguments.size() <= (has_format ? 1U : 0U);
  for (sqlite3_value* argument : arguments) {
    for (const char* word : {"now", "localtime", "utc"}) asks_clock = asks_clock || is_text(argument, word);
  }
  return asks_clock ? fmt::format("{}() of the clock has another answer each time", name) : "";
}

struct Replaced {
  const char* name{};
  int arguments{};  // -1: any number
  BoundFunction::Refusal refusal{};
};

constexpr auto kLong = std::to_array<Replaced>({{"instr", 2, refuse_long},
                                                {"replace", 3, refuse_long},
                                                {"trim", 2, refuse_long},
                                                {"ltrim", 2, refuse_long},
                                                {"rtrim", 2, refuse_long},
                                                {"like", 2, refuse_long},
                                                {"like", 3, refuse_long},
                                                {"glob", 2, refuse_long}});
constexpr auto kDates = std::to_array<Replaced>({{"date", -1, refuse_clock},
                                                 {"time", -1, refuse_clock},
                                                 {"datetime", -1, refuse_clock},
                                                 {"julianday", -1, refuse_clock},
                                                 {"unixepoch", -1, refuse_clock},
                                                 {"strftime", -1, refuse_clock}});

void answer_call(sqlite3_context* context, int count, sqlite3_value** values) {
  static_cast<BoundFunction*>(sqlite3_user_data(context))->answer(context, {values, static_cast<std::size_t>(count)});
}

void replace_functions(sqlite3* handle, std::span<const Replaced> functions, const SharedConnection& plain) {
  constexpr int kFlags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
  for (const Replaced& one : functions) {
    const int made = sqlite3_create_function_v2(
        handle, one.name, one.arguments, kFlags, new BoundFunction(one.name, one.refusal, plain), answer_call, nullptr,
        nullptr, [](void* function) { delete static_cast<BoundFunction*>(function); });
    DRYDOCK_CHECK(made == SQLITE_OK, "{}", sqlite3_errmsg(handle));
  }
}

}  // namespace

void bound_functions(sqlite3* handle, SqlUse use) {
  const auto plain = std::make_shared<std::unique_ptr<PlainConnection>>();
  replace_functions(handle, kLong, plain);
  if (use == SqlUse::promise) replace_functions(handle, kDates, plain);
}

}  // namespace drydock::scenarios
