# `./dev package`: one .deb with the program and the libraries, by CPack from what is installed.

function(drydock_package)
  find_program(DRYDOCK_DPKG dpkg)
  if(NOT DRYDOCK_DPKG)
    return()
  endif()
  execute_process(COMMAND ${DRYDOCK_DPKG} --print-architecture OUTPUT_VARIABLE architecture
                  OUTPUT_STRIP_TRAILING_WHITESPACE)
  set(debian ${PROJECT_SOURCE_DIR}/packaging/debian)

  # Debian's own changelog names the version that dpkg sees; ours is beside it, in its own format.
  set(changelog ${PROJECT_BINARY_DIR}/share/changelog.gz)
  add_custom_command(OUTPUT ${changelog} COMMAND gzip -9nc ${debian}/changelog > ${changelog}
                     DEPENDS ${debian}/changelog VERBATIM)
  add_custom_target(drydock_debian ALL DEPENDS ${changelog})
  install(FILES ${debian}/copyright ${changelog} DESTINATION ${CMAKE_INSTALL_DOCDIR}
          COMPONENT debian EXCLUDE_FROM_ALL)

  set(CPACK_GENERATOR DEB)
  set(CPACK_PACKAGE_NAME drydock)
  set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
  set(CPACK_PACKAGE_CONTACT
      "Seed c9706c6b maintainers <maintainers@users.noreply.b-seed-c9706c6b.example>")
  set(CPACK_PACKAGE_FILE_NAME drydock_${PROJECT_VERSION}_${architecture})
  set(CPACK_DEBIAN_PACKAGE_ARCHITECTURE ${architecture})
  set(CPACK_DEBIAN_PACKAGE_SECTION devel)
  set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
  set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
  # What a program that uses the libraries is compiled with.
  set(CPACK_DEBIAN_PACKAGE_SUGGESTS
      "g++, cmake, libsqlite3-dev, nlohmann-json3-dev, libfmt-dev, libexpected-dev, libre2-dev, zlib1g-dev")
  set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "deterministic simulation of a workspace platform")
  set(CPACK_PACKAGE_DESCRIPTION
"Drydock plays the lifecycle incidents of a workspace platform, and their
fixes, in virtual time: a scenario says what is asked of the platform, a
policy which fixes are in, and a tape what nature decides. The same three
give the same run, so that a failure that was seen once can be played
again, varied, searched for, and kept as a test.

This package has the program drydock, its built-in scenarios to read, and
the libraries that play scenarios from other programs' tests.")
  set(CPACK_STRIP_FILES ON)
  set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
  set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ
      GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
  # All components in one package; `debian` is of use in it alone.
  set(CPACK_DEB_COMPONENT_INSTALL ON)
  set(CPACK_COMPONENTS_GROUPING ALL_COMPONENTS_IN_ONE)
  include(CPack)
endfunction()
