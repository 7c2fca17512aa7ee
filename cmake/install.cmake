# What `cmake --install` puts where: the program with its manual page and completions, and the floors below it as
# libraries for other programs, found by find_package(drydock). docs/embedding.md shows such a program.

include(CMakePackageConfigHelpers)

# Headers stay in their floors' folders and name each other from the root of the tree, which is include/drydock here.
set(DRYDOCK_HEADERS ${CMAKE_INSTALL_INCLUDEDIR}/drydock)

# drydock_generated(OUT ARGS...): the file OUT in the build tree, compressed where its name ends in .gz, as
# `drydock ARGS...` prints it.
function(drydock_generated out)
  set(print $<TARGET_FILE:drydock> ${ARGN})
  if(out MATCHES "\\.gz$")
    # Without name and time: the same page is the same file.
    set(print sh -c "\"$0\" \"$@\" | gzip -9n" ${print})
  endif()
  add_custom_command(OUTPUT ${out} COMMAND ${print} > ${out} DEPENDS drydock VERBATIM)
endfunction()

function(drydock_install_program)
  set(out ${PROJECT_BINARY_DIR}/share)
  file(MAKE_DIRECTORY ${out})
  drydock_generated(${out}/drydock.1.gz man)
  drydock_generated(${out}/drydock completion bash)
  drydock_generated(${out}/_drydock completion zsh)
  drydock_generated(${out}/drydock.fish completion fish)
  add_custom_target(drydock_share ALL DEPENDS ${out}/drydock.1.gz ${out}/drydock ${out}/_drydock
                                              ${out}/drydock.fish)

  install(TARGETS drydock RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  install(FILES ${out}/drydock.1.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
  install(FILES ${out}/drydock DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
  install(FILES ${out}/_drydock DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions)
  install(FILES ${out}/drydock.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
  foreach(folder scenarios scenarios/policies)
    file(GLOB files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${folder}/*.json)
    install(FILES ${files} DESTINATION ${CMAKE_INSTALL_DATADIR}/drydock/${folder})
  endforeach()
  file(GLOB documents CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/docs/*.md)
  install(FILES ${PROJECT_SOURCE_DIR}/README.md ${PROJECT_SOURCE_DIR}/CHANGELOG.md
          DESTINATION ${CMAKE_INSTALL_DOCDIR})
  install(FILES ${documents} DESTINATION ${CMAKE_INSTALL_DOCDIR}/docs)
endfunction()

# drydock_forward_header(OLD NEW): a header that has moved since 0.1.0 is found at its former path too.
function(drydock_forward_header old new)
  set(forward ${PROJECT_BINARY_DIR}/forward/${old})
  file(CONFIGURE OUTPUT ${forward} CONTENT "#pragma once\n#include \"${new}\"\n" @ONLY)
  cmake_path(GET old PARENT_PATH folder)
  install(FILES ${forward} DESTINATION ${DRYDOCK_HEADERS}/${folder})
endfunction()

function(drydock_forward_headers)
  foreach(room files trace explore)
    file(GLOB headers RELATIVE ${PROJECT_SOURCE_DIR}/scenarios/${room} CONFIGURE_DEPENDS
         ${PROJECT_SOURCE_DIR}/scenarios/${room}/*.hpp)
    foreach(header ${headers})
      drydock_forward_header(scenarios/${header} scenarios/${room}/${header})
    endforeach()
  endforeach()
  drydock_forward_header(scenarios/routes.hpp scenarios/model_request.hpp)
  drydock_forward_header(scenarios/logs/log.hpp scenarios/logs/imported_log.hpp)
  drydock_forward_header(reports/log.hpp reports/log_report.hpp)
  drydock_forward_header(reports/conform.hpp reports/conformance.hpp)
  drydock_forward_header(sim/search/share_out.hpp sim/share_out.hpp)
endfunction()

function(drydock_install_libraries)
  set(targets "")
  foreach(floor ${ARGN})
    set_target_properties(drydock_${floor} PROPERTIES EXPORT_NAME ${floor})
    list(APPEND targets drydock_${floor})
    install(DIRECTORY ${PROJECT_SOURCE_DIR}/${floor} DESTINATION ${DRYDOCK_HEADERS}
            FILES_MATCHING PATTERN "*.hpp" PATTERN policies EXCLUDE)
  endforeach()
  drydock_forward_headers()
  set(package ${CMAKE_INSTALL_LIBDIR}/cmake/drydock)
  install(TARGETS ${targets} EXPORT drydockTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
  install(EXPORT drydockTargets NAMESPACE drydock:: DESTINATION ${package})
  configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/drydockConfig.cmake.in
                                ${PROJECT_BINARY_DIR}/drydockConfig.cmake
                                INSTALL_DESTINATION ${package})
  # `cmake --install --strip` leaves static libraries alone. Nothing in them but code is of use to another program, the
  # optimiser's intermediate form included, which only this very compiler reads.
  find_program(CMAKE_STRIP strip)
  foreach(target ${targets})
    install(CODE "
      if(CMAKE_INSTALL_DO_STRIP)
        execute_process(COMMAND ${CMAKE_STRIP} --strip-debug --remove-section=.comment
          -R .gnu.lto_* -R .gnu.debuglto_* -N __gnu_lto_slim -N __gnu_lto_v1
          \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_LIBDIR}/lib${target}.a\"
          COMMAND_ERROR_IS_FATAL ANY)
      endif()")
  endforeach()
  # Before 1.0 a minor version may change what a header says.
  write_basic_package_version_file(${PROJECT_BINARY_DIR}/drydockConfigVersion.cmake
                                   COMPATIBILITY SameMinorVersion)
  install(FILES ${PROJECT_BINARY_DIR}/drydockConfig.cmake
                ${PROJECT_BINARY_DIR}/drydockConfigVersion.cmake DESTINATION ${package})
endfunction()

# tests/consumer is another project, built against what is installed. A program with sanitizers is nothing to install.
function(drydock_consumer_test)
  add_test(NAME install/consumer COMMAND ${PROJECT_SOURCE_DIR}/tests/consumer/run.sh
                                         ${PROJECT_BINARY_DIR} ${CMAKE_CXX_COMPILER})
  set_tests_properties(install/consumer PROPERTIES LABELS install TIMEOUT 600)
endfunction()
