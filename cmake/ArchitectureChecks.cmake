# scheduler_core links without sim: every object of it, whether anything uses it or not.
chronofault_resolve(core ${CHRONOFAULT_CORE_ROOMS})
set(core_objects "")
foreach(target IN LISTS core)
  get_target_property(type ${target} TYPE)
  if(type STREQUAL "STATIC_LIBRARY")
    list(APPEND core_objects $<TARGET_OBJECTS:${target}>)
  endif()
endforeach()
if(core_objects)
  add_executable(core_links_without_sim cmake/checks/core_links_without_sim.cpp ${core_objects})
  target_link_libraries(core_links_without_sim PRIVATE fmt::fmt)
  set_target_properties(core_links_without_sim PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")
  add_test(NAME core-links-without-sim COMMAND core_links_without_sim)
  set_tests_properties(core-links-without-sim PROPERTIES LABELS unit)
endif()

# No ambient clock, entropy, thread, environment or locale in scheduler_core and sim.
chronofault_resolve(sim ${CHRONOFAULT_SIM_ROOMS})
set(checked "")
foreach(target IN LISTS core sim)
  get_target_property(type ${target} TYPE)
  if(type STREQUAL "STATIC_LIBRARY")
    list(APPEND checked $<TARGET_FILE:${target}>)
  endif()
endforeach()
add_test(NAME determinism-symbols COMMAND "${PROJECT_SOURCE_DIR}/scripts/check_symbols.sh" ${checked})

add_library(planted_ambient OBJECT cmake/checks/planted_ambient.cpp)
add_library(planted_nothing OBJECT cmake/checks/clean.cpp)
add_test(NAME determinism-symbols-self-test
  COMMAND "${PROJECT_SOURCE_DIR}/scripts/check_symbols_self_test.sh"
    $<TARGET_OBJECTS:planted_ambient> $<TARGET_OBJECTS:planted_nothing>)
set_tests_properties(determinism-symbols determinism-symbols-self-test PROPERTIES
  LABELS unit ENVIRONMENT "NM=${CMAKE_NM}")
