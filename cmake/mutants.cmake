# drydock_mutants(): the program drydock-mutants, beside drydock in the build tree. It is the same program with woven
# copies of the sources that tests/mutants/catalogue/ mutates: every mutant is in it, switched at run time
# (tests/mutants/weave.hpp). It links the floors as they are; what a woven source defines is never looked for in them.
function(drydock_mutants)
  set(here ${PROJECT_SOURCE_DIR}/tests/mutants)
  set(out ${PROJECT_BINARY_DIR}/woven)
  file(GLOB catalogue CONFIGURE_DEPENDS ${here}/catalogue/*.txt)
  list(SORT catalogue COMPARE STRING)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${catalogue})
  set(files "")
  foreach(list ${catalogue})
    file(STRINGS ${list} lines REGEX "^file ")
    list(TRANSFORM lines REPLACE "^file +" "")
    list(APPEND files ${lines})
  endforeach()
  list(REMOVE_DUPLICATES files)
  set(sources ${files})
  set(woven ${files})
  list(TRANSFORM sources PREPEND ${PROJECT_SOURCE_DIR}/)
  # A woven source stands in for the object of its original, which must hold nothing else.
  set_source_files_properties(${sources} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  list(TRANSFORM woven PREPEND ${out}/)

  add_library(drydock_weave STATIC ${here}/catalogue.cpp ${here}/weave.cpp)
  target_include_directories(drydock_weave PUBLIC ${PROJECT_SOURCE_DIR})
  add_executable(drydock_weaver ${here}/weave_main.cpp)
  target_link_libraries(drydock_weaver PRIVATE drydock_weave)
  set_target_properties(drydock_weaver PROPERTIES
                        RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  add_custom_command(
    OUTPUT ${woven} ${out}/mutants.cpp
    COMMAND drydock_weaver ${PROJECT_SOURCE_DIR} ${out} ${catalogue}
    DEPENDS drydock_weaver ${catalogue} ${sources}
    COMMENT "Weaving the mutants"
    VERBATIM)

  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Its lines are called by the original's name, so g++ takes the woven source for a header.
    set_source_files_properties(${woven} PROPERTIES COMPILE_OPTIONS -Wno-subobject-linkage)
  endif()
  drydock_executable(drydock-mutants ${here}/main.cpp ${here}/bench.cpp ${woven}
                     ${out}/mutants.cpp)
  target_include_directories(drydock-mutants PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(drydock-mutants PRIVATE drydock_weave drydock_cli)
  set_target_properties(drydock-mutants PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
endfunction()
