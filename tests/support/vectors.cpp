#include "vectors.hpp"

#include <fstream>
#include <stdexcept>

#include <nlohmann/json.hpp>

namespace support {

nlohmann::json load_vectors(const std::string& name) {
  const std::string path = std::string(CF_TEST_VECTORS) + "/" + name;
  std::ifstream file(path);
  if (!file) throw std::runtime_error("no vectors at " + path);
  nlohmann::json vectors = nlohmann::json::parse(file, nullptr, false);
  if (vectors.is_discarded()) throw std::runtime_error("not JSON: " + path);
  if (!vectors.contains("cases") || vectors["cases"].empty()) throw std::runtime_error("no cases in " + path);
  return vectors;
}

nlohmann::json cases_of(const std::string& name) { return load_vectors(name)["cases"]; }

}  // namespace support
