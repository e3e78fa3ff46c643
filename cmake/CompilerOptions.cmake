set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

# The static libraries also go into the Python module. Hidden visibility keeps calls within a library direct.
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()
# Our assertions do not look at NDEBUG, the standard library's do: it is never defined.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1")
# For digests alone. g++ 12 warns falsely at -O3; the other builds judge warnings.
set(CMAKE_CXX_FLAGS_FASTEST "-O3 -g1 -w")
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g1 -D_GLIBCXX_ASSERTIONS")
set(CMAKE_CXX_FLAGS_ASAN
  "-O1 -g1 -D_GLIBCXX_ASSERTIONS -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all")
set(CMAKE_EXE_LINKER_FLAGS_ASAN "-fsanitize=address,undefined")
set(CMAKE_SHARED_LINKER_FLAGS_ASAN "-fsanitize=address,undefined")
set(CMAKE_MODULE_LINKER_FLAGS_ASAN "-fsanitize=address,undefined")

add_compile_options(-Wall -Wextra -Wpedantic -Wconversion -Werror)
# A constructor's parameter may bear the name of the member that it sets: g++ calls that a shadow, clang does not.
add_compile_options($<IF:$<CXX_COMPILER_ID:GNU>,-Wshadow=local,-Wshadow>)
# Fused multiply-add would make a run's numbers depend on the processor.
add_compile_options(-ffp-contract=off)

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # False positive of g++ 12 on std::string and literals (GCC bug 105651).
  add_compile_options(-Wno-restrict)
  # False positive of g++ 12 on moved std::variant (GCC bug 105562 and its kin); clang checks the same code.
  add_compile_options(-Wno-maybe-uninitialized)
endif()

if(NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
  find_program(CHRONOFAULT_CCACHE ccache)
  if(CHRONOFAULT_CCACHE)
    # A ccache that cannot write its directory (no home) would fail every compilation.
    execute_process(
      COMMAND ${CHRONOFAULT_CCACHE} ${CMAKE_CXX_COMPILER} -c "${CMAKE_CURRENT_LIST_DIR}/checks/core_links_without_sim.cpp"
        -o "${CMAKE_BINARY_DIR}/ccache_probe.o"
      RESULT_VARIABLE ccache_status OUTPUT_QUIET ERROR_QUIET)
    if(ccache_status EQUAL 0)
      set(CMAKE_CXX_COMPILER_LAUNCHER ${CHRONOFAULT_CCACHE})
    endif()
  endif()
endif()
