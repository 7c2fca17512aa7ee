#include "model/platform/platform.hpp"

namespace drydock::model {

std::string_view to_text(RestartSource source) {
  switch (source) {
    case RestartSource::secret:
      return "secret";
    case RestartSource::model:
      return "model";
    case RestartSource::file_write:
      return "file_write";
    case RestartSource::liveness:
      return "liveness";
    case RestartSource::health_sweep:
      return "health_sweep";
    case RestartSource::dead_verdict:
      return "dead_verdict";
    case RestartSource::preflight:
      return "preflight";
    case RestartSource::wake:
      return "wake";
    case RestartSource::reconciler:
      return "reconciler";
    case RestartSource::stall:
      return "stall";
    case RestartSource::ensure:
      return "ensure";
    case RestartSource::admin:
      return "admin";
  }
  return "unknown";
}

bool is_mutation(RestartSource source) {
  return source == RestartSource::secret || source == RestartSource::model || source == RestartSource::file_write;
}

Platform::Platform(Deps deps, const Policy& policy, sim::TaskGroup& tasks)
    : deps_(deps),
      policy_(policy),
      backups_(deps.clock, deps.record, deps.store, deps.control_plane, deps.directory, policy_),
      tasks_(tasks),
      actor_(deps.record.name("platform")) {}

std::string listed(const std::vector<Member>& members, const Directory& directory) {
  std::string list = "[";
  for (const Member& member : members) {
    Body entry;
    entry.add("id", directory.entry(member.key).uuid).add("name", member.name);
    list += (list.size() == 1 ? "" : ",") + entry.text();
  }
  return list + "]";
}

bool has_no_compute(std::string_view runtime) { return runtime == "external" || runtime == "mock"; }

Platform::~Platform() { deps_.keys.unsubscribe(); }

std::uint32_t Platform::log(sim::Kind kind, WorkspaceKey key, std::initializer_list<sim::Field> detail) {
  return deps_.record.emit(kind, actor_, {deps_.directory.name(key), sim::Name::none}, detail);
}

sim::Task<void> Platform::record_and_broadcast(sim::Context context, WorkspaceKey key, std::string type,
                                               std::string payload) {
  const DbChanged inserted = co_await deps_.store.insert_event(context, key, std::move(type), std::move(payload));
  if (!inserted) log(kind::platform_log, key, {{"message", "event not recorded"}, {"error", inserted.error().message}});
}

// --- routes ---------------------------------------------------------------------------------------------------------

sim::Task<Response> Platform::handle(Request request) {
  switch (request.route) {
    case Route::create:
      co_return co_await create(std::move(request));
    case Route::pause:
      co_return co_await pause(std::move(request));
    case Route::resume:
      co_return co_await resume_paused(std::move(request));
    case Route::hibernate:
      co_return co_await hibernate(std::move(request));
    case Route::remove:
      co_return co_await remove(std::move(request));
    case Route::bootstrap_failed:
      co_return co_await bootstrap_failed(std::move(request));
    case Route::global_secret_put:
      co_return co_await put_global_secret(std::move(request));
    case Route::global_secret_delete:
      co_return co_await delete_global_secret(std::move(request));
    case Route::restart:
      co_return co_await restart(std::move(request));
    case Route::secret_put:
      co_return co_await put_secret(std::move(request));
    case Route::secret_delete:
      co_return co_await delete_secret(std::move(request));
    case Route::model_put:
      co_return co_await put_model(std::move(request));
    case Route::file_put:
      co_return co_await write_file(std::move(request));
    case Route::a2a: {
      ProxyCall call;
      call.target = request.workspace;
      call.caller = request.caller;
      call.takes = request.takes;
      call.context = request.context;
      co_return co_await proxy_a2a(call);
    }
    case Route::delegate:
      co_return co_await delegate(std::move(request));
    case Route::ensure:
      co_return co_await ensure(std::move(request));
    case Route::admin_restart:
      co_return co_await admin_restart(std::move(request));
    case Route::admin_status:
      co_return co_await admin_status(std::move(request));
    case Route::unknown:
      break;
  }
  co_return respond_error(404, "no such route");
}

}  // namespace drydock::model
