# What every target is compiled with. One place, so that no two floors disagree on language or warnings.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

# NDEBUG is never defined: a broken assumption must stop a release build too. -g1 keeps line numbers
# in stack traces at little cost in size and build time.
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g -D_GLIBCXX_ASSERTIONS")
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1")
set(CMAKE_CXX_FLAGS_RELEASE "-O3 -g1")
if(NOT CMAKE_BUILD_TYPE AND PROJECT_IS_TOP_LEVEL)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "Debug, RelWithDebInfo or Release" FORCE)
endif()

# Warnings stop the build. With another compiler than the two we test, ask for mercy:
# cmake --compile-no-warning-as-error.
if(NOT DEFINED CMAKE_COMPILE_WARNING_AS_ERROR)
  set(CMAKE_COMPILE_WARNING_AS_ERROR ON)
endif()
# Designated initialisers name what they set; the language value-initialises the rest.
add_compile_options(-Wall -Wextra -Wno-missing-field-initializers)

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # False positives of g++ 12 once std::string, std::vector, std::optional or a coroutine frame is
  # inlined (GCC PR 105329, 105651, 105562, 107852). clang++ and the sanitizers look at the same code.
  add_compile_options(-Wno-restrict -Wno-maybe-uninitialized -Wno-array-bounds
                      -Wno-stringop-overflow -Wno-stringop-overread)
endif()

if(DRYDOCK_UNITY)
  set(CMAKE_UNITY_BUILD ON)
  set(CMAKE_UNITY_BUILD_BATCH_SIZE 8)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # It takes the sources of a batch for headers, in which types of unnamed namespaces are a mistake.
    add_compile_options(-Wno-subobject-linkage)
  endif()
endif()

if(DRYDOCK_SANITIZE)
  add_compile_options(-fsanitize=${DRYDOCK_SANITIZE} -fno-sanitize-recover=all
                      -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${DRYDOCK_SANITIZE})
  add_compile_definitions(_GLIBCXX_ASSERTIONS)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    # clang 14 stops at some coroutines otherwise: "Cannot represent a difference across sections".
    add_compile_options(-fno-sanitize=function)
  endif()
endif()

if(DRYDOCK_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "DRYDOCK_FUZZ needs clang++: libFuzzer is part of it")
  endif()
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

if(DRYDOCK_LTO)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    message(FATAL_ERROR "DRYDOCK_LTO needs g++: it relies on fat objects")
  endif()
  # Fat objects hold machine code beside the intermediate form, so the dozen test programs link the
  # ordinary way, in a second each; only the shipped binaries pay for the whole-program pass.
  add_compile_options(-flto=auto -ffat-lto-objects)
  add_link_options(-fno-lto)
endif()

# CTest finds the tests by running the programs, which must not happen while building.
set(CMAKE_GTEST_DISCOVER_TESTS_DISCOVERY_MODE PRE_TEST)

find_program(DRYDOCK_CCACHE ccache)
if(DRYDOCK_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # What ccache asks for to keep objects that were made with a precompiled header.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros
      ${DRYDOCK_CCACHE})
endif()
