#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>

#include <support/approved.hpp>

namespace chronofault::tests {

void check_approved(const std::string& name, const std::string& seen) {
  const std::string path = std::string(CF_TEST_VECTORS) + "/approved/" + name;
  if (std::getenv("CHRONOFAULT_APPROVE") != nullptr) {
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    std::ofstream(path, std::ios::binary) << seen;
    return;
  }
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  const std::string approved = text.str();
  INFO("CHRONOFAULT_APPROVE=1 approves the new text of " << path);
  if (approved != seen) {
    std::istringstream a(approved);
    std::istringstream b(seen);
    std::string line_a;
    std::string line_b;
    int line = 0;
    do {
      ++line;
      line_a.clear();
      line_b.clear();
      std::getline(a, line_a);
      std::getline(b, line_b);
    } while (line_a == line_b && (a || b));
    FAIL("line " << line << "\napproved: " << line_a << "\nseen:     " << line_b);
  }
  SUCCEED();
}

}  // namespace chronofault::tests
