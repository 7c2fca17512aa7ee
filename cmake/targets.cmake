# The kinds of target that the project has: floors, the binary, tests, benches, fuzzers.

# The headers that are a third of what most sources take to compile. What a source uses it still includes itself: the
# clang preset and clang-tidy compile without.
set(DRYDOCK_COMMON_HEADERS <algorithm> <array> <chrono> <functional> <map> <memory> <optional> <set> <span> <string>
    <string_view> <utility> <variant> <vector> <fmt/format.h> <fmt/ranges.h> <nlohmann/json.hpp>)

# drydock_precompile(TARGET header...)
function(drydock_precompile target)
  if(DRYDOCK_PCH)
    target_precompile_headers(${target} PRIVATE ${ARGN})
    drydock_cache_precompiled(${target})
  endif()
endfunction()

# What ccache wants the compilers to be told where a header is precompiled.
function(drydock_cache_precompiled target)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(${target} PRIVATE -fpch-preprocess)
  else()
    target_compile_options(${target} PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
  endif()
endfunction()

# drydock_floor(NAME [DEPS floor...] [LIBS library...] [SOURCES extra...] [PRECOMPILED])
# Makes the static library drydock_NAME from every .cpp below NAME/. A floor without any is an
# INTERFACE library, so that a floor can be all headers. Includes are rooted at the top of the tree.
function(drydock_floor name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "PRECOMPILED" "" "DEPS;LIBS;SOURCES")
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${name}/*.cpp)
  list(REMOVE_ITEM sources ${PROJECT_SOURCE_DIR}/cli/main.cpp)
  list(REMOVE_ITEM sources ${PROJECT_SOURCE_DIR}/sim/programs/operators.cpp)
  list(APPEND sources ${arg_SOURCES})
  if(sources)
    add_library(drydock_${name} STATIC ${sources})
    set(scope PUBLIC)
    target_compile_definitions(drydock_${name} PRIVATE DRYDOCK_VERSION="${PROJECT_VERSION}")
  else()
    add_library(drydock_${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  if(arg_PRECOMPILED)
    drydock_precompile(drydock_${name} ${DRYDOCK_COMMON_HEADERS})
  endif()
  list(TRANSFORM arg_DEPS PREPEND drydock_)
  add_library(drydock::${name} ALIAS drydock_${name})
  target_include_directories(drydock_${name} ${scope} $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>
                             $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/drydock>)
  # Coroutines and concepts stand in the headers.
  target_compile_features(drydock_${name} ${scope} cxx_std_20)
  target_link_libraries(drydock_${name} ${scope} ${arg_DEPS} ${arg_LIBS})
  set(${name}_scope ${scope} PARENT_SCOPE)
endfunction()

# Lets runs of a program lie in arenas. It is part of a program and not of a floor: a program has one `operator new`.
# Sanitizers of memory and threads bring theirs.
function(drydock_arenas program)
  if(NOT DRYDOCK_SANITIZE MATCHES "address|thread")
    set(operators ${PROJECT_SOURCE_DIR}/sim/programs/operators.cpp)
    set_source_files_properties(${operators} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
    target_sources(${program} PRIVATE ${operators})
    target_include_directories(${program} PRIVATE ${PROJECT_SOURCE_DIR})
  endif()
endfunction()

# An executable that is shipped or measured: it gets the whole-program pass when that is asked for.
function(drydock_executable name)
  add_executable(${name} ${ARGN})
  drydock_arenas(${name})
  if(DRYDOCK_LTO)
    target_link_options(${name} PRIVATE -flto=auto)
  endif()
endfunction()

# Test code runs once: compiling it is what it costs, half of it the optimiser's. The floors under test keep their level.
function(drydock_unoptimised target)
  if(CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo")
    target_compile_options(${target} PRIVATE -O0)
  endif()
endfunction()

# tests/support/ holds what several test folders share.
function(drydock_test_support)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/support/*.cpp)
  if(sources)
    add_library(drydock_test_support STATIC ${sources})
    drydock_unoptimised(drydock_test_support)
    set(scope PUBLIC)
  else()
    add_library(drydock_test_support INTERFACE)
    set(scope INTERFACE)
  endif()
  drydock_precompile(drydock_test_support ${DRYDOCK_COMMON_HEADERS} <gtest/gtest.h>)
  target_link_libraries(drydock_test_support ${scope} drydock_cli GTest::gtest rapidcheck)
  target_compile_definitions(drydock_test_support ${scope}
                             DRYDOCK_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
                             DRYDOCK_BINARY="${PROJECT_BINARY_DIR}/drydock")
endfunction()

# drydock_tests(FOLDER): tests/FOLDER/**.cpp becomes one program, FOLDER_tests, its cases labelled
# FOLDER in CTest. Suites whose name ends in "Slow" are also labelled slow: `./dev test` leaves them out.
function(drydock_tests folder)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/${folder}/*.cpp)
  list(REMOVE_ITEM sources ${PROJECT_SOURCE_DIR}/tests/tidy/main.cpp)
  if(folder STREQUAL "mutants")
    list(FILTER sources INCLUDE REGEX "_test\\.cpp$")  # the rest is the program
  endif()
  if(NOT sources)
    return()
  endif()
  set(program ${folder}_tests)
  add_executable(${program} ${sources})
  drydock_arenas(${program})
  # The determinism tests play by the thousand.
  if(NOT folder STREQUAL "determinism")
    drydock_unoptimised(${program})
    if(DRYDOCK_PCH)
      target_precompile_headers(${program} REUSE_FROM drydock_test_support)
      drydock_cache_precompiled(${program})
    endif()
  endif()
  set_target_properties(${program} PROPERTIES
                        RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  target_link_libraries(${program} PRIVATE drydock_test_support GTest::gtest_main)
  if(TARGET drydock)
    add_dependencies(${program} drydock)
  endif()
  include(GoogleTest)
  gtest_discover_tests(${program} TEST_PREFIX ${folder}/ TEST_FILTER "-*Slow.*:*Slow/*"
                       DISCOVERY_TIMEOUT 60 PROPERTIES LABELS ${folder} TIMEOUT 600)
  gtest_discover_tests(${program} TEST_PREFIX ${folder}/ TEST_FILTER "*Slow.*:*Slow/*"
                       DISCOVERY_TIMEOUT 60 PROPERTIES LABELS "slow" TIMEOUT 3600)
endfunction()

# tests/browser/NAME_test.py drives the reports that the built command writes in headless Chromium. Where Chromium is
# missing it says so and is skipped.
function(drydock_browser_tests)
  find_program(DRYDOCK_PYTHON NAMES python3 PATHS /usr/bin NO_DEFAULT_PATH)
  if(NOT DRYDOCK_PYTHON)
    message(STATUS "No /usr/bin/python3: no browser tests")
    return()
  endif()
  file(GLOB scripts CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/browser/*_test.py)
  foreach(script ${scripts})
    cmake_path(GET script STEM stem)
    string(REGEX REPLACE "_test$" "" name ${stem})
    add_test(NAME browser/${name} COMMAND ${DRYDOCK_PYTHON} ${script} $<TARGET_FILE:drydock>)
    # Alone: it measures how soon a page can be used.
    set_tests_properties(browser/${name} PROPERTIES LABELS browser TIMEOUT 600
                         SKIP_RETURN_CODE 77 RUN_SERIAL ON)
  endforeach()
endfunction()

# Adds each tests/FOLDER/NAME_test.py. Those that are not named in EVERYDAY... are slow.
function(drydock_script_tests folder)
  file(GLOB scripts CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/${folder}/*_test.py)
  foreach(script ${scripts})
    cmake_path(GET script STEM stem)
    string(REGEX REPLACE "_test$" "" name ${stem})
    add_test(NAME ${folder}/${name} COMMAND ${DRYDOCK_PYTHON} ${script} $<TARGET_FILE:drydock>)
    if(name IN_LIST ARGN)
      set(label ${folder})
    else()
      set(label slow)
    endif()
    set_tests_properties(${folder}/${name} PROPERTIES LABELS ${label} TIMEOUT 900 SKIP_RETURN_CODE 77)
  endforeach()
endfunction()

# tests/clients/NAME_test.py plays the scripts of EC2's real clients in `drydock serve --ec2`. Those for which `./dev`
# installs the client (see its CHECK_PACKAGES) are everyday tests, the others are slow. A client that is missing says
# so and is skipped. `drydock_sdk_rows` tells the tests what the rows of `controlplane.sdk` say.
function(drydock_client_tests)
  add_executable(drydock_sdk_rows ${PROJECT_SOURCE_DIR}/tests/clients/rows/main.cpp)
  drydock_unoptimised(drydock_sdk_rows)
  target_link_libraries(drydock_sdk_rows PRIVATE drydock_model nlohmann_json::nlohmann_json)
  set_target_properties(drydock_sdk_rows PROPERTIES
                        RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  add_dependencies(drydock_sdk_rows drydock)
  find_program(DRYDOCK_PYTHON NAMES python3 PATHS /usr/bin NO_DEFAULT_PATH)
  if(NOT DRYDOCK_PYTHON)
    message(STATUS "No /usr/bin/python3: no tests of EC2's clients")
    return()
  endif()
  drydock_script_tests(clients boto3 cli js3 sdk_rows session)
  set_tests_properties(clients/sdk_rows_full PROPERTIES TIMEOUT 3600)
endfunction()

# tests/campaigns/NAME_test.py plays the recipes of packaging/campaigns, some of them in a real scheduler that the test
# starts and ends. Where something is missing for one (`./dev test --full` installs it), or it has to be root and is not,
# it says so and is skipped.
function(drydock_campaign_tests)
  find_program(DRYDOCK_PYTHON NAMES python3 PATHS /usr/bin NO_DEFAULT_PATH)
  if(NOT DRYDOCK_PYTHON)
    message(STATUS "No /usr/bin/python3: no tests of recipes for campaigns")
    return()
  endif()
  drydock_script_tests(campaigns element manifests parallel)
endfunction()

# The lint of tests/tidy as a program, so that it can be pointed at a tree without building the tests.
function(drydock_lint_tool)
  if(EXISTS ${PROJECT_SOURCE_DIR}/tests/tidy/main.cpp)
    file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/tidy/*.cpp)
    list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
    add_executable(drydock_lint ${sources})
    target_include_directories(drydock_lint PRIVATE ${PROJECT_SOURCE_DIR})
    set_target_properties(drydock_lint PROPERTIES
                          RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  endif()
endfunction()

# bench/*.cpp becomes one Google Benchmark program.
function(drydock_bench)
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/bench/*.cpp)
  if(NOT sources)
    return()
  endif()
  find_package(benchmark REQUIRED)
  drydock_executable(drydock_bench ${sources})
  set_target_properties(drydock_bench PROPERTIES
                        RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bench)
  target_compile_definitions(drydock_bench PRIVATE DRYDOCK_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  target_link_libraries(drydock_bench PRIVATE drydock_cli benchmark::benchmark_main)
  # bench/sqlite_tape.cpp records every call that a run makes to SQLite, to play it again bare.
  foreach(call bind_int64 bind_text bind_double bind_null step reset clear_bindings column_int64
          column_text column_bytes column_double column_type changes)
    target_link_options(drydock_bench PRIVATE -Wl,--wrap=sqlite3_${call})
  endforeach()
  target_link_options(drydock_bench PRIVATE -Wl,--wrap=_Znwm)
endfunction()

# Each tests/fuzz/NAME.cpp is one libFuzzer program, NAME_fuzz; its seeds are tests/fuzz/corpus/NAME/.
function(drydock_fuzzers)
  find_package(pugixml REQUIRED)
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/fuzz/*.cpp)
  foreach(source ${sources})
    cmake_path(GET source STEM stem)
    add_executable(${stem}_fuzz ${source})
    set_target_properties(${stem}_fuzz PROPERTIES
                          RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/fuzz)
    target_link_libraries(${stem}_fuzz PRIVATE drydock_cli pugixml::pugixml)
    target_link_options(${stem}_fuzz PRIVATE -fsanitize=fuzzer)
  endforeach()
endfunction()
