// What ThreadSanitizer cannot know of libraries that were compiled without it.

/// cpp-httplib (Debian 0.11.4) keeps the names of HTTP's methods in a static set. It is made once, by the thread of the
/// first request, behind a guard that ThreadSanitizer does not see: every other thread then seems to race with it.
extern "C" const char* __tsan_default_suppressions() { return "called_from_lib:libcpp-httplib.so\n"; }
